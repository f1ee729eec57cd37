"""Strict JSON: both ways of writing a value agree, and any parser can read it."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from obspy import UTCDateTime

from shared.strict_json import dumps, loads, plain, runtime_size, string_size

NAN, INF = math.nan, math.inf
INT_TYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
FLOAT_TYPES = ["f2", "f4", "f8"]
EXTREMES = {kind: [np.iinfo(kind).min, 0, np.iinfo(kind).max] for kind in INT_TYPES}


def strict(text):
    """Parse as RFC 8259 has it: Python's own parser would take a bare NaN."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def same(value, expected):
    """Both ways of writing `value` give `expected`, of JSON's types alone."""
    assert strict(dumps(value)) == expected
    assert plain(value) == expected
    assert strict(json.dumps(plain(value), allow_nan=False)) == expected
    assert json.dumps(plain(value)) == json.dumps(expected)  # 1, 1.0 and True are not the same


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (-(2**63), -(2**63)),
        (2**64 - 1, 2**64 - 1),
        (1.5, 1.5),
        (1e-7, 1e-7),
        (1e300, 1e300),
        (-0.0, -0.0),
        ("", ""),
        ('"\\\n\0é\u2028𝄞', '"\\\n\0é\u2028𝄞'),
        ([], []),
        ({}, {}),
        ((1, (2,)), [1, [2]]),
        (NAN, None),
        (INF, None),
        (-INF, None),
        ({"a": [NAN, {"b": (INF, 1)}]}, {"a": [None, {"b": [None, 1]}]}),
        ([[[[NAN]]]], [[[[None]]]]),
    ],
)
def test_python_values(value, expected):
    same(value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), 1.5),
        (np.float64(NAN), None),
        (np.float32(0.5), 0.5),
        (np.float32(-INF), None),
        (np.float16(NAN), None),
        (np.int32(-7), -7),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),  # noqa: FBT003
        (np.str_("text"), "text"),
    ],
)
def test_numpy_scalars(value, expected):
    same(value, expected)
    same({"member": [value]}, {"member": [expected]})


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", INT_TYPES)
def test_integer_arrays(kind, order):
    same(np.array(EXTREMES[kind], dtype=order + kind), [int(value) for value in EXTREMES[kind]])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", FLOAT_TYPES)
def test_float_arrays(kind, order):
    array = np.array([0.5, NAN, -2.0, INF, -INF, 0.0], dtype=order + kind)
    same(array, [0.5, None, -2.0, None, None, 0.0])


@pytest.mark.parametrize("order", ["<", ">"])
def test_arrays_anywhere_in_a_value(order):
    array = np.array([1, 2], dtype=f"{order}i4")
    value = [{"data": array, "more": (array, {"x": np.array([NAN], dtype=f"{order}f8")})}]
    same(value, [{"data": [1, 2], "more": [[1, 2], {"x": [None]}]}])


def test_boolean_array():
    same(np.array([True, False]), [True, False])


@pytest.mark.parametrize("kind", ["i4", ">i4", "f4", "f8", ">f8"])
@pytest.mark.parametrize(
    "view",
    [
        lambda a: a[::2],
        lambda a: a[::-1],
        lambda a: a.reshape(3, 4).T,
        lambda a: a.reshape(3, 4)[:, 1],
        lambda a: np.asfortranarray(a.reshape(3, 4)),
        lambda a: np.broadcast_to(a[:1], (3,)),
    ],
    ids=["every other", "backwards", "transposed", "column", "fortran", "broadcast"],
)
def test_arrays_that_are_not_contiguous(kind, view):
    array = view(np.arange(12, dtype=kind))
    number = float if array.dtype.kind == "f" else int
    expected = np.vectorize(number, otypes=[object])(array).tolist()
    same(array, expected)


@pytest.mark.parametrize("kind", ["i4", ">i4", "f4", "f8", "bool"])
def test_empty_arrays(kind):
    same(np.array([], dtype=kind), [])
    same(np.zeros((2, 0), dtype=kind), [[], []])


@pytest.mark.parametrize("order", ["<", ">"])
def test_arrays_without_dimensions(order):
    same(np.array(7, dtype=f"{order}i4"), 7)
    same(np.array(0.5, dtype=f"{order}f8"), 0.5)
    same(np.array(NAN, dtype=f"{order}f8"), None)


@pytest.mark.parametrize("kind", ["i4", ">i4", "i8", "f4", "f8", ">f8"])
def test_masked_samples_are_null(kind):
    array = np.ma.masked_array(np.arange(4).astype(kind), mask=[0, 1, 0, 1])
    number = float if array.dtype.kind == "f" else int
    same(array, [number(0), None, number(2), None])
    same({"data": array[1:3]}, {"data": [None, number(2)]})
    same(array[::-1], [None, number(2), None, number(0)])


def test_masked_array_with_nothing_masked():
    same(np.ma.masked_array([1, 2]), [1, 2])
    same(np.ma.masked_array([1.0, NAN]), [1.0, None])
    same(np.ma.masked_array([1.0, NAN], mask=False), [1.0, None])


def test_masked_array_with_all_masked():
    same(np.ma.masked_all(3, dtype="i4"), [None, None, None])
    same(np.ma.masked_array([NAN, 1.0], mask=True), [None, None])


def test_masked_and_not_finite_together():
    array = np.ma.masked_array([1.0, NAN, 3.0, INF], mask=[1, 0, 0, 0])
    same(array, [None, None, 3.0, None])


def test_a_masked_sample_by_itself():
    array = np.ma.masked_array([1, 2], mask=[0, 1])
    same({"last": array[1]}, {"last": None})


@pytest.mark.parametrize("write", [dumps, plain])
def test_writing_changes_nothing(write):
    array = np.ma.masked_array([1.0, NAN, 3.0], mask=[1, 0, 0])
    value = {"data": array, "list": [NAN], "bare": np.array([NAN, 1.0])}
    write(value)
    assert array.mask.tolist() == [True, False, False]
    assert array.data[0] == 1.0
    assert math.isnan(array.data[1])
    assert math.isnan(value["list"][0])
    assert math.isnan(value["bare"][0])


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


@given(value=values)
def test_both_ways_agree_on_any_value(value):
    assert strict(dumps(value)) == plain(value)
    assert strict(json.dumps(plain(value), allow_nan=False)) == plain(value)


@given(array=arrays.arrays(arrays.floating_dtypes(endianness="?", sizes=(32, 64)), 5))
def test_no_float_loses_a_digit(array):
    """Read back at the array's own precision, a finite sample is the very same."""
    for written in (strict(dumps(array)), plain(array)):
        back = np.array([NAN if entry is None else entry for entry in written])
        expected = np.where(np.isfinite(array), array, NAN).astype(array.dtype)
        np.testing.assert_array_equal(back.astype(array.dtype), expected)


def test_dumps_is_utf8_without_spaces():
    assert dumps({"a": [1, "é"], "b": np.array([1, 2])}) == '{"a":[1,"é"],"b":[1,2]}'.encode()


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j, UTCDateTime(0), np.array([1j])])
def test_what_is_not_json_is_refused(value):
    with pytest.raises(TypeError):
        dumps(value)
    with pytest.raises(TypeError):
        dumps({"a": [value]})


@pytest.mark.parametrize(
    "text", ['{"a": [1, 2.5, null, true, "é"]}', '{"a":[1,2.5,null,true,"é"]}']
)
def test_loads(text):
    assert loads(text) == {"a": [1, 2.5, None, True, "é"]}
    assert loads(text.encode()) == {"a": [1, 2.5, None, True, "é"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[1,]",
        "{'a': 1}",
        '{"a": 1',
        "[01]",
        "1 2",
        b"\xff",
        b'"\xe9"',
        '"\ud800"',
        "[" * 100_000,
    ],
)
def test_loads_is_strict(text):
    with pytest.raises(ValueError):
        loads(text)


@given(value=values)
def test_round_trip(value):
    assert loads(dumps(value)) == plain(value)


@given(
    array=arrays.arrays(
        st.one_of(
            arrays.integer_dtypes(endianness="?"),
            arrays.unsigned_integer_dtypes(endianness="?"),
            arrays.floating_dtypes(endianness="?", sizes=(32, 64)),
            arrays.boolean_dtypes(),
        ),
        st.integers(0, 40),
    ),
    mask=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_masked_arrays_are_written_as_their_entries(array, mask):
    masked = np.ma.masked_array(array, mask=mask[: array.size])
    listed = [None if entry != entry else entry for entry in masked.tolist()]
    assert strict(dumps(masked)) == strict(dumps(listed)) or array.dtype.itemsize == 4
    assert [entry is None for entry in plain(masked)] == [
        hidden or not np.isfinite(entry) for entry, hidden in zip(array, mask, strict=False)
    ]


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.5, 0.99])
def test_long_arrays_with_gaps_here_and_there(share):
    random = np.random.default_rng(1)
    array = np.ma.masked_array(random.integers(-(2**31), 2**31, 50_000, dtype=np.int32))
    array[random.random(array.size) < share] = np.ma.masked
    assert strict(dumps({"data": array})) == {"data": array.tolist()}


texts = st.text() | st.sampled_from(["", '"', "\\", "\x7f", "\n\x01", "\u2028é𝄞\uffff"])


@given(text=texts)
def test_string_size_is_that_of_ascii_json(text):
    assert string_size(text.encode()) == len(json.dumps(text))


@given(value=values)
def test_runtime_size_is_exact_where_it_decides(value):
    text = dumps(value)
    size = len(json.dumps(loads(text)))
    for limit in (size - 1, size):
        assert (runtime_size(text, limit) <= limit) == (size <= limit)
    assert runtime_size(text, size - 1) == size or len(text) > 2 * (size - 1)
    assert runtime_size(text, 10**9) >= size


@given(array=arrays.arrays(arrays.floating_dtypes(endianness="=", sizes=(32, 64)), 3))
def test_runtime_size_of_floats_is_never_too_small(array):
    text = dumps(array)
    assert runtime_size(text, 10**9) >= len(json.dumps(loads(text)))
    assert len(text) <= 2 * len(json.dumps(loads(text)))
