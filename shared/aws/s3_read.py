"""Read objects of S3, whole or in parts; the client and the errors of all that speak to S3.

Reading is unsigned, as the archive is public: no credentials, no permission to read it needed.
"""

import re
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from shared.aws.s3_client import client, translated, uri

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef


# botocore repeats a request, but not the reading of an answer that breaks off.
_BROKEN_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
_READ_ATTEMPTS = 3

_CHANGED = {"412", "PreconditionFailed"}
_NOT_CHANGED = {"304", "NotModified"}
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


def download(bucket: str, key: str, path: Path) -> None:
    """Copy an object into a file.

    Raises:
        NoSuchObjectError: there is no such object, or S3 does not show it to us.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    with translated("read", bucket, key):
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
    condition = {"IfMatch": etag} if etag else {}

    def part(answer: "GetObjectOutputTypeDef") -> ObjectPart:
        found = answer.get("ETag", "")
        if etag and found != etag:
            answer["Body"].close()
            raise ObjectChangedError(f"{uri(bucket, key)} is {found}, was {etag}")
        return _part(answer, first, last)

    with translated("read", bucket, key):
        try:
            return _got(part, Bucket=bucket, Key=key, Range=wanted, **condition)
        except ClientError as error:
            return _refused_part(error, bucket, key)


def read_unless(bucket: str, key: str, etag: str) -> ObjectPart | None:
    """Read a whole object into memory, in one request, unless it is still the one that we know.

    Args:
        bucket: the bucket.
        key: the object's key.
        etag: of the content that we know; "" if we know none.

    Returns:
        All of the object; None if its content is that of `etag`.

    Raises:
        NoSuchObjectError: there is no such object, or S3 does not show it to us.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    condition = {"IfNoneMatch": etag} if etag else {}
    with translated("read", bucket, key):
        try:
            return _got(lambda answer: _part(answer, 0, None), Bucket=bucket, Key=key, **condition)
        except ClientError as error:
            if etag and error.response.get("Error", {}).get("Code") in _NOT_CHANGED:
                return None
            raise


def _got(take: "Callable[[GetObjectOutputTypeDef], ObjectPart]", **wanted: Any) -> ObjectPart:
    """What a function takes out of S3's answer, which is asked for again if it breaks off."""
    for _ in range(_READ_ATTEMPTS - 1):
        answer = client(signed=False).get_object(**wanted)
        with suppress(*_BROKEN_OFF):
            return take(answer)
    return take(client(signed=False).get_object(**wanted))


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
        with closing(body):  # one that breaks off would keep its connection
            if not place:
                raise ValueError(f"a part whose Content-Range is {answer.get('ContentRange')!r}")
            return ObjectPart(body.read(), first=int(place[1]), size=int(place[2]), etag=etag)
    begin = max(0, length + first) if first < 0 else min(first, length)
    end = length if first < 0 or last is None else min(last + 1, length)
    with closing(body):
        content = body.read(end)  # the bytes after the part stay where they are
    if len(content) < end:
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=end)
    return ObjectPart(content[begin:], first=begin, size=length, etag=etag)
