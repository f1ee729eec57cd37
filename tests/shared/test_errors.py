"""The tree of errors: as drawn, and each as one JSON object."""

import inspect
import json
import re

import pytest

from shared import errors

CLASSES = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if cls.__module__ == "shared.errors"
}

each_class = pytest.mark.parametrize("name", sorted(CLASSES))


def drawn_tree(text):
    """Return the drawing as {class: parent}."""
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
def test_class_has_a_docstring(name):
    assert inspect.getdoc(CLASSES[name])
