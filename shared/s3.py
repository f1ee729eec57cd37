"""Read from S3, write to it, and give links to it; the only module that imports boto3.

Reading is unsigned, as the archive is public: no credentials, no permission to read it needed.
Writing is signed, and so are links.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from s3transfer.exceptions import S3DownloadFailedError

from shared import settings
from shared.errors import NoSuchObjectError, S3Error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

MAX_CONNECTIONS = 16
"""How many requests may be under way at the same time."""

# Three attempts, which are botocore's default, must end before the caller gives up: the HTTP API
# after 30 s, the function after a minute. botocore's own time-outs are 60 s each.
_CONNECT_TIMEOUT_S = 3
_READ_TIMEOUT_S = 8

# What S3 answers for an object that is not there. Without permission to list the bucket, it says
# 403 instead of 404: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
# A HEAD has no body, so botocore only has the status to tell.
_ABSENT = {"404", "NoSuchKey", "403", "AccessDenied"}

_OTHER_FAILURES = (
    BotoCoreError,
    HTTPClientError,
    Boto3Error,
    S3DownloadFailedError,  # the object was replaced while we read it
    ValueError,  # the endpoint in the environment is no URL
)

# botocore repeats a request, but not the reading of an answer that breaks off.
_BROKEN_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
_READ_ATTEMPTS = 3

_CHANGED = {"412", "PreconditionFailed"}
_PARTIAL_CONTENT = 206
_NOTHING_THERE = {"416", "InvalidRange"}
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)", re.ASCII)

# One stream as long as the object is small: splitting it costs more requests than it saves.
_TRANSFER = TransferConfig(multipart_threshold=32 * 1024**2, multipart_chunksize=16 * 1024**2)


class ObjectChangedError(Exception):
    """An object is no longer the one that it was when its first part was read."""


@dataclass(frozen=True)
class ObjectPart:
    """A part of an object.

    Attributes:
        content: its bytes.
        first: where in the object it begins, in bytes.
        size: of the whole object, in bytes.
        etag: stands for the whole object's content; "" if S3 did not say.
    """

    content: bytes
    first: int
    size: int
    etag: str


@cache
def client(signed: bool, region: str | None = None) -> "S3Client":
    """An S3 client of this process, made at first use and kept while its container is warm.

    Args:
        signed: whether requests carry the credentials of the environment.
        region: the AWS region; None is that of the settings.
    """
    config = Config(
        # Told nothing, botocore would sign links by version 2, which newer regions and buckets
        # with KMS keys refuse.
        signature_version="s3v4" if signed else UNSIGNED,
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        max_pool_connections=MAX_CONNECTIONS,
    )
    return boto3.client("s3", region_name=region or settings.region(), config=config)


def uri(bucket: str, key: str) -> str:
    """The name of an object as AWS's tools write it: s3://BUCKET/KEY."""
    return f"s3://{bucket}/{key}"


def download(bucket: str, key: str, path: Path) -> None:
    """Copy an object into a file.

    Raises:
        NoSuchObjectError: there is no such object, or S3 does not show it to us.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    with _translated("read", bucket, key):
        client(signed=False).download_file(bucket, key, str(path), Config=_TRANSFER)


def read_part(
    bucket: str, key: str, first: int, last: int | None = None, *, etag: str = ""
) -> ObjectPart:
    """Read a part of an object into memory, in one request.

    Args:
        bucket: the bucket.
        key: the object's key.
        first: the first byte to read, from 0; if negative, how many bytes to read at the end.
        last: the last byte to read; None is the object's last one, as is any beyond that.
        etag: which content the object must have; "" is any.

    Returns:
        The part; empty if the object ends before `first`.

    Raises:
        NoSuchObjectError: there is no such object, or S3 does not show it to us.
        ObjectChangedError: its content is not the one of `etag`.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    wanted = f"bytes={first}" if first < 0 else f"bytes={first}-{'' if last is None else last}"
    # Also by our own comparison, as not every server that speaks S3 knows the condition.
    condition: dict[str, Any] = {"IfMatch": etag} if etag else {}
    with _translated("read", bucket, key):
        attempts = 0
        while True:
            attempts += 1
            try:
                answer = client(signed=False).get_object(
                    Bucket=bucket, Key=key, Range=wanted, **condition
                )
            except ClientError as error:
                return _refused_part(error, bucket, key)
            found = answer.get("ETag", "")
            if etag and found != etag:
                answer["Body"].close()
                raise ObjectChangedError(f"{uri(bucket, key)} is {found}, was {etag}")
            try:
                return _part(answer, first, last)
            except _BROKEN_OFF:
                if attempts == _READ_ATTEMPTS:
                    raise


def _refused_part(error: ClientError, bucket: str, key: str) -> ObjectPart:
    details: dict[str, Any] = {**error.response.get("Error", {})}
    if details.get("Code") in _CHANGED:
        raise ObjectChangedError(f"{uri(bucket, key)} is another one now") from error
    if details.get("Code") in _NOTHING_THERE:
        size = int(details.get("ActualObjectSize", 0))
        return ObjectPart(b"", first=size, size=size, etag="")
    raise error


def _part(answer: "GetObjectOutputTypeDef", first: int, last: int | None) -> ObjectPart:
    """What S3 answered; a server that ignores ranges sends the whole object."""
    body, etag, length = answer["Body"], answer.get("ETag", ""), answer["ContentLength"]
    if answer["ResponseMetadata"]["HTTPStatusCode"] == _PARTIAL_CONTENT:
        place = _CONTENT_RANGE.fullmatch(answer.get("ContentRange", ""))
        if not place:
            raise ValueError(f"a part whose Content-Range is {answer.get('ContentRange')!r}")
        return ObjectPart(body.read(), first=int(place[1]), size=int(place[2]), etag=etag)
    begin = max(0, length + first) if first < 0 else min(first, length)
    end = length if first < 0 or last is None else min(last + 1, length)
    try:
        content = body.read(end)  # the bytes after the part stay where they are
    finally:
        body.close()
    if len(content) < end:
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=end)
    return ObjectPart(content[begin:], first=begin, size=length, etag=etag)


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
    with _translated("write", bucket, key), path.open("rb") as body:
        client(signed=True).put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=content_type, Metadata=dict(metadata)
        )


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
    with _translated("write", bucket, key):
        client(signed=True).put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=content_type, **encoding
        )


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
    with _translated("sign a link to", bucket, key):
        # The signature is for one region, and requests for links are not led to another one.
        region = _bucket_region(bucket)
        return client(signed=True, region=region).generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )


@cache
def _bucket_region(bucket: str) -> str | None:
    """Where a bucket lies; None if S3 does not say."""
    try:
        answer: Any = client(signed=True).head_bucket(Bucket=bucket)
    except ClientError as error:  # which says it, too: no permission is needed
        answer = error.response
    headers: dict[str, str] = answer["ResponseMetadata"]["HTTPHeaders"]
    return headers.get("x-amz-bucket-region")


@contextmanager
def _translated(verb: str, bucket: str, key: str) -> Iterator[None]:
    """Turns what boto3 raises into our errors; the cause stays chained."""
    name = uri(bucket, key)
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if verb == "read" and code in _ABSENT:
            message = f"there is no object {name} that may be read"
            raise NoSuchObjectError(message, object=name) from error
        raise S3Error(f"could not {verb} {name}: {error}", object=name, code=code) from error
    except _OTHER_FAILURES as error:
        raise S3Error(f"could not {verb} {name}: {error}", object=name) from error
