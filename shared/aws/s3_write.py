"""Write to S3, and give links to what was written.

Writing is signed, and so are links. Reading, and the client of both, are in `s3`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from shared.aws.s3_client import client, translated

_regions: dict[str, str] = {}
"""Where buckets lie, which does not change."""


def upload(
    path: Path, bucket: str, key: str, content_type: str, metadata: Mapping[str, str]
) -> None:
    """Copy a file into an object, in one request: it is there whole, or not at all.

    Args:
        path: the file.
        bucket: the bucket to write to.
        key: the object's key.
        content_type: the object's media type.
        metadata: the object's user metadata; ASCII, 2 KB at most, by S3's rules.

    Raises:
        S3Error: S3 could not be reached, or refused.
    """
    with path.open("rb") as body:
        _put(bucket, key, Body=body, ContentType=content_type, Metadata=dict(metadata))


def upload_bytes(
    body: bytes, bucket: str, key: str, content_type: str, content_encoding: str | None = None
) -> None:
    """Write bytes into an object, in one request: it is there whole, or not at all.

    Args:
        body: the bytes.
        bucket: the bucket to write to.
        key: the object's key.
        content_type: the object's media type.
        content_encoding: "gzip" if the bytes are compressed, so that readers unpack them.

    Raises:
        S3Error: S3 could not be reached, or refused.
    """
    encoding: dict[str, Any] = {"ContentEncoding": content_encoding} if content_encoding else {}
    _put(bucket, key, Body=body, ContentType=content_type, **encoding)


def _put(bucket: str, key: str, **wanted: Any) -> None:
    with translated("write", bucket, key):
        client(signed=True).put_object(Bucket=bucket, Key=key, **wanted)


def presigned_url(bucket: str, key: str, seconds: int) -> str:
    """A link by which anyone may read an object for a while.

    The credentials of a function's role are temporary, and the link ends with them at the latest,
    which may be before its time. It gives no more than the role itself may do: `s3:GetObject`.

    Args:
        bucket: the bucket.
        key: the object's key.
        seconds: how long the link is to hold.

    Raises:
        S3Error: S3 could not be reached, or there are no credentials to sign with.
    """
    with translated("sign a link to", bucket, key):
        # The signature is for one region, and requests for links are not led to another one.
        region = _bucket_region(bucket)
        return client(signed=True, region=region).generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )


def _bucket_region(bucket: str) -> str | None:
    """Where a bucket lies, asked once; None if S3 does not say."""
    if bucket not in _regions:
        try:
            answer: Any = client(signed=True).head_bucket(Bucket=bucket)
        except ClientError as error:  # which says it, too: no permission is needed
            answer = error.response
        headers: dict[str, str] = answer["ResponseMetadata"]["HTTPHeaders"]
        region = headers.get("x-amz-bucket-region")
        if region is None:  # S3 may say so another time
            return None
        _regions[bucket] = region
    return _regions[bucket]
