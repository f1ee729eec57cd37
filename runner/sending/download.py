"""Answers that come as a link, as they are too large for a reply."""

import gzip
import http.client
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping
from typing import Any

from runner.errors import RunError

_TIMEOUT_S = 60  # of silence


def is_link(reply: Any) -> bool:
    """Whether a reply is a link to the answer."""
    return isinstance(reply, dict) and {"url", "object", "content_encoding"} <= reply.keys()


def download(link: Mapping[str, Any]) -> bytes:
    """What a link leads to, unpacked.

    Raises:
        RunError: it cannot be had.
    """
    url, name = str(link["url"]), link["object"]
    if not url.startswith(("https://", "http://")):
        raise RunError(f"the link to {name} is {url!r}: must be an http(s) address")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # see above
            data: bytes = answer.read()
        if link["content_encoding"] == "gzip":
            data = gzip.decompress(data)
    # ValueError: what begins as an address, and goes on as none.
    except (OSError, EOFError, ValueError, zlib.error, http.client.HTTPException) as error:
        told = link.get("expires", "a quarter of an hour after the call")
        raise RunError(
            f"could not download {name}: {error} (the link holds until {told})"
        ) from error
    return data
