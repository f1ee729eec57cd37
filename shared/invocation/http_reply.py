"""Writes HTTP replies: status, headers, and a body as text, gzip or base64."""

import base64
import gzip
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from shared import errors, strict_json
from shared.reply import File

HTTP_STATUS: dict[type[errors.ServiceError], HTTPStatus] = {
    errors.BadRequestError: HTTPStatus.BAD_REQUEST,
    errors.NoDataError: HTTPStatus.NOT_FOUND,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UpstreamError: HTTPStatus.BAD_GATEWAY,
    errors.ServiceError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The one table from error to HTTP status; an error without a row has its parent's."""

JSON_TYPE = "application/json"

WORTH_GZIP_BYTES = 1024
"""JSON up to this size is sent as it is."""


def http_status(error: errors.ServiceError) -> HTTPStatus:
    """The status of an error: that of its class, or of the nearest parent in the table."""
    return next(HTTP_STATUS[cls] for cls in type(error).__mro__ if cls in HTTP_STATUS)


def as_content(value: Any) -> File:
    """An answer as bytes: a file's own, or JSON.

    Raises:
        TypeError: it holds something that is not JSON.
    """
    if isinstance(value, File):
        return value
    return File(strict_json.dumps(value), JSON_TYPE, "json")


def shrinks(content: File) -> bool:
    """Whether gzip is worth its time: files of samples are packed already, by their own ways."""
    return content.media_type == JSON_TYPE and len(content.data) > WORTH_GZIP_BYTES


def negotiated(content: File) -> dict[str, str]:
    """The header of a body that some get in gzip: also for the others, for caches between."""
    return {"Vary": "Accept-Encoding"} if shrinks(content) else {}


def compress(content: File) -> bytes:
    """The bytes in gzip, the same ones at any time."""
    return gzip.compress(content.data, compresslevel=1, mtime=0)


def reply(
    status: HTTPStatus, content: File, headers: Mapping[str, str], packed: bytes | None = None
) -> dict[str, Any]:
    """A reply with a body.

    Args:
        status: the status.
        content: the body.
        headers: further headers.
        packed: what `compress` made of the body, to be sent in its place.
    """
    as_base64 = packed is not None or content.media_type != JSON_TYPE
    data = content.data if packed is None else packed
    return {
        "statusCode": int(status),
        "headers": {
            "Content-Type": content.media_type,
            **({"Content-Encoding": "gzip"} if packed is not None else {}),
            **headers,
        },
        "body": base64.b64encode(data).decode() if as_base64 else data.decode(),
        "isBase64Encoded": as_base64,
    }


def size(written: dict[str, Any]) -> int:
    """How many bytes AWS's runtime makes of a reply, as JSON of ASCII alone.

    From Python 3.12 on the runtime leaves what is not ASCII as it is, and writes less.
    """
    around = len(json.dumps({**written, "body": ""})) - len('""')
    return around + strict_json.string_size(written["body"].encode())


def failed(
    status: HTTPStatus, error: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The reply that tells of an error.

    Args:
        status: the status.
        error: the error as JSON.
        headers: further headers.
    """
    return reply(status, as_content({"error": error}), headers or {})
