"""Strict JSON from Python and NumPy values: NaN, infinities and masked samples become null.

JSON has no word for them (RFC 8259, section 6), yet Python's own encoder, which AWS's runtime
uses, writes a bare NaN that other parsers refuse.
"""

from typing import Any

import numpy as np
import orjson


def dumps(value: Any) -> bytes:
    """A value as UTF-8 JSON: dicts, lists, text, numbers, None and NumPy arrays of numbers.

    Raises:
        TypeError: it holds something else.
    """
    try:
        return orjson.dumps(value, default=_entries, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        # It refuses an array of foreign byte order without asking `default`.
        return orjson.dumps(value, default=_entries)


def loads(text: bytes | str) -> Any:
    """The value of a JSON text; strict, so a bare NaN is refused.

    Raises:
        ValueError: the text is not JSON.
    """
    return orjson.loads(text)


def plain(value: Any) -> Any:
    """What `dumps` writes, as what AWS's runtime serialises by itself: no NumPy, no NaN.

    Raises:
        TypeError: it holds something that is not JSON.
    """
    return orjson.loads(dumps(value))


def _entries(value: object) -> Any:
    """An array as nested lists, a scalar as a number; masked ones are None."""
    if not isinstance(value, np.ndarray | np.generic):
        raise TypeError(f"{type(value).__name__} is not JSON")
    return value.tolist()
