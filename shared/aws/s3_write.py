"""Write S3 objects, and sign links to them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws import deadline
from shared.aws._requests import Target, request
from shared.aws.s3_client import client
from shared.aws.s3_codes import http_status

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SERVER_ERROR = 500

_regions: dict[str, str] = {}
"""Regions of buckets, which never change."""


def upload(
    body: bytes,
    bucket: str,
    key: str,
    content_type: str,
    *,
    metadata: Mapping[str, str] | None = None,
    content_encoding: str | None = None,
) -> None:
    """Upload bytes in one request, so that the object is complete or does not exist.

    Args:
        body: the bytes, which are not copied.
        bucket: the bucket to write to.
        key: the object's key.
        content_type: the object's media type.
        metadata: the object's user metadata; S3 allows 2 KB of ASCII. None for none.
        content_encoding: "gzip" if the bytes are compressed; HTTP clients then decompress them.

    Raises:
        S3Error: S3 could not be reached, or refused.
    """
    parameters: dict[str, Any] = {"ContentType": content_type, "Metadata": dict(metadata or {})}
    if content_encoding:
        parameters["ContentEncoding"] = content_encoding

    def put(s3: "S3Client") -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=body, **parameters)

    with deadline.writing():
        request("write", Target(bucket, key, signed=True), put)


def presigned_url(bucket: str, key: str, seconds: int) -> str:
    """Return a link that lets anyone read an object for a while.

    The link grants the role's own permission, `s3:GetObject`. It expires early if the role's
    temporary credentials do.

    Args:
        bucket: the bucket.
        key: the object's key.
        seconds: the lifetime of the link.

    Raises:
        S3Error: S3 could not be reached, or there are no credentials to sign with.
    """

    def sign(s3: "S3Client") -> str:
        # The signature is for one region, and S3 does not redirect requests with such a signature.
        region = _bucket_region(s3, bucket)
        return client(signed=True, region=region).generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )

    with deadline.writing():
        return request("sign a link to", Target(bucket, key, signed=True), sign)


def _bucket_region(s3: "S3Client", bucket: str) -> str | None:
    """Return the region of a bucket, asked for once; None if S3 does not give it.

    Raises:
        ClientError: S3 is out of order. A link for another region would not work.
    """
    if bucket not in _regions:
        try:
            answer: Any = s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            # An error's headers have the region too, so no permission is needed.
            answer = error.response
            if http_status(error) >= _SERVER_ERROR:
                raise
        headers: dict[str, str] = answer["ResponseMetadata"]["HTTPHeaders"]
        region = headers.get("x-amz-bucket-region")
        if region is None:  # ask again next time
            return None
        _regions[bucket] = region
    return _regions[bucket]
