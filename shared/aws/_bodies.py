"""Read the bodies of S3's answers, and compare their sizes with all that S3 says about them."""

import re
from contextlib import closing
from dataclasses import dataclass
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
    """

    content: bytes
    first: int
    size: int
    etag: str


def content_length(answer: Any) -> int:
    """Return the length of a body as announced, in bytes.

    Raises:
        BrokenAnswerError: it is not announced, so that nobody can tell a whole body from a half.
    """
    length = answer.get("ContentLength")
    if length is None:
        raise BrokenAnswerError("S3's answer has no Content-Length")
    return int(length)


def read_body(answer: "GetObjectOutputTypeDef", first: int, last: int | None) -> ObjectPart:
    """Read the part of an object that was asked for, by the byte range of `s3_read.read_part`.

    A server that ignores ranges sends the whole object.

    Raises:
        BrokenAnswerError: the sizes in the answer disagree, or it has another part.
        IncompleteReadError: the body ends early.
    """
    with closing(answer["Body"]):  # a body that is not read to its end would keep its connection
        if answer["ResponseMetadata"]["HTTPStatusCode"] == _PARTIAL_CONTENT:
            return _ranged(answer, first, last)
        return _cut(answer, first, last)


def _ranged(answer: "GetObjectOutputTypeDef", first: int, last: int | None) -> ObjectPart:
    text = answer.get("ContentRange", "")
    place = _CONTENT_RANGE.fullmatch(text)
    if not place:
        raise BrokenAnswerError(f"S3 sent a part with Content-Range {text!r}")
    begin, end, size = (int(number) for number in place.groups())
    right_begin = max(0, size + first) if first < 0 else first
    right_end = size - 1 if first < 0 or last is None else min(last, size - 1)
    if (begin, end) != (right_begin, right_end):
        raise BrokenAnswerError(f"S3 sent {text}, not bytes {right_begin}-{right_end}")
    length = end - begin + 1
    announced = answer.get("ContentLength", length)
    if announced != length:
        raise BrokenAnswerError(f"S3 announced {announced:,} bytes as {text} of the object")
    content = answer["Body"].read()
    telemetry.count_s3_bytes(len(content))
    if len(content) != length:
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=length)
    return ObjectPart(content, first=begin, size=size, etag=answer.get("ETag", ""))


def _cut(answer: "GetObjectOutputTypeDef", first: int, last: int | None) -> ObjectPart:
    length = content_length(answer)
    begin = max(0, length + first) if first < 0 else min(first, length)
    end = length if first < 0 or last is None else min(last + 1, length)
    # Of a whole body, botocore compares the checksum. The rest of another one stays in the
    # connection, which is closed.
    content = answer["Body"].read(None if end == length else end)
    telemetry.count_s3_bytes(len(content))
    if len(content) < end:
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=end)
    return ObjectPart(content[begin:], first=begin, size=length, etag=answer.get("ETag", ""))
