"""Strict JSON from Python and NumPy values: NaN, infinities and masked samples become null.

JSON has no word for them (RFC 8259, section 6), yet Python's own encoder, which AWS's runtime
uses, writes a bare NaN that other parsers refuse.
"""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import orjson

_LEAST_PIECE = 32  # samples on average, from which on it is faster to write piece by piece

# How many bytes more than as UTF-8 each byte takes in a JSON string of ASCII alone: \\uXXXX for
# what is not ASCII (twice beyond the 16 bits, told by the first byte of four), for DEL, and for
# control characters without a short form.
_EXTRA = bytearray(256)
_EXTRA[0x00:0x20] = bytes([5]) * 0x20
for _byte in b'\b\f\n\r\t"\\':
    _EXTRA[_byte] = 1
_EXTRA[0x7F] = 5
_EXTRA[0xC0:0xE0] = bytes([4]) * 0x20
_EXTRA[0xE0:0xF0] = bytes([3]) * 0x10
_EXTRA[0xF0:] = bytes([8]) * 0x10
_BEYOND_ASCII = bytes([*bytes(0x7F), *_EXTRA[0x7F:]])


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


def string_size(text: bytes) -> int:
    """How many bytes a text has as a JSON string of ASCII alone, quotes included.

    Args:
        text: as UTF-8.
    """
    return 2 + len(text) + _extra(text, _EXTRA)


def runtime_size(text: bytes, limit: int) -> int:
    """How many bytes AWS's runtime makes of a JSON text's value: exact where the limit is near.

    The runtime writes by Python's own encoder: a space after commas and colons, what is not ASCII
    as six bytes and more (before Python 3.12), and floats with other exponents (1e-07).

    Args:
        text: as `dumps` writes it.
        limit: the size that matters, in bytes.

    Returns:
        The size, or more where that is within the limit, or anything beyond the limit if the size
        is far beyond.
    """
    most = len(text) + _extra(text, _BEYOND_ASCII) + text.count(b",") + text.count(b":")
    most += _LONGER_FLOAT * text.count(b"e")
    if most <= limit or len(text) > 2 * limit:  # no float is written in less than half
        return most
    return len(json.dumps(loads(text)))


_LONGER_FLOAT = 20  # bytes, at most, that a float with an exponent takes more: 1e15 as float32


def _extra(text: bytes, each: bytes | bytearray) -> int:
    return int(np.frombuffer(text.translate(each), np.uint8).sum(dtype=np.int64))


def _entries(value: object) -> Any:
    """An array as JSON or nested lists, a scalar as a number; masked ones are None."""
    if not isinstance(value, np.ndarray | np.generic):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if not isinstance(value, np.ndarray) or value.ndim != 1 or value.dtype.kind not in "biuf":
        return value.tolist()
    if isinstance(value, np.ma.MaskedArray):
        return _masked_entries(value)
    return _fragment(value)


def _masked_entries(array: np.ma.MaskedArray) -> Any:
    missing = np.ma.getmaskarray(array)
    if array.dtype.kind == "f":
        return _fragment(np.where(missing, np.nan, array.data))
    edges = [0, *(np.flatnonzero(missing[1:] != missing[:-1]) + 1).tolist(), array.size]
    if len(edges) * _LEAST_PIECE > max(array.size, 100 * _LEAST_PIECE):
        return array.tolist()
    pieces = (
        b",".join([b"null"] * (end - first))
        if missing[first]
        else _numbers(array.data[first:end])[1:-1]
        for first, end in pairwise(edges)
        if end > first
    )
    return orjson.Fragment(b"[" + b",".join(pieces) + b"]")


def _fragment(array: np.ndarray) -> orjson.Fragment:
    return orjson.Fragment(_numbers(array))


def _numbers(array: np.ndarray) -> bytes:
    """A one-dimensional array as JSON, of whatever byte order and layout."""
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    return orjson.dumps(native, default=_listed, option=orjson.OPT_SERIALIZE_NUMPY)


def _listed(array: Any) -> Any:
    return array.tolist()  # a type that orjson does not know
