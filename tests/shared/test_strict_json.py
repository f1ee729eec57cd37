"""Strict JSON: both ways of writing a value agree, and any parser can read it."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from obspy import UTCDateTime

from shared.strict_json import dumps, loads, plain
from tests.support.commands import PROJECT
from tests.support.json_values import INF, NAN, same, strict, values


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


@given(value=values)
def test_both_ways_agree_on_any_value(value):
    assert strict(dumps(value)) == plain(value)
    assert strict(json.dumps(plain(value), allow_nan=False)) == plain(value)


def test_dumps_is_utf8_without_spaces():
    assert dumps({"a": [1, "é"], "b": np.array([1, 2])}) == '{"a":[1,"é"],"b":[1,2]}'.encode()


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j, UTCDateTime(0), np.array([1j])])
def test_other_types_are_refused(value):
    with pytest.raises(TypeError):
        dumps(value)
    with pytest.raises(TypeError):
        dumps({"a": [value]})


def test_other_types_are_refused_before_numpy_is_loaded():
    """A value can be an array only if NumPy is loaded, so looking for arrays must not load it."""
    code = """
import sys
from shared.strict_json import dumps
try:
    dumps({"a": [object()]})
except TypeError as error:
    print("numpy" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")


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


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ud800é", "\ufffdé"),
    ],
)
def test_half_a_character_is_replaced(text, written):
    assert loads(dumps({text: [text, (text, 1)]})) == {written: [written, [written, 1]]}
    assert plain({"message": text}) == {"message": written}
