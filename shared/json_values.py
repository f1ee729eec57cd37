"""Strict JSON from Python and NumPy values: NaN, infinities and masked samples become null.

JSON has no word for them (RFC 8259, section 6), yet Python's own encoder, which AWS's runtime
uses, writes a bare NaN that other parsers refuse.
"""

import math
from typing import Any

import numpy as np
import orjson


def dumps(value: Any) -> bytes:
    """A value as UTF-8 JSON: dicts, lists, text, numbers, None and NumPy arrays of numbers.

    Raises:
        TypeError: it holds something else.
    """
    return orjson.dumps(value, default=_array, option=orjson.OPT_SERIALIZE_NUMPY)


def loads(text: bytes | str) -> Any:
    """The value of a JSON text; strict, so a bare NaN is refused.

    Raises:
        ValueError: the text is not JSON.
    """
    return orjson.loads(text)


def plain(value: Any) -> Any:
    """The same value in what AWS's runtime serialises by itself: no NumPy, no NaN."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _array(value: object) -> list[Any]:
    """An array as nested lists; masked and non-finite entries are None."""
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if value.dtype.kind == "f":
        value = np.ma.masked_invalid(value, copy=False)
    entries: list[Any] = value.tolist()
    return entries
