"""Replies beyond Lambda's limit: stored in the output bucket behind a link, or refused."""

import hashlib
import json
import math
import time
from collections.abc import Mapping
from typing import Any

from shared import settings, strict_json, telemetry
from shared.archive.instant import format_utc
from shared.errors import TooLargeError
from shared.invocation import reply_size
from shared.reply import File, Reply

LINK_SECONDS = 15 * 60
"""Lifetime of a link. It ends earlier if the credentials of the function's role do."""

MAX_LIST_BYTES = 400_000
"""Largest list beside a link, as JSON; two of them fit into a reply to a load balancer."""

_MARGIN = 0.95  # samples differ in length, so a proportional part may be a little too large


def link(
    request: Any, reply: Reply, body: File, compressed: bytes | None, folder: str | None
) -> dict[str, Any] | None:
    """Store a reply that is too large and return the link to it, as JSON.

    A reply whose parts all failed is never stored; it keeps the status of its failures.

    Args:
        request: the request, as JSON.
        reply: the answer to it.
        body: the answer as bytes.
        compressed: the body in gzip, stored in its place; None for no compression.
        folder: first part of the key; None to store nothing.

    Returns:
        The link, with the errors and the further lists of the reply, if there are any, each cut to
        `MAX_LIST_BYTES`; None if there is no folder or no output bucket, or if every part failed.

    Raises:
        S3Error: S3 could not be reached, or refused.
        SettingsError: the output bucket's name is invalid.
    """
    bucket = settings.large_reply_bucket() if folder else None
    if not bucket or not folder or reply.failures:
        return None
    stored = store(body, compressed, request, bucket, folder)
    for name, entries in {"errors": reply.errors, **reply.beside}.items():
        if entries:
            stored[name] = _cut(strict_json.plain(list(entries)))
    return stored


@telemetry.step("upload")
def store(
    body: File, compressed: bytes | None, request: Any, bucket: str, folder: str
) -> dict[str, Any]:
    """Write a body to a bucket and return its location and a presigned URL, as JSON.

    The key is a hash of the request, so a repeated request overwrites its object.

    Args:
        body: the answer as bytes.
        compressed: the body in gzip, stored in its place; None for no compression.
        request: the request, as JSON.
        bucket: the bucket.
        folder: first part of the key.

    Raises:
        S3Error: S3 could not be reached, or refused.
    """
    from shared.aws import s3_client, s3_write  # botocore loads slowly, and few replies need it

    request_hash = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    suffix = body.suffix if compressed is None else f"{body.suffix}.gz"
    key = f"{folder}/{request_hash}.{suffix}"
    data = body.data if compressed is None else compressed
    encoding = None if compressed is None else "gzip"
    s3_write.upload(data, bucket, key, body.media_type, content_encoding=encoding)
    expires_ns = time.time_ns() + LINK_SECONDS * 10**9
    return {
        "url": s3_write.presigned_url(bucket, key, LINK_SECONDS),
        "expires": format_utc(expires_ns),
        "object": s3_client.uri(bucket, key),
        "bytes": len(data),
        "content_type": body.media_type,
        "content_encoding": encoding,
    }


def _cut(entries: list[Any]) -> list[Any]:
    """Return the first entries, as many as fit, and `{"omitted": n}` if not all do."""
    room = MAX_LIST_BYTES
    for number, entry in enumerate(entries):
        room -= reply_size.serialized_size(entry) + len(", ")
        if room < 0:
            return [*entries[:number], {"omitted": len(entries) - number}]
    return entries


def too_large(size: int, limit: int, extent: Mapping[str, float], hint: str = "") -> TooLargeError:
    """Return the error that gives the reply's size and the amount that would fit.

    Args:
        size: size of the reply in bytes.
        limit: Lambda's limit in bytes.
        extent: amount of data in the reply, by unit.
        hint: another remedy, appended to the message.
    """
    fits = {unit: math.floor(amount * limit / size * _MARGIN) for unit, amount in extent.items()}
    amounts = "".join(f", {amount:,.0f} {unit}" for unit, amount in extent.items())
    remedy = ", ".join(f"{amount:,} {unit}" for unit, amount in fits.items())
    return TooLargeError(
        f"the reply has {size:,} bytes{amounts}, and a Lambda reply at most {limit:,} bytes:"
        f" request {f'at most about {remedy}' if remedy else 'less'} at a time{hint}",
        size=size,
        limit=limit,
        **extent,
        **({"fits": fits} if fits else {}),
    )
