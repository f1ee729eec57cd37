"""Strict JSON from Python and NumPy values: NaN, infinities and masked samples become null.

JSON has no number for them (RFC 8259, section 6). Python's own encoder, which AWS's runtime uses,
writes a bare NaN that other parsers reject.
"""

import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import numpy as np

_MIN_SAMPLES_PER_PIECE = 32  # on average; below, a masked array is faster written entry by entry


def dumps(value: Any) -> bytes:
    """Return a value as UTF-8 JSON.

    A request may have half of a character, one of a pair of surrogates, and an error quotes it.
    UTF-8 has no bytes for it, so U+FFFD takes its place.

    Args:
        value: dicts, lists, text, numbers, None and NumPy arrays of numbers.

    Raises:
        TypeError: the value contains an object of another type.
    """
    try:
        return _dumps(value)
    except TypeError as error:
        if "surrogates" not in str(error):
            raise
        return _dumps(_with_whole_characters(value))


def _with_whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        items = value.items()
        return {_with_whole_characters(name): _with_whole_characters(item) for name, item in items}
    if isinstance(value, list | tuple):
        return [_with_whole_characters(item) for item in value]
    return value


def _dumps(value: Any) -> bytes:
    if "numpy" not in sys.modules:  # so there are no arrays, and nothing here should load NumPy
        return orjson.dumps(value)
    try:
        return orjson.dumps(value, default=_to_json, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        # orjson rejects an array of foreign byte order without calling `default`.
        return orjson.dumps(value, default=_to_json)


def loads(text: bytes | str) -> Any:
    """Return the value of a JSON text; a bare NaN is an error.

    Raises:
        ValueError: the text is not JSON.
    """
    return orjson.loads(text)


def plain(value: Any) -> Any:
    """Return a value as Python's JSON types alone, without NumPy and NaN.

    AWS's runtime serializes the result to the JSON that `dumps` writes.

    Raises:
        TypeError: the value contains an object that is not JSON.
    """
    return orjson.loads(dumps(value))


def _to_json(value: object) -> Any:
    """Return a NumPy array as JSON or nested lists, and a NumPy scalar as a number or None."""
    import numpy as np

    if not isinstance(value, np.ndarray | np.generic):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if not isinstance(value, np.ndarray) or value.ndim != 1 or value.dtype.kind not in "biuf":
        return value.tolist()
    if isinstance(value, np.ma.MaskedArray):
        return _masked_to_json(value)
    return orjson.Fragment(_numbers(value))


def _masked_to_json(array: "np.ma.MaskedArray") -> Any:
    import numpy as np

    missing = np.ma.getmaskarray(array)
    if array.dtype.kind == "f":
        return orjson.Fragment(_numbers(np.where(missing, np.nan, array.data)))
    edges = [0, *(np.flatnonzero(missing[1:] != missing[:-1]) + 1).tolist(), array.size]
    if len(edges) * _MIN_SAMPLES_PER_PIECE > max(array.size, 100 * _MIN_SAMPLES_PER_PIECE):
        return array.tolist()
    pieces = (
        b",".join([b"null"] * (end - first))
        if missing[first]
        else _numbers(array.data[first:end])[1:-1]
        for first, end in pairwise(edges)
        if end > first
    )
    return orjson.Fragment(b"[" + b",".join(pieces) + b"]")


def _numbers(array: "np.ndarray") -> bytes:
    """Return a one-dimensional array of any byte order and layout as JSON."""
    import numpy as np

    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    return orjson.dumps(native, default=_listed, option=orjson.OPT_SERIALIZE_NUMPY)


def _listed(array: Any) -> Any:
    return array.tolist()  # a dtype that orjson does not support
