"""NumPy arrays as JSON: dtypes, byte orders, layouts, masks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shared.strict_json import dumps, plain
from tests.support.json_values import FLOAT_TYPES, INF, INT_TYPES, NAN, same, strict

EXTREMES = {kind: [np.iinfo(kind).min, 0, np.iinfo(kind).max] for kind in INT_TYPES}


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


@given(array=arrays.arrays(arrays.floating_dtypes(endianness="?", sizes=(32, 64)), 5))
def test_no_float_loses_a_digit(array):
    """Reading JSON back at the array's precision restores every finite sample."""
    for written in (strict(dumps(array)), plain(array)):
        back = np.array([NAN if entry is None else entry for entry in written])
        expected = np.where(np.isfinite(array), array, NAN).astype(array.dtype)
        np.testing.assert_array_equal(back.astype(array.dtype), expected)


# Masked arrays


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
def test_long_arrays_with_scattered_gaps(share):
    random = np.random.default_rng(1)
    array = np.ma.masked_array(random.integers(-(2**31), 2**31, 50_000, dtype=np.int32))
    array[random.random(array.size) < share] = np.ma.masked
    assert strict(dumps({"data": array})) == {"data": array.tolist()}
