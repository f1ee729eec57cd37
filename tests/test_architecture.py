"""The house: floors of `shared`, thin handlers, and docstrings that keep their word."""

import ast
import builtins
import importlib
import inspect
import re
from pathlib import Path

import pytest
from obspy.core.util import obspy_types

import shared
from runner import failures
from shared import errors

PROJECT = Path(__file__).parent.parent
SHARED = sorted(path for path in (PROJECT / "shared").glob("*.py") if path.name != "__init__.py")
APPS = sorted(PROJECT.glob("*_lambda/*.py"))
LOCAL = sorted([*PROJECT.glob("local/*.py"), *PROJECT.glob("runner/*.py")])
ALL = [*SHARED, PROJECT / "shared" / "__init__.py", *APPS, *LOCAL]
SERVICE_ERRORS = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.ServiceError)
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path):
    return path.relative_to(PROJECT).as_posix()


each_file = pytest.mark.parametrize("path", ALL, ids=name_of)
each_shared = pytest.mark.parametrize("path", SHARED, ids=name_of)
each_app = pytest.mark.parametrize("path", APPS, ids=name_of)


def drawing(text):
    """The rows of the drawing, top to bottom: (floor, modules); a floor's name is on its first."""
    rows, floor = [], ""
    for line in text.splitlines():
        if row := re.match(r" {4}(\w*) +(\w+(?:, \w+)*) {2,}\S", line):
            floor = row[1] or floor
            rows.append((floor, row[2].split(", ")))
    return rows


ROWS = drawing(shared.__doc__)
DEPTH = {module: depth for depth, (_, modules) in enumerate(ROWS) for module in modules}


def imports(tree):
    """Every module that a file imports, wherever in it, in full: `from a import b` is "a.b"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def packages(tree):
    return {name.partition(".")[0] for name in imports(tree)}


def upward_imports(module, tree):
    """What a module of `shared` imports from its own row of the drawing, or from above."""
    below = {name for name, depth in DEPTH.items() if depth > DEPTH[module]}
    used = {name.split(".")[1] for name in imports(tree) if name.startswith("shared.")}
    return sorted(used - below)


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


# The floors


def test_drawing_is_of_four_floors_in_order():
    assert list(dict.fromkeys(floor for floor, _ in ROWS)) == ["edge", "work", "archive", "ground"]
    # Rows of a floor lie together.
    floors = [floor for floor, _ in ROWS]
    assert floors == sorted(floors, key=["edge", "work", "archive", "ground"].index)


def test_every_module_is_in_the_drawing_once_and_nothing_else_is():
    drawn = [module for _, modules in ROWS for module in modules]
    assert sorted(drawn) == sorted(path.stem for path in SHARED)


def test_shared_has_no_subfolders():
    assert not [path for path in (PROJECT / "shared").rglob("*.py") if path.parent.name != "shared"]


@each_shared
def test_module_imports_only_from_below(path):
    assert upward_imports(path.stem, parse(path)) == []


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("scedc", "from shared.windows import Window", ["windows"]),
        ("scedc", "def f():\n    from shared import invocation", ["invocation"]),
        ("removal", "import shared.corrected_day", ["corrected_day"]),
        ("days", "from shared.codes import ChannelId", ["codes"]),
        ("days", "from shared.days import Day", ["days"]),
        ("windows", "from shared import s3\nfrom shared.days import Day", []),
        ("windows", "from shared import nothing_drawn", ["nothing_drawn"]),
    ],
)
def test_upward_imports_are_found(module, source, found):
    assert upward_imports(module, ast.parse(source)) == found


@each_shared
def test_shared_knows_nothing_of_who_uses_it(path):
    users = {
        "response_lambda",
        "timewindow_lambda",
        "local",
        "tests",
        "runner",
        "run_lambda",
        "app",
    }
    assert not packages(parse(path)) & users


@pytest.mark.parametrize("path", [*SHARED, *APPS], ids=name_of)
def test_only_three_rooms_of_the_ground_speak_to_aws(path):
    clients = {"boto3", "botocore", "s3transfer", "mypy_boto3_s3", "mypy_boto3_sqs"}
    used = packages(parse(path)) & clients
    rooms = {"shared/s3.py", "shared/s3_output.py", "shared/dead_letters.py"}
    assert bool(used) == (name_of(path) in rooms), used


@each_shared
def test_only_the_edge_knows_http(path):
    edge = [module for floor, modules in ROWS if floor == "edge" for module in modules]
    assert "http" not in packages(parse(path)) or path.stem in edge


@pytest.mark.parametrize("path", SHARED, ids=name_of)
def test_only_settings_reads_the_environment(path):
    reads = {"os.environ", "os.getenv"} & {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert bool(reads) == (path.stem == "settings"), reads


# The handlers


def code_lines(function, source):
    """How many lines of a function are code: no docstring, no comment, not blank."""
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


def test_there_are_two_handlers():
    assert [name_of(path) for path in APPS] == [
        "response_lambda/app.py",
        "timewindow_lambda/app.py",
    ]


@each_app
def test_handler_is_thin(path):
    functions = [node for node in ast.walk(parse(path)) if isinstance(node, Function)]
    assert functions
    source = path.read_text(encoding="utf-8")
    assert {f.name: code_lines(f, source) for f in functions if code_lines(f, source) > 20} == {}


@each_app
def test_handler_uses_shared_and_nothing_else(path):
    assert packages(parse(path)) == {"typing", "shared"}


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


# The docstrings


def public_definitions(tree):
    """Every public function, class and method: (qualified name, node, its class or None)."""
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
    """The ServiceErrors that a function raises in its own words."""
    for statement in ast.walk(node):
        if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
            called = statement.exc.func
            name = getattr(called, "attr", getattr(called, "id", ""))
            if name in SERVICE_ERRORS:
                yield name


def raises_section(docstring):
    """The names that a docstring's `Raises:` section lists."""
    section = re.search(r"^Raises:\n((?:    .*(?:\n|$))+)", docstring, re.MULTILINE)
    entries = re.findall(r"^    (\w[\w, ]*):", section[1], re.MULTILINE) if section else []
    return [name for entry in entries for name in entry.split(", ")]


def unannounced(tree):
    """What functions raise and their docstrings do not say: (function, error)."""
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
    module = importlib.import_module(f"{path.parent.name}.{path.stem}".removesuffix(".__init__"))
    for name, node, _ in public_definitions(parse(path)):
        for error in raises_section(ast.get_docstring(node) or ""):
            places = (module, errors, failures, builtins, obspy_types)
            cls = next((getattr(place, error) for place in places if hasattr(place, error)), None)
            assert inspect.isclass(cls), f"{name}: {error}"
            assert issubclass(cls, Exception), f"{name}: {error}"


def test_docstring_checks_find_what_they_look_for():
    tree = ast.parse('''
class C:
    """Right: it is the class that says what its constructor raises.

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
