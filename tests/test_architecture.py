"""The architecture: the rule of imports, and handlers that use nothing but `shared`."""

import ast
import subprocess
import sys

import pytest

from tests.support.commands import PROJECT
from tests.support.sources import (
    APPS,
    BENCHMARKS,
    LOCAL,
    RUNNER,
    SHARED,
    imports,
    module_of,
    name_of,
    packages,
    parse,
)

LAYERS = {
    "shared": (
        "errors strict_json version wording",
        "fields machine reply settings telemetry",
        "limits snapshot",
        "archive aws guard",
        "stations waveforms",
        "formats holdings response station_index",
        "corrected_days invocation windows",
        "fdsnws",
    ),
    "runner": (
        "errors terminal",
        "costs sending",
        "results selection",
        "commands",
    ),
    "local": (
        "audit console project",
        "cloud synthetic",
        "archives command options picture station_index",
        "services",
        "demo serve try_out",
    ),
    "benchmarks": (
        "generated_day markdown processes real_data",
        "servers",
        "events",
        "memory response windows",
        "speed",
    ),
}
"""The rooms of each package, bottom to top. A room imports from lower layers alone."""

_FOR_THE_RUNNER = """
    errors fields formats limits settings aws.s3_codes corrected_days.request response.parameters
    archive.ambiguous archive.archive archive.channel_id archive.channel_patterns
    archive.day archive.instant archive.registry archive.request_channel archive.scedc
"""
FOR_THE_RUNNER = tuple(f"shared.{name}" for name in _FOR_THE_RUNNER.split())
"""Modules that need the standard library alone, so that a machine without ObsPy can use them."""

_FRONT_DOOR = ("shared.fdsnws.routes", "shared.invocation", "shared.reply", "shared.strict_json")
LIGHT = (*FOR_THE_RUNNER, *_FRONT_DOOR)
"""Modules that load neither ObsPy nor NumPy nor boto3, so that a front door answers quickly."""

HEAVY = {"obspy", "numpy", "boto3", "botocore"}
AWS_CLIENTS = {"boto3", "botocore", "s3transfer", "mypy_boto3_s3", "mypy_boto3_sqs"}

each_shared = pytest.mark.parametrize("path", SHARED, ids=name_of)
each_app = pytest.mark.parametrize("path", APPS, ids=name_of)


# The rule of imports


def forbidden(module, tree):
    """List the imports of a module that break the rule: not from a lower layer, or private."""
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


@pytest.mark.parametrize("path", [*SHARED, *RUNNER, *LOCAL, *BENCHMARKS], ids=name_of)
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
    users = {"examples", "local", "tests", "runner", "run_lambda", "app"}
    users |= {app.parent.name for app in APPS}
    assert not packages(parse(path)) & users


@pytest.mark.parametrize("path", [*SHARED, *APPS], ids=name_of)
def test_boto3_is_imported_in_aws_alone(path):
    assert not packages(parse(path)) & AWS_CLIENTS or path.parent.name == "aws"


@pytest.mark.parametrize("module", LIGHT)
def test_light_rooms_load_neither_obspy_nor_numpy_nor_boto3(module):
    code = f"import {module}, sys; print({HEAVY} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


@each_shared
def test_only_front_doors_know_http(path):
    assert "http" not in packages(parse(path)) or path.parent.name in ("fdsnws", "invocation")


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
    """A machine that only sends requests needs boto3 and tqdm; pictures need more."""
    tree = parse(path)
    pictures = {"plot": {"matplotlib"}, "panels": {"numpy"}}
    pictures["day_plot"] = {"matplotlib", "numpy", "obspy"}
    external = AWS_CLIENTS | {"mypy_boto3_lambda", "tqdm"} | pictures.get(path.stem, set())
    assert packages(tree) - set(sys.stdlib_module_names) <= {"runner", "shared", *external}
    used = {name for name in imports(tree) if name.startswith("shared.")}
    assert {name for name in used if not name.startswith(FOR_THE_RUNNER)} == set()


def test_the_script_is_thin():
    path = PROJECT / "run_lambda.py"
    assert len(path.read_text().splitlines()) < 70
    assert packages(parse(path)) <= {"os", "sys", "botocore", "runner", "shared"}


# The handlers


def test_there_are_two_handlers():
    names = [name_of(path) for path in APPS]
    assert names == ["response_lambda/app.py", "timewindow_lambda/app.py"]


@each_app
def test_handler_uses_shared_and_nothing_else(path):
    assert packages(parse(path)) - {"collections", "typing"} == {"shared"}
