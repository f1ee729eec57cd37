"""How large a reply may be, and how large AWS's runtime makes it."""

import json
from typing import Any

from shared import strict_json

MAX_REPLY_BYTES = 6 * 1024**2
"""Largest reply of a synchronous invocation, as JSON, in bytes.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (6 MB; Lambda's own check
allows 100 bytes more).
"""

MAX_LOAD_BALANCER_BYTES = 10**6
"""Largest reply to a load balancer, as JSON, in bytes.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (1 MB)
"""

# Python writes a float with an exponent at most this much longer than orjson: the float32 1e15 is
# 1000000000000000.0 in Python.
_MAX_EXTRA_BYTES_OF_FLOAT = 20


def serialized_size(reply: Any) -> int:
    """Return the size of a reply in bytes, serialized by AWS's runtime as ASCII JSON.

    From Python 3.12 on, the runtime leaves other characters unescaped, so it writes fewer bytes.
    """
    return len(json.dumps(reply))


def serialized_size_of_json(text: bytes, limit: int) -> int:
    """Return the size of a JSON text's value in bytes, serialized by AWS's runtime.

    Serializing megabytes of numbers takes a fifth of a second, so the size is estimated where the
    estimate suffices to compare it with the limit.

    Args:
        text: JSON as `shared.strict_json` writes it.
        limit: the size to compare with, in bytes.

    Returns:
        The exact size near the limit. Further off an estimate, which is on the same side of the
        limit as the size.
    """
    # The runtime puts a space after each comma and colon.
    spaces = text.count(b",") + text.count(b":")
    estimate = len(text) + spaces + _MAX_EXTRA_BYTES_OF_FLOAT * text.count(b"e")
    has_escapes = not text.isascii() or b"\x7f" in text  # orjson writes these as they are
    if estimate <= limit and not has_escapes:
        return estimate
    if len(text) > 2 * limit:  # Python shortens no number to less than half
        return estimate
    return serialized_size(strict_json.loads(text))
