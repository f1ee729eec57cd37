"""The project's source files and their syntax trees, for tests of the architecture."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.commands import PROJECT


def files(*folders: str) -> list[Path]:
    """List the modules of some folders, in order."""
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


SHARED, RUNNER, LOCAL = files("shared"), files("runner"), files("local")
BENCHMARKS, EXAMPLES = files("benchmarks"), files("examples")
APPS = sorted(PROJECT.glob("*_lambda/*.py"))


def name_of(path: Path) -> str:
    """Return a file's path within the project."""
    return path.relative_to(PROJECT).as_posix()


def module_of(path: Path) -> str:
    """Return the name by which a file is imported."""
    return name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def parse(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """List the modules that a file imports anywhere; `from a import b` is "a.b"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def packages(tree: ast.AST) -> set[str]:
    """Return the top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imports(tree)}
