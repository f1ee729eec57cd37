"""Docstrings: everything public has one, and it lists the errors that a function raises."""

import ast
import builtins
import importlib
import inspect
import re

import pytest
from obspy.core.util import obspy_types

from runner import errors as failures
from shared import errors
from tests.support.sources import APPS, EXAMPLES, LOCAL, RUNNER, SHARED, module_of, name_of, parse

SERVICE_ERRORS = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.ServiceError)
}
Function = ast.FunctionDef | ast.AsyncFunctionDef

FILES = [*SHARED, *APPS, *RUNNER, *LOCAL, *EXAMPLES]

each_file = pytest.mark.parametrize("path", FILES, ids=name_of)


def public_definitions(tree):
    """List the public functions, classes and methods: (qualified name, node, class or None)."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node, None
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for member in node.body:
                if isinstance(member, Function):
                    if not member.name.startswith("_"):
                        yield f"{node.name}.{member.name}", member, None
                    elif member.name in ("__init__", "__new__", "__post_init__"):
                        yield f"{node.name}.{member.name}", member, node


def undocumented(tree):
    found = [] if ast.get_docstring(tree) else ["the module"]
    return found + [
        name
        for name, node, owner in public_definitions(tree)
        if owner is None and not ast.get_docstring(node)
    ]


def raised(node):
    """List the ServiceErrors that a function raises itself."""
    for statement in ast.walk(node):
        if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
            called = statement.exc.func
            name = getattr(called, "attr", getattr(called, "id", ""))
            if name in SERVICE_ERRORS:
                yield name


def raises_section(docstring):
    """List the names in a docstring's `Raises:` section."""
    section = re.search(r"^Raises:\n((?:    .*(?:\n|$))+)", docstring, re.MULTILINE)
    entries = re.findall(r"^    (\w[\w, ]*):", section[1], re.MULTILINE) if section else []
    return [name for entry in entries for name in entry.split(", ")]


def unannounced(tree):
    """List the errors that docstrings leave out: (function, error)."""
    for name, node, owner in public_definitions(tree):
        if isinstance(node, Function):
            announced = raises_section(ast.get_docstring(owner or node) or "")
            for error in raised(node):
                parents = {cls.__name__ for cls in SERVICE_ERRORS[error].__mro__}
                if not parents.intersection(announced):
                    yield name, error


@each_file
def test_everything_public_has_a_docstring(path):
    assert undocumented(parse(path)) == []


@pytest.mark.parametrize("path", [*SHARED, *APPS], ids=name_of)
def test_errors_raised_are_in_the_docstring(path):
    assert list(unannounced(parse(path))) == []


@each_file
def test_errors_in_docstrings_exist(path):
    module = importlib.import_module(module_of(path))
    for name, node, _ in public_definitions(parse(path)):
        for error in raises_section(ast.get_docstring(node) or ""):
            places = (module, errors, failures, builtins, obspy_types)
            cls = next((getattr(place, error) for place in places if hasattr(place, error)), None)
            assert inspect.isclass(cls), f"{name}: {error}"
            assert issubclass(cls, Exception), f"{name}: {error}"


def test_docstring_checks_find_what_they_look_for():
    tree = ast.parse('''
class C:
    """The class lists the errors of its constructor.

    Raises:
        BadRequestError, NoDataError: always.
    """

    def __post_init__(self):
        raise NoWaveformError("a kind of NoDataError")

    def silent(self):
        raise errors.S3Error("no docstring at all")

def f():
    """Says the wrong one.

    Raises:
        NoDataError: never.
    """
    def g():
        raise BadRequestError("...") from None

def _private():
    raise TooLargeError("...")
''')
    assert undocumented(tree) == ["the module", "C.silent"]
    assert list(unannounced(tree)) == [("C.silent", "S3Error"), ("f", "BadRequestError")]
