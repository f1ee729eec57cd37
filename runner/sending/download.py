"""Download large replies, which the function returns as a link."""

import gzip
import http.client
import urllib.request
import zlib
from collections.abc import Mapping
from typing import Any

from runner.errors import RunError

_TIMEOUT_S = 60  # without any data


def is_link(reply: Any) -> bool:
    """Return whether a reply is a link to the real reply."""
    return isinstance(reply, dict) and {"url", "object", "content_encoding"} <= reply.keys()


def download(link: Mapping[str, Any]) -> bytes:
    """Download the linked object and decompress it.

    Raises:
        RunError: the link is not an http(s) URL, or the download failed.
    """
    url, name = str(link["url"]), link["object"]
    if not url.startswith(("https://", "http://")):
        raise RunError(f"the link to {name} is {url!r}: must be an http(s) address")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:  # noqa: S310  # checked
            data: bytes = response.read()
        if link["content_encoding"] == "gzip":
            data = gzip.decompress(data)
    # ValueError: the rest of the URL is malformed.
    except (OSError, EOFError, ValueError, zlib.error, http.client.HTTPException) as error:
        expires = link.get("expires", "15 minutes after the call")
        raise RunError(
            f"could not download {name}: {error} (the link is valid until {expires})"
        ) from error
    return data
