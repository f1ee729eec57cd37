"""Read public S3 objects, whole or in parts.

Requests are unsigned: archives are public, so reading takes neither credentials nor permissions.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from shared import settings
from shared.aws import _download
from shared.aws._bodies import ObjectPart, read_body
from shared.aws._requests import Target, request
from shared.aws.s3_codes import INVALID_RANGE, NOT_MODIFIED, PRECONDITION_FAILED, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "ObjectChangedError",
    "ObjectPart",
    "S3Object",
    "download",
    "read_part",
    "read_unless",
]


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


def download(source: S3Object, path: Path) -> str:
    """Copy an object into a file, which appears once it is complete.

    Returns:
        The object's ETag; "" if S3 gave none.

    Raises:
        NoSuchObjectError: the object does not exist, or is not public.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    return _download.download(_target(source), path)


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
    condition: dict[str, Any] = {"IfMatch": etag} if etag else {}

    def get(s3: "S3Client") -> ObjectPart:
        try:
            answer = s3.get_object(
                Bucket=source.bucket, Key=source.key, Range=byte_range, **condition
            )
        except ClientError as error:
            return _refused_part(error, source)
        # Compared here too: not every server that speaks S3 knows the condition.
        current = answer.get("ETag", "")
        if etag and current != etag:
            answer["Body"].close()
            raise ObjectChangedError(f"{source.uri} is {current}, was {etag}")
        return read_body(answer, first, last)

    return request("read", _target(source), get)


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
    condition: dict[str, Any] = {"IfNoneMatch": etag} if etag else {}

    def get(s3: "S3Client") -> ObjectPart | None:
        try:
            # The range is all of the object: with it, S3 gives the object's size a second time.
            answer = s3.get_object(
                Bucket=source.bucket, Key=source.key, Range="bytes=0-", **condition
            )
        except ClientError as error:
            if etag and error_code(error) in NOT_MODIFIED:
                return None
            return _refused_part(error, source)
        return read_body(answer, 0, None)

    return request("read", _target(source), get)


def _target(source: S3Object) -> Target:
    region = settings.region(default=source.region)
    return Target(source.bucket, source.key, signed=False, region=region)


def _refused_part(error: ClientError, source: S3Object) -> ObjectPart:
    if error_code(error) in PRECONDITION_FAILED:
        raise ObjectChangedError(f"{source.uri} was replaced") from error
    if error_code(error) in INVALID_RANGE:
        details: dict[str, Any] = {**error.response["Error"]}
        size = int(details.get("ActualObjectSize", 0))
        return ObjectPart(b"", first=size, size=size, etag="")
    raise error
