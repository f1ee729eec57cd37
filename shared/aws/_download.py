"""Copy objects into files, all of it from one version of the object."""

import os
from contextlib import closing
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, IncompleteReadError

from shared import telemetry
from shared.aws._attempts import BrokenAnswerError
from shared.aws._bodies import content_length
from shared.aws._requests import Target, request
from shared.aws.s3_client import in_threads
from shared.aws.s3_codes import PRECONDITION_FAILED, error_code
from shared.aws.scratch import require_space
from shared.errors import S3Error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_IN_ONE_STREAM = 32 * 1024**2
"""Bytes: smaller objects come in one answer, as parts would cost more requests than they save."""

_PART = 16 * 1024**2
_CHUNK = 1024**2

_VERSIONS = 3
"""Attempts at an object that is replaced while it is read."""


class _ReplacedError(Exception):
    """The object has another version than at the start of the download."""


def download(target: Target, path: Path) -> str:
    """Copy an object into a file, which appears once it is complete.

    Returns:
        The object's ETag; "" if S3 gave none.

    Raises:
        NoSuchObjectError, SettingsError, S3Error: as of `_requests.request`.
        TooLargeError: the object is larger than its limit, or than the free disk; none of it is
            received.
    """
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        etag = _copy_any_version(target, descriptor, path.parent)
        Path(name).replace(path)
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)
    return etag


def _copy_any_version(target: Target, descriptor: int, folder: Path) -> str:
    attempt = 1
    while True:
        try:
            return _copy(target, descriptor, folder)
        except _ReplacedError as error:
            if attempt == _VERSIONS:
                raise S3Error(
                    f"could not read {target.uri}: it was replaced {attempt} times while it was"
                    " read",
                    object=target.uri,
                ) from error
            attempt += 1


def _copy(target: Target, descriptor: int, folder: Path) -> str:
    size, etag = request("read", target, lambda s3: _head(s3, target))
    target.check_size(size)
    os.ftruncate(descriptor, 0)  # another version may have been longer
    require_space(folder, size, target.uri)
    os.ftruncate(descriptor, size)
    starts = range(0, size, _PART) if size > _IN_ONE_STREAM else range(1)

    def copy_part(start: int) -> None:
        stop = size if len(starts) == 1 else min(start + _PART, size)

        def get(s3: "S3Client") -> None:
            parameters: dict[str, Any] = {"IfMatch": etag} if etag else {}
            if len(starts) > 1:
                parameters["Range"] = f"bytes={start}-{stop - 1}"
            try:
                answer = s3.get_object(Bucket=target.bucket, Key=target.key, **parameters)
            except ClientError as error:
                if error_code(error) in PRECONDITION_FAILED:
                    raise _ReplacedError(f"{target.uri} was replaced") from error
                raise
            with closing(answer["Body"]):
                _check(answer, start, stop, size, etag)
                _write(answer["Body"], descriptor, start, stop)

        request("read", target, get)

    in_threads(copy_part, starts, share_time=False)
    return etag


def _head(s3: "S3Client", target: Target) -> tuple[int, str]:
    answer = s3.head_object(Bucket=target.bucket, Key=target.key)
    return content_length(answer), answer.get("ETag", "")


def _check(answer: Any, start: int, stop: int, size: int, etag: str) -> None:
    """Compare an answer with that of HEAD before its body is read."""
    if answer.get("ETag", "") != etag:  # not every server that speaks S3 knows the condition
        raise _ReplacedError(f"the ETag is {answer.get('ETag')}, was {etag}")
    length, text = content_length(answer), answer.get("ContentRange", "")
    if length != stop - start:
        raise BrokenAnswerError(
            f"S3 announced {length:,} bytes of {stop - start:,}, as the object has {size:,}"
        )
    if stop - start < size and text != f"bytes {start}-{stop - 1}/{size}":
        raise BrokenAnswerError(f"S3 sent {text!r}, not bytes {start}-{stop - 1}/{size}")


def _write(body: Any, descriptor: int, start: int, stop: int) -> None:
    place = start
    while chunk := body.read(_CHUNK):  # to the end, where botocore compares the checksum
        telemetry.count_s3_bytes(len(chunk))
        if place + len(chunk) > stop:
            raise BrokenAnswerError(f"S3 sent more than the {stop - start:,} bytes announced")
        place += _write_all(descriptor, chunk, place)
    if place != stop:
        raise IncompleteReadError(actual_bytes=place - start, expected_bytes=stop - start)


def _write_all(descriptor: int, content: bytes, place: int) -> int:
    """Write bytes at a place of a file, and return their number; a full disk takes some alone."""
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], place + written)
    return written
