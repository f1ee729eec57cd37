"""Answers that are too large for a reply: put into the output bucket, or refused."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from obspy import UTCDateTime

from shared.archive.time import format_time
from shared.aws import s3_client, s3_write
from shared.errors import TooLargeError
from shared.reply import File

LINK_SECONDS = 15 * 60
"""How long the link to an answer holds. A role's credentials may end before: the link, with them.
"""

_MARGIN = 0.95  # of what would fit by proportion, as samples are not all of one length


def store(
    content: File, packed: bytes | None, request: Any, bucket: str, folder: str
) -> dict[str, Any]:
    """Put an answer into a bucket; returns where it is, as JSON.

    The same request has the same key, so that asking again makes no second object.

    Args:
        content: the answer.
        packed: the same in gzip, to be stored in its place.
        request: what was asked, as JSON.
        bucket: the bucket.
        folder: the first part of the key.

    Raises:
        S3Error: S3 could not be reached, or refused.
    """
    asked = json.dumps(request, sort_keys=True).encode()
    suffix = content.suffix if packed is None else f"{content.suffix}.gz"
    key = f"{folder}/{hashlib.sha256(asked).hexdigest()}.{suffix}"
    data = content.data if packed is None else packed
    encoding = None if packed is None else "gzip"
    s3_write.upload_bytes(data, bucket, key, content.media_type, encoding)
    expires = UTCDateTime() + LINK_SECONDS
    return {
        "url": s3_write.presigned_url(bucket, key, LINK_SECONDS),
        "expires": format_time(expires),
        "object": s3_client.uri(bucket, key),
        "bytes": len(data),
        "content_type": content.media_type,
        "content_encoding": encoding,
    }


def too_large(size: int, limit: int, extent: Mapping[str, float], hint: str = "") -> TooLargeError:
    """The error that says what was asked for, and what would fit.

    Args:
        size: of the reply, in bytes.
        limit: how many bytes a reply may have.
        extent: what was asked for, by unit.
        hint: another way to get it, in words; "" if there is none.
    """
    fits = {unit: math.floor(much * limit / size * _MARGIN) for unit, much in extent.items()}
    asked = "".join(f", {much:,.0f} {unit}" for unit, much in extent.items())
    less = ", ".join(f"{much:,} {unit}" for unit, much in fits.items())
    return TooLargeError(
        f"the reply has {size:,} bytes{asked}, and a Lambda reply at most {limit:,} bytes:"
        f" ask for {f'at most about {less}' if less else 'less'} at a time{hint}",
        size=size,
        limit=limit,
        **extent,
        **({"fits": fits} if fits else {}),
    )
