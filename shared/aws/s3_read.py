"""Read public S3 objects, whole or in parts.

Requests are unsigned: archives are public, so reading takes neither credentials nor permissions.
"""

import re
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from s3transfer.manager import TransferManager

from shared import settings
from shared.aws.s3_client import client, translated
from shared.aws.s3_codes import INVALID_RANGE, NOT_MODIFIED, PRECONDITION_FAILED, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef


# botocore repeats a request, but not the reading of a body that breaks off.
_BROKEN_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
_READ_ATTEMPTS = 3

_PARTIAL_CONTENT = 206
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)", re.ASCII)

# Small objects come in one stream: parts would cost more requests than they save.
_TRANSFER = TransferConfig(multipart_threshold=32 * 1024**2, multipart_chunksize=16 * 1024**2)


class S3Object(Protocol):
    """A public object of S3."""

    @property
    def bucket(self) -> str:
        """The bucket's name."""

    @property
    def region(self) -> str:
        """The AWS region of the bucket; used where the environment names none."""

    @property
    def key(self) -> str:
        """The object's key."""

    @property
    def uri(self) -> str:
        """The object's S3 URI, s3://BUCKET/KEY."""


class ObjectChangedError(Exception):
    """The content of an object is not the expected one."""


@dataclass(frozen=True)
class ObjectPart:
    """A part of an object.

    Attributes:
        content: the bytes.
        first: the offset of the part in the object, in bytes.
        size: the size of the whole object, in bytes.
        etag: the ETag of the whole object; "" if S3 gave none.
    """

    content: bytes
    first: int
    size: int
    etag: str


def download(source: S3Object, path: Path) -> str:
    """Copy an object into a file.

    Returns:
        The object's ETag; "" if S3 gave none.

    Raises:
        NoSuchObjectError: the object does not exist, or is not public.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    # The client's `download_file` does the same, and does not return the ETag.
    with (
        translated("read", source.bucket, source.key),
        TransferManager(_client(source), _TRANSFER) as manager,
    ):
        transfer = manager.download(source.bucket, source.key, str(path))
        transfer.result()
    return transfer.meta.etag or ""


def read_part(
    source: S3Object, first: int, last: int | None = None, *, etag: str = ""
) -> ObjectPart:
    """Read a part of an object into memory, in one request.

    Args:
        source: the object.
        first: the offset of the first byte; a negative number of bytes counts from the end.
        last: the offset of the last byte; None, or one beyond the end, reads up to the end.
        etag: the ETag that the object must have; "" accepts any.

    Returns:
        The part; empty if the object ends before `first`.

    Raises:
        NoSuchObjectError: the object does not exist, or is not public.
        ObjectChangedError: the object has another ETag.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    byte_range = f"bytes={first}" if first < 0 else f"bytes={first}-{'' if last is None else last}"
    # The ETag is compared here too: not every server that speaks S3 knows the condition.
    condition = {"IfMatch": etag} if etag else {}

    def part(response: "GetObjectOutputTypeDef") -> ObjectPart:
        current = response.get("ETag", "")
        if etag and current != etag:
            response["Body"].close()
            raise ObjectChangedError(f"{source.uri} is {current}, was {etag}")
        return _part(response, first, last)

    with translated("read", source.bucket, source.key):
        try:
            return _get(source, part, Range=byte_range, **condition)
        except ClientError as error:
            return _refused_part(error, source)


def read_unless(source: S3Object, etag: str) -> ObjectPart | None:
    """Read a whole object into memory, in one request, unless it still has a known ETag.

    Args:
        source: the object.
        etag: the known ETag; "" if none is.

    Returns:
        The whole object; None if it has that ETag.

    Raises:
        NoSuchObjectError: the object does not exist, or is not public.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    condition = {"IfNoneMatch": etag} if etag else {}
    with translated("read", source.bucket, source.key):
        try:
            return _get(source, lambda response: _part(response, 0, None), **condition)
        except ClientError as error:
            if etag and error_code(error) in NOT_MODIFIED:
                return None
            raise


def _client(source: S3Object) -> "S3Client":
    return client(signed=False, region=settings.region(default=source.region))


def _get(
    source: S3Object,
    convert: "Callable[[GetObjectOutputTypeDef], ObjectPart]",
    **parameters: Any,
) -> ObjectPart:
    """Get and convert an object; repeat the request if the body breaks off."""
    s3 = _client(source)
    for _ in range(_READ_ATTEMPTS - 1):
        response = s3.get_object(Bucket=source.bucket, Key=source.key, **parameters)
        with suppress(*_BROKEN_OFF):
            return convert(response)
    return convert(s3.get_object(Bucket=source.bucket, Key=source.key, **parameters))


def _refused_part(error: ClientError, source: S3Object) -> ObjectPart:
    if error_code(error) in PRECONDITION_FAILED:
        raise ObjectChangedError(f"{source.uri} was replaced") from error
    if error_code(error) in INVALID_RANGE:
        details: dict[str, Any] = {**error.response["Error"]}
        size = int(details.get("ActualObjectSize", 0))
        return ObjectPart(b"", first=size, size=size, etag="")
    raise error


def _part(response: "GetObjectOutputTypeDef", first: int, last: int | None) -> ObjectPart:
    """Read the body of a response; a server that ignores ranges sends the whole object."""
    body, etag, length = response["Body"], response.get("ETag", ""), response["ContentLength"]
    if response["ResponseMetadata"]["HTTPStatusCode"] == _PARTIAL_CONTENT:
        place = _CONTENT_RANGE.fullmatch(response.get("ContentRange", ""))
        with closing(body):  # a body that breaks off would keep its connection
            if not place:
                raise ValueError(f"a part with Content-Range {response.get('ContentRange')!r}")
            return ObjectPart(body.read(), first=int(place[1]), size=int(place[2]), etag=etag)
    begin = max(0, length + first) if first < 0 else min(first, length)
    end = length if first < 0 or last is None else min(last + 1, length)
    with closing(body):
        content = body.read(end)  # the rest stays in the connection, which is closed
    if len(content) < end:
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=end)
    return ObjectPart(content[begin:], first=begin, size=length, etag=etag)
