"""The house: the rule of imports, thin handlers, and docstrings that keep their word."""

import ast
import builtins
import importlib
import inspect
import re
import subprocess
import sys

import pytest
from obspy.core.util import obspy_types

from runner import errors as failures
from shared import errors
from tests.support.commands import PROJECT

LAYERS = {
    "shared": (
        "errors strict_json",
        "fields reply settings",
        "archive aws",
        "stations waveforms",
        "formats response",
        "corrected_days invocation windows",
    ),
    "runner": (
        "errors terminal",
        "costs sending",
        "results selection",
        "commands",
    ),
}
"""The rooms of each package, bottom to top. A room imports from lower layers alone."""

FOR_THE_RUNNER = (
    "shared.errors",
    "shared.fields",
    "shared.settings",
    "shared.formats",
    "shared.archive.archive",
    "shared.archive.channel_id",
    "shared.archive.day",
    "shared.archive.registry",
    "shared.archive.scedc",
    "shared.aws.s3_codes",
    "shared.response.parameters",
    "shared.corrected_days.request",
)
"""Modules that need the standard library alone, so that a machine without ObsPy can use them."""

LIGHT = (*FOR_THE_RUNNER, "shared.invocation", "shared.reply", "shared.strict_json")
"""Modules that load neither ObsPy nor NumPy nor boto3, so that a front door answers quickly."""

AWS_CLIENTS = {"boto3", "botocore", "s3transfer", "mypy_boto3_s3", "mypy_boto3_sqs"}
SHARED = sorted((PROJECT / "shared").rglob("*.py"))
RUNNER = sorted((PROJECT / "runner").rglob("*.py"))
APPS = sorted(PROJECT.glob("*_lambda/*.py"))
ALL = [*SHARED, *APPS, *RUNNER, *sorted((PROJECT / "local").rglob("*.py"))]
SERVICE_ERRORS = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.ServiceError)
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path):
    return path.relative_to(PROJECT).as_posix()


def module_of(path):
    return name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")


each_file = pytest.mark.parametrize("path", ALL, ids=name_of)
each_shared = pytest.mark.parametrize("path", SHARED, ids=name_of)
each_app = pytest.mark.parametrize("path", APPS, ids=name_of)


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


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


# The rule of imports


def forbidden(module, tree):
    """The imports of a module that break the rule: from its own layer or above, or private."""
    package, _, rest = module.partition(".")
    room = rest.partition(".")[0]
    depth = {name: layer for layer, row in enumerate(LAYERS[package]) for name in row.split()}
    for name in imports(tree):
        parts = name.split(".")
        if parts[0] not in LAYERS or parts[:2] == [package, room]:
            continue
        upward = parts[0] == package and room and depth[parts[1]] >= depth[room]
        if upward or any(part.startswith("_") for part in parts):
            yield name


@pytest.mark.parametrize("package", LAYERS)
def test_every_room_has_a_layer(package):
    rooms = {path.stem for path in (PROJECT / package).iterdir() if path.suffix == ".py"}
    rooms |= {path.parent.name for path in (PROJECT / package).glob("*/__init__.py")}
    assert rooms - {"__init__"} == set(" ".join(LAYERS[package]).split())


@pytest.mark.parametrize("path", [*SHARED, *RUNNER], ids=name_of)
def test_imports_go_down(path):
    assert list(forbidden(module_of(path), parse(path))) == []


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("shared.archive.scedc", "from shared.windows import read", ["shared.windows.read"]),
        ("shared.archive.day", "def f():\n import shared.aws.scratch", ["shared.aws.scratch"]),
        ("shared.windows.read", "from shared.invocation import a", ["shared.invocation.a"]),
        ("shared.windows.read", "from shared.windows._x import f", []),
        ("shared.windows.read", "from shared.response import _fft", ["shared.response._fft"]),
        ("shared.windows.read", "from shared.aws import s3_read\nimport numpy", []),
        ("runner.sending.retry", "from runner.results import plot", ["runner.results.plot"]),
        ("runner.commands.batch", "from shared.aws import _a", ["shared.aws._a"]),
    ],
)
def test_forbidden_imports_are_found(module, source, found):
    assert list(forbidden(module, ast.parse(source))) == found


@each_shared
def test_shared_does_not_know_who_uses_it(path):
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
def test_boto3_is_imported_in_aws_alone(path):
    assert not packages(parse(path)) & AWS_CLIENTS or path.parent.name == "aws"


@pytest.mark.parametrize("module", LIGHT)
def test_light_rooms_load_neither_obspy_nor_numpy_nor_boto3(module):
    code = (
        f"import {module}, sys; print({{'obspy', 'numpy', 'boto3', 'botocore'}} & {{*sys.modules}})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


@each_shared
def test_only_invocation_knows_http(path):
    assert "http" not in packages(parse(path)) or path.parent.name == "invocation"


@each_shared
def test_only_settings_reads_the_environment(path):
    reads = {"os.environ", "os.getenv"} & {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert bool(reads) == (path.stem == "settings"), reads


# The program run_lambda.py


@pytest.mark.parametrize("path", RUNNER, ids=name_of)
def test_the_runner_needs_little(path):
    """A machine that only sends requests needs boto3 and tqdm; `plot` matplotlib."""
    tree = parse(path)
    external = AWS_CLIENTS | {"mypy_boto3_lambda", "tqdm", "matplotlib"}
    assert packages(tree) - set(sys.stdlib_module_names) <= {"runner", "shared", *external}
    used = {name for name in imports(tree) if name.startswith("shared.")}
    assert {name for name in used if not name.startswith(FOR_THE_RUNNER)} == set()
    assert "matplotlib" not in packages(tree) or path.stem == "plot"


def test_the_script_is_thin():
    path = PROJECT / "run_lambda.py"
    assert len(path.read_text().splitlines()) < 70
    assert packages(parse(path)) <= {"os", "sys", "botocore", "runner", "shared"}


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
