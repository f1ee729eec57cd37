"""Prose in plain English: phrases that read as if translated are refused everywhere."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import PROJECT

REFUSED = re.compile(
    r"""\b(?:
        what (?! [^.!]* \?)   # as a noun clause; a question is fine
      | that\ which | of\ which | in\ which\ case | whoever | told | but\ for | see\ to\ it
      | cannot\ be\ had | as\ one\ says | anew | lest | shall | of\ no\ concern
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def listed() -> list[str]:
    """List the files of the checkout; none outside one, or without git."""
    command = ["git", "ls-files"]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return done.stdout.split()


UNREAD = {".png", ".txt", ".json"}  # pictures, lock files, requests and measurements
FILES = [
    name
    for name in listed()
    if Path(name).suffix not in UNREAD and name not in ("LICENSE", "tests/test_prose.py")
]


def passages(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that people read, by number: comments, docstrings, messages, pages."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for number, line in enumerate(node.value.splitlines()):
                    if " " in line:
                        yield node.lineno + number, line
    else:
        code = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
        blanked = code.sub(lambda match: "\n" * match[0].count("\n"), text)
        yield from enumerate((blanked if path.suffix == ".md" else text).splitlines(), 1)


@pytest.mark.parametrize("name", FILES)
def test_prose_is_plain(name: str) -> None:
    lines = passages(PROJECT / name)
    refused = [f"{line}: {text.strip()}" for line, text in lines if REFUSED.search(text)]
    assert refused == []


def test_refused_phrases_are_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""What is read."""\nx = "a b, of which"  # no more, but for one\n')
    assert [line for line, text in passages(module) if REFUSED.search(text)] == [2, 1, 2]
    page = tmp_path / "page.md"
    page.write_text("What is this?\n`what it is`\n```sh\nwhat\n```\nWhat it is.\n")
    assert [line for line, text in passages(page) if REFUSED.search(text)] == [6]
