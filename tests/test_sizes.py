"""Sizes: short files, short functions, thin handlers."""

import ast
import re

import pytest

from tests.support.sources import (
    APPS,
    BENCHMARKS,
    EXAMPLES,
    LOCAL,
    RUNNER,
    SHARED,
    files,
    name_of,
    parse,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef

MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 45
LONGER = {"tests/deployment/test_template.py"}
"""Longer files: one table of faults, which is read as a whole."""

MODULES = [*SHARED, *RUNNER, *LOCAL, *APPS, *EXAMPLES, *BENCHMARKS, *files("tests")]


def code_lines(function, source):
    """Count the lines of a function without its docstring, comments and blank lines."""
    first = function.body[0]
    docstring = range(0)
    if ast.get_docstring(function):
        docstring = range(first.lineno, first.end_lineno + 1)
    lines = source.splitlines()
    return sum(
        1
        for number in range(function.lineno, function.end_lineno + 1)
        if number not in docstring and not re.fullmatch(r"\s*(#.*)?", lines[number - 1])
    )


def test_code_lines_are_counted():
    source = '''
def f():
    """Not
    this."""
    # Nor this,

    return (
        1  # but these three,
    )  # and the def.
'''
    assert code_lines(ast.parse(source).body[0], source) == 4


@pytest.mark.parametrize("path", APPS, ids=name_of)
def test_handler_is_thin(path):
    functions = [node for node in ast.walk(parse(path)) if isinstance(node, Function)]
    assert functions
    source = path.read_text(encoding="utf-8")
    assert {f.name: code_lines(f, source) for f in functions if code_lines(f, source) > 20} == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_and_functions_are_short(path):
    source = path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]
    assert len(source.splitlines()) <= MAX_FILE_LINES or name_of(path) in LONGER
    assert [f.name for f in functions if code_lines(f, source) > MAX_FUNCTION_LINES] == []
