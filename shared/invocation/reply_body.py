"""The body of a reply: an answer as bytes, in gzip where that pays."""

import gzip
from typing import Any

from shared import strict_json
from shared.reply import File

JSON_TYPE = "application/json"

_TEXT_TYPES = (JSON_TYPE, "application/xml")

_MIN_GZIP_BYTES = 1024
"""Text up to this size is not compressed."""


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
    return is_text(file) and len(file.data) > _MIN_GZIP_BYTES


def is_text(file: File) -> bool:
    """Return whether a file is text in UTF-8, by its media type."""
    kind = file.media_type.partition(";")[0].lower()
    return kind in _TEXT_TYPES or kind.startswith("text/") or kind.endswith(("+json", "+xml"))


def as_text(file: File) -> str | None:
    """Return the text of a file; None if it is no text, or in another encoding than UTF-8."""
    try:
        return file.data.decode() if is_text(file) else None
    except UnicodeDecodeError:
        return None


def compress(file: File) -> bytes:
    """Return a file's bytes in gzip, without a timestamp, so that equal files stay equal."""
    return gzip.compress(file.data, compresslevel=1, mtime=0)
