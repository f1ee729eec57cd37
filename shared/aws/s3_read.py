"""Read S3 objects, whole or in parts.

Requests are unsigned: archives are public, so reading takes neither credentials nor permissions.
Those for an `OutputObject` carry the function's credentials.
"""

import io
from concurrent.futures import Future
from contextlib import closing
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared import settings
from shared.aws._attempts import BrokenAnswerError
from shared.aws._bodies import ObjectPart, content_length, read_body, read_to_end
from shared.aws._plain_get import get_object
from shared.aws._requests import Target, request
from shared.aws.memory import require_memory
from shared.aws.s3_client import MAX_CONNECTIONS, in_background, in_threads
from shared.aws.s3_codes import INVALID_RANGE, NOT_MODIFIED, PRECONDITION_FAILED, error_code
from shared.aws.s3_objects import OutputObject, S3Object
from shared.errors import S3Error

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


_IN_ONE_STREAM = 32 * 1024**2
"""Bytes: smaller objects come in one answer, as parts would cost more requests than they save."""

_PART = 8 * 1024**2
_VERSIONS = 3  # attempts at an object that is replaced while it is read


class ObjectChangedError(Exception):
    """The content of an object is not the expected one."""


def download(source: S3Object) -> ObjectPart:
    """Read a whole object into memory, all of it from one version.

    HEAD and GET are sent at the same time. Their answers must agree in size and version.

    Raises:
        NoSuchObjectError: the object does not exist, or is not public.
        S3Error: S3 could not be reached, refused, or broke off.
        TooLargeError: the object is larger than its limit, or than the function's memory; none of
            it is received.
    """
    attempt = 1
    while True:
        try:
            return _download(source, _target(source))
        except ObjectChangedError as error:
            if attempt == _VERSIONS:
                raise S3Error(
                    f"could not read {source.uri}: it was replaced {attempt} times while it was"
                    " read",
                    object=source.uri,
                ) from error
            attempt += 1


def _download(source: S3Object, target: Target) -> ObjectPart:
    with in_background(lambda: request("read", target, lambda s3: _head(s3, target))) as head:
        whole = request("read", target, lambda s3: _whole(s3, target, head))
    return whole or _in_parts(source, *head.result())


def _head(s3: "S3Client", target: Target) -> tuple[int, str]:
    """Return an object's size in bytes and its ETag."""
    answer = s3.head_object(Bucket=target.bucket, Key=target.key)
    size = content_length(answer)
    target.check_size(size)
    in_flight = min(size, MAX_CONNECTIONS * _PART) if size > _IN_ONE_STREAM else 0
    require_memory(size + in_flight, target.uri, "give it more memory")
    return size, answer.get("ETag", "")


def _whole(s3: "S3Client", target: Target, head: "Future[tuple[int, str]]") -> ObjectPart | None:
    """Return an object of the size and the ETag of HEAD; None if it is better read in parts."""
    try:
        answer = s3.get_object(Bucket=target.bucket, Key=target.key)
    except Exception:
        head.result()  # two requests that fail alike are one failure
        raise
    with closing(answer["Body"]):
        size, etag = head.result()
        if answer.get("ETag", "") != etag:
            raise ObjectChangedError(f"{target.uri} is {answer.get('ETag')}, was {etag}")
        length = content_length(answer)
        if length != size:
            raise BrokenAnswerError(f"S3 announced {length:,} bytes, and by HEAD {size:,}")
        if size > _IN_ONE_STREAM:
            return None
        return ObjectPart(read_to_end(answer["Body"], size), first=0, size=size, etag=etag)


def _in_parts(source: S3Object, size: int, etag: str) -> ObjectPart:
    buffer = io.BytesIO()  # whose content becomes bytes without a copy
    buffer.seek(size - 1)
    buffer.write(b"\0")

    def copy(start: int) -> None:
        part = read_part(source, start, min(start + _PART, size) - 1, etag=etag)
        if (part.size, part.etag) != (size, etag):
            raise ObjectChangedError(f"{source.uri} has {part.size} bytes, had {size}")
        buffer.getbuffer()[start : start + _PART] = part.content

    in_threads(copy, range(0, size, _PART), share_time=False)
    return ObjectPart(buffer.getvalue(), first=0, size=size, etag=etag)


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
        TooLargeError: the object is larger than its limit; none of it is received.
    """
    target = _target(source)
    byte_range = f"bytes={first}" if first < 0 else f"bytes={first}-{'' if last is None else last}"
    condition: dict[str, Any] = {"IfMatch": etag} if etag else {}
    headers = {"Range": byte_range, **({"If-Match": etag} if etag else {})}

    def get(s3: "S3Client") -> ObjectPart:
        try:
            answer: Any = None
            if not target.signed:
                answer = get_object(s3, source.bucket, source.key, headers)
            if answer is None:
                answer = s3.get_object(
                    Bucket=source.bucket, Key=source.key, Range=byte_range, **condition
                )
        except ClientError as error:
            return _refused_part(error, source, first)
        # Compared here too: not every server that speaks S3 knows the condition.
        current = answer.get("ETag", "")
        if etag and current != etag:
            answer["Body"].close()
            raise ObjectChangedError(f"{source.uri} is {current}, was {etag}")
        return read_body(answer, first, last, target.check_size)

    return request("read", target, get)


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
        TooLargeError: the object is larger than its limit; none of it is received.
    """
    target = _target(source)
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
            return _refused_part(error, source, 0)
        return read_body(answer, 0, None, target.check_size)

    return request("read", target, get)


def _target(source: S3Object) -> Target:
    region = settings.region(default=source.region)
    limit = source.size_limit
    signed = isinstance(source, OutputObject)
    return Target(source.bucket, source.key, signed=signed, region=region, size_limit=limit)


def _refused_part(error: ClientError, source: S3Object, first: int) -> ObjectPart:
    """Return the empty part that begins beyond the end of an object."""
    if error_code(error) in PRECONDITION_FAILED:
        raise ObjectChangedError(f"{source.uri} was replaced") from error
    if error_code(error) not in INVALID_RANGE:
        raise error
    details: dict[str, Any] = {**error.response["Error"]}
    headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
    text = details.get("ActualObjectSize") or headers.get("content-range", "").rpartition("/")[2]
    if not text.isdecimal():
        if first > 0:
            raise BrokenAnswerError("S3's answer lacks the object's size") from error
        text = "0"  # any other object has a first and a last byte
    return ObjectPart(b"", first=int(text), size=int(text), etag="")
