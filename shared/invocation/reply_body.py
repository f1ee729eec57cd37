"""The body of a reply: an answer as bytes, in gzip where that pays."""

import gzip
from typing import Any

from shared import strict_json
from shared.reply import File

JSON_TYPE = "application/json"

_MIN_GZIP_BYTES = 1024
"""JSON up to this size is not compressed."""


def as_file(value: Any) -> File:
    """Return an answer as a file: the `File` itself, any other value as JSON.

    Raises:
        TypeError: the value contains an object that is not JSON.
    """
    if isinstance(value, File):
        return value
    return File(strict_json.dumps(value), JSON_TYPE, "json")


def is_compressible(file: File) -> bool:
    """Return whether gzip pays; miniSEED and zip files are compressed already."""
    return file.media_type == JSON_TYPE and len(file.data) > _MIN_GZIP_BYTES


def compress(file: File) -> bytes:
    """Return a file's bytes in gzip, without a timestamp, so that equal files stay equal."""
    return gzip.compress(file.data, compresslevel=1, mtime=0)
