"""Read the bodies of S3's answers, and compare their sizes with all that S3 says about them."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import IncompleteReadError

from shared import telemetry
from shared.aws._attempts import BrokenAnswerError

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

_PARTIAL_CONTENT = 206
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)", re.ASCII)


@dataclass(frozen=True)
class ObjectPart:
    """A part of an object.

    Attributes:
        content: the bytes.
        first: the offset of the part in the object, in bytes.
        size: the size of the whole object, in bytes.
        etag: the ETag of the whole object; "" if S3 gave none.
        modified: when the object was last modified, as S3 gave it; None if it did not.
    """

    content: bytes
    first: int
    size: int
    etag: str
    modified: datetime | str | None = field(default=None, compare=False)

    @property
    def modified_ns(self) -> int | None:
        """When the object was last modified in ns since 1970, to the second; None if unknown."""
        modified = self.modified
        if isinstance(modified, str):  # as in HTTP's header
            try:
                modified = parsedate_to_datetime(modified)
            except ValueError:
                return None
        return int(modified.timestamp()) * 10**9 if modified else None


def content_length(answer: Any) -> int:
    """Return the length of a body as announced, in bytes.

    Raises:
        BrokenAnswerError: it is not announced, so that nobody can tell a whole body from a half.
    """
    length = answer.get("ContentLength")
    if length is None:
        raise BrokenAnswerError("S3's answer has no Content-Length")
    if length < 0:
        raise BrokenAnswerError(f"S3 announced {length} bytes")
    return int(length)


def read_body(
    answer: "GetObjectOutputTypeDef",
    first: int,
    last: int | None,
    check_size: Callable[[int], None],
) -> ObjectPart:
    """Read the part of an object that was asked for, by the byte range of `s3_read.read_part`.

    A server that ignores ranges sends the whole object.

    Args:
        answer: S3's answer, whose body has not been read.
        first: the offset of the first byte; a negative number of bytes counts from the end.
        last: the offset of the last byte; None reads up to the end.
        check_size: takes the size of the whole object, and raises an error if it is too large.

    Raises:
        BrokenAnswerError: the sizes in the answer disagree, or it has another part.
        IncompleteReadError: the body ends early.
        Exception: any that `check_size` raises; the body is not read then.
    """
    with closing(answer["Body"]):  # a body that is not read to its end would keep its connection
        if answer["ResponseMetadata"]["HTTPStatusCode"] == _PARTIAL_CONTENT:
            return _ranged(answer, first, last, check_size)
        return _cut(answer, first, last, check_size)


def _ranged(
    answer: "GetObjectOutputTypeDef",
    first: int,
    last: int | None,
    check_size: Callable[[int], None],
) -> ObjectPart:
    text = answer.get("ContentRange", "")
    place = _CONTENT_RANGE.fullmatch(text)
    if not place:
        raise BrokenAnswerError(f"S3 sent a part with Content-Range {text!r}")
    begin, end, size = (int(number) for number in place.groups())
    check_size(size)
    right_begin = max(0, size + first) if first < 0 else first
    right_end = size - 1 if first < 0 or last is None else min(last, size - 1)
    if (begin, end) != (right_begin, right_end):
        raise BrokenAnswerError(f"S3 sent {text}, not bytes {right_begin}-{right_end}")
    length = end - begin + 1
    announced = answer.get("ContentLength", length)
    if announced != length:
        raise BrokenAnswerError(f"S3 announced {announced:,} bytes as {text} of the object")
    content = read_to_end(answer["Body"], length)
    etag, modified = answer.get("ETag", ""), answer.get("LastModified")
    return ObjectPart(content, first=begin, size=size, etag=etag, modified=modified)


def read_to_end(body: Any, length: int) -> bytes:
    """Read a body of a known length to its end, where botocore compares its checksum.

    Without Content-Length, a body may be longer than it must be: such a rest is not received.
    """
    content: bytes = body.read(length + 1)
    telemetry.count_s3_bytes(len(content))
    if len(content) < length:
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=length)
    if len(content) > length or body.read(1):
        raise BrokenAnswerError(f"S3 sent more than the {length:,} bytes that it announced")
    return content


def _cut(
    answer: "GetObjectOutputTypeDef",
    first: int,
    last: int | None,
    check_size: Callable[[int], None],
) -> ObjectPart:
    length = content_length(answer)
    check_size(length)
    begin = max(0, length + first) if first < 0 else min(first, length)
    end = length if first < 0 or last is None else min(last + 1, length)
    if end == length:
        content = read_to_end(answer["Body"], length)
    else:  # the rest stays in the connection, which is closed
        content = answer["Body"].read(end)
        telemetry.count_s3_bytes(len(content))
        if len(content) < end:
            raise IncompleteReadError(actual_bytes=len(content), expected_bytes=end)
    etag, modified = answer.get("ETag", ""), answer.get("LastModified")
    return ObjectPart(content[begin:], first=begin, size=length, etag=etag, modified=modified)
