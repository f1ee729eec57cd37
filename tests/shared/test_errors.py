"""The tree of errors: as drawn, each with a status, all of one shape."""

import inspect
import json
import re

import pytest

from shared import errors
from shared.invocation.http_reply import HTTP_STATUS, http_status

CLASSES = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if cls.__module__ == "shared.errors"
}
STATUS = {
    "ServiceError": 500,
    "BadRequestError": 400,
    "NoDataError": 404,
    "NoSuchObjectError": 404,
    "NoWaveformError": 404,
    "NoStationXMLError": 404,
    "NoResponseError": 404,
    "TooLargeError": 413,
    "UpstreamError": 502,
    "S3Error": 502,
    "UnreadableObjectError": 502,
    "SettingsError": 500,
}

each_class = pytest.mark.parametrize("name", sorted(CLASSES))


def drawn_tree(text):
    """The drawing as {class: parent}."""
    parents, branch = {}, []
    for line in text.splitlines():
        if row := re.match(r"    ((?:[│ ] {3})*(?:[├└]── )?)(\w+Error)\b", line):
            depth = len(row[1]) // 4
            branch[depth:] = [row[2]]
            parents[row[2]] = branch[depth - 1] if depth else None
    return parents


def test_tree_is_as_drawn():
    built = {name: cls.__base__.__name__ for name, cls in CLASSES.items()}
    assert built.pop("ServiceError") == "Exception"
    drawn = drawn_tree(errors.__doc__)
    assert drawn.pop("ServiceError") is None
    assert drawn == built


def test_no_error_has_two_parents():
    assert {len(cls.__bases__) for cls in CLASSES.values()} == {1}


def test_every_error_has_a_status():
    assert {name: int(http_status(cls("m"))) for name, cls in CLASSES.items()} == STATUS


def test_error_of_a_user_has_its_parents_status():
    class NoEventError(errors.NoDataError):
        pass

    class TeapotError(errors.ServiceError):
        pass

    assert http_status(NoEventError("m")) == 404
    assert http_status(TeapotError("m")) == 500


def test_status_table_knows_only_errors_of_the_tree():
    assert set(HTTP_STATUS) <= set(CLASSES.values())


@each_class
def test_as_dict_names_type_and_message(name):
    error = CLASSES[name]("nscl 'x' is no channel")
    assert error.as_dict() == {"type": name, "message": "nscl 'x' is no channel"}
    assert str(error) == "nscl 'x' is no channel"


def test_as_dict_has_the_details_beside_them():
    error = errors.NoSuchObjectError("no", object="s3://b/k", tried=["a", "b"], size=3)
    assert error.as_dict() == {
        "type": "NoSuchObjectError",
        "message": "no",
        "object": "s3://b/k",
        "tried": ["a", "b"],
        "size": 3,
    }
    assert json.loads(json.dumps(error.as_dict())) == error.as_dict()


def test_as_dict_is_a_copy():
    error = errors.S3Error("m", code="x")
    error.as_dict()["code"] = "changed"
    assert error.as_dict()["code"] == "x"


def test_a_message_that_quotes_megabytes_is_cut():
    error = errors.BadRequestError("start " + "x" * 5_000_000)
    assert error.message.startswith("start ")
    assert len(error.message) < 10_000
    assert str(error) == error.message


@each_class
def test_class_says_what_it_is_for(name):
    assert inspect.getdoc(CLASSES[name])
