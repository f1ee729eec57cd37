"""Values and readers for tests of JSON."""

import json
import math

from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shared.strict_json import dumps, plain

NAN, INF = math.nan, math.inf
INT_TYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
FLOAT_TYPES = ["f2", "f4", "f8"]


def strict(text):
    """Parse JSON by RFC 8259; Python's own parser would accept a bare NaN."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def same(value, expected):
    """Assert that both ways of writing `value` give `expected`, of JSON's types alone."""
    assert strict(dumps(value)) == expected
    assert plain(value) == expected
    assert strict(json.dumps(plain(value), allow_nan=False)) == expected
    assert json.dumps(plain(value)) == json.dumps(expected)  # tells 1, 1.0 and True apart


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text()
    | arrays.arrays(
        st.one_of(
            arrays.integer_dtypes(endianness="?"),
            arrays.unsigned_integer_dtypes(endianness="?"),
            arrays.floating_dtypes(endianness="?", sizes=(32, 64)),
        ),
        arrays.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
