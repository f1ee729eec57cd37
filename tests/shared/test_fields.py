"""Fields of a request: checked by type, with uniform error messages."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadRequestError
from shared.fields import Fields, Names, is_number

NAMES = ("Text", "Choice", "Flag", "Number", "Array", "Raw")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
GETTERS = {
    "text": lambda f: f.text("Text", "text"),
    "choice": lambda f: f.choice("Text", ("VEL", "ACC"), "VEL"),
    "choice of a dict": lambda f: f.choice("Text", {"VEL": 1, "ACC": 2}, "VEL"),
    "choice of a set": lambda f: f.choice("Text", frozenset({"VEL", "ACC"}), "VEL"),
    "flag": lambda f: f.flag("Text", default=True),
    "number": lambda f: f.number("Text", "a number from 0 to 10", 0, 10, 1.0),
    "array": lambda f: f.array("Text", "an array"),
}
VALID = {
    "text": lambda v: isinstance(v, str),
    "choice": lambda v: v in ("VEL", "ACC"),
    "choice of a dict": lambda v: v in ("VEL", "ACC"),
    "choice of a set": lambda v: v in ("VEL", "ACC"),
    "flag": lambda v: v is True or v is False,
    "number": lambda v: type(v) in (int, float) and 0 <= v <= 10,
    "array": lambda v: isinstance(v, list) and len(v) > 0,
}


def refusal(action, *arguments):
    with pytest.raises(BadRequestError) as caught:
        action(*arguments)
    return caught.value


@pytest.mark.parametrize("getter", GETTERS)
@given(value=json_values)
def test_a_getter_returns_a_valid_value_or_refuses(getter, value):
    fields = Fields({"Text": value}, NAMES, "Windows[1].")
    if getter.startswith("choice") and str(value).upper() in ("VEL", "ACC"):
        assert GETTERS[getter](fields) == str(value).upper()
    elif VALID[getter](value):
        assert GETTERS[getter](fields) == value
    else:
        error = refusal(GETTERS[getter], fields)
        assert error.details == {"field": "Windows[1].Text"}
        assert error.message.startswith("Windows[1].Text is ")
        assert "must be" in error.message


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, "None"),
        ([], "[]"),
        ("text", "'text'"),
        (1, "1"),
        (True, "True"),
        ([{"Text": 1}], "[{"),
    ],
)
def test_request_that_is_not_an_object_is_refused(value, place):
    message = refusal(Fields, value, NAMES).message
    assert message.startswith(f"the request is {place}")
    assert "a JSON object with Text, Choice" in message
    assert refusal(Fields, value, NAMES, "Windows[1].").message.startswith("Windows[1] is ")


def test_unknown_field_is_refused():
    error = refusal(Fields, {"Text": "x", "Tex": "y"}, NAMES)
    assert "the unknown field 'Tex' (did you mean 'Text'?): must be a JSON object" in error.message
    assert "Text, Choice, Flag" in error.message
    assert error.details == {"field": "Tex"}
    assert "did you mean" not in refusal(Fields, {"Quality": "D"}, NAMES).message


def test_names_in_any_case_and_other_names():
    names = Names(["water_level", "Starttime"], {"start": "Starttime", "start_of": "Starttime"})
    for name in ("water_level", "Water-Level", "waterLevel", "WATERLEVEL"):
        assert Fields({name: 1}, names).given() == {"water_level": 1}
    for name in ("Starttime", "start_time", "StartTime", "START", "startof", "start-of"):
        fields = Fields({name: 1}, names, "W.")
        assert fields.raw("Starttime") == 1
        assert fields.name("Starttime") == f"W.{name}"  # as the request has it
        assert refusal(fields.text, "Starttime", "text").details == {"field": f"W.{name}"}
    for name in ("", "star", 7, None, "x" * 10**6):
        assert names.find(name) is None
    assert Names(["day"]).find("DAY") == "day"


@pytest.mark.parametrize("pair", [("Text", "text"), ("TEXT", "text"), ("tEXT", "t_e_x_t")])
def test_a_field_under_two_names_is_refused(pair):
    error = refusal(Fields, dict.fromkeys(pair, 1), NAMES, "W.")
    assert f"is given twice, as {pair[0]!r} and as {pair[1]!r}: give it once" in error.message
    assert error.details == {"field": f"W.{pair[0]}"}


def test_all_unknown_fields_are_named():
    error = refusal(Fields, {"b": 1, "a": 2}, NAMES, "Windows[0].")
    assert "'a', 'b'" in error.message
    assert error.details == {"field": "Windows[0].a"}


def test_name_has_the_path():
    assert Fields({}, NAMES).name("Text") == "Text"
    assert Fields({}, NAMES, "Windows[1].").name("Text") == "Windows[1].Text"


def test_error_names_field_value_and_a_valid_value():
    error = Fields({}, NAMES, "W.").error("Text", [1], "something else")
    assert error.as_dict() == {
        "type": "BadRequestError",
        "message": "W.Text is [1]: must be something else",
        "field": "W.Text",
    }


@pytest.mark.parametrize("getter", ["text", "array"])
def test_missing_required_field_is_refused(getter):
    error = refusal(GETTERS[getter], Fields({}, NAMES, "W."))
    assert error.message.startswith("W.Text is missing: must be ")
    assert error.details == {"field": "W.Text"}


def test_absent_field_has_its_default():
    fields = Fields({}, NAMES)
    assert fields.text("Text", "text", default="") == ""
    assert fields.text("Text", "text", default="--") == "--"
    assert fields.choice("Choice", ("VEL", "ACC"), "VEL") == "VEL"
    assert fields.flag("Flag", default=True) is True
    assert fields.flag("Flag", default=False) is False
    assert fields.number("Number", "a number", 0, 1, 0.5) == 0.5
    assert fields.raw("Raw") is None
    assert fields.raw("Raw", 7) == 7


@pytest.mark.parametrize("getter", ["text", "choice", "flag", "number", "array"])
def test_null_is_not_an_absent_field(getter):
    error = refusal(GETTERS[getter], Fields({"Text": None}, NAMES))
    assert error.message.startswith("Text is None: must be ")


@pytest.mark.parametrize("getter", ["choice", "choice of a dict", "choice of a set"])
def test_choice_has_any_case_and_other_words(getter):
    for value in ("VEL", "vel", "Vel"):
        assert GETTERS[getter](Fields({"Text": value}, NAMES)) == "VEL"
    words = {"neighbors": "neighbours"}
    for value in ("neighbours", "neighbors", "Neighbors"):
        fields = Fields({"Text": value}, NAMES)
        assert fields.choice("Text", ("taper", "neighbours"), "taper", words) == "neighbours"


@pytest.mark.parametrize(
    "value", ["V\u0115L", "VEL ", "VE", "", ["VEL"], {"VEL": 1}, True, 0, None]
)
@pytest.mark.parametrize("getter", ["choice", "choice of a dict", "choice of a set"])
def test_another_choice_is_refused_and_the_choices_are_named(getter, value):
    message = refusal(GETTERS[getter], Fields({"Text": value}, NAMES)).message
    assert "'VEL'" in message
    assert "'ACC'" in message


def test_number_is_a_float_and_both_limits_are_allowed():
    for value in (0, 10, 0.0, 10.0, 3):
        number = GETTERS["number"](Fields({"Text": value}, NAMES))
        assert number == value
        assert type(number) is float


@pytest.mark.parametrize(
    "value",
    [-1e-9, 10.000001, float("nan"), float("inf"), float("-inf"), 10**400, -(10**400), "3", True],
)
def test_number_out_of_range_is_refused(value):
    assert "from 0 to 10" in refusal(GETTERS["number"], Fields({"Text": value}, NAMES)).message


def test_raw_value_is_not_changed():
    value = {"a": [None]}
    assert Fields({"Raw": value}, NAMES).raw("Raw") is value
    assert Fields({"Raw": None}, NAMES).raw("Raw", 7) is None


@pytest.mark.parametrize("value", [0, 1, -1.5, 1e308, 10**300, 2**63])
def test_is_number(value):
    assert is_number(value)


@pytest.mark.parametrize(
    "value", [True, False, None, "1", [], float("nan"), float("inf"), float("-inf"), 10**309, 1j]
)
def test_is_no_number(value):
    assert not is_number(value)


@pytest.mark.parametrize(
    "request_value",
    [
        "x" * 10**6,
        {"Text": ["x"] * 10**5},
        {"x" * 10**6: 1},
        {f"x{n}": 1 for n in range(10**5)},
    ],
    ids=["not an object", "a value", "a name", "many names"],
)
def test_error_stays_short_whatever_was_sent(request_value):
    error = refusal(lambda: Fields(request_value, NAMES).text("Text", "text"))
    assert len(json.dumps(error.as_dict())) < 10_000
