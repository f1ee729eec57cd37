"""The rooms of run_lambda.py: what each may import."""

import re
import sys

import pytest
from test_architecture import PROJECT, imports, packages, parse

import runner

ROOMS = sorted(path for path in (PROJECT / "runner").glob("*.py") if path.name != "__init__.py")
ORDER = re.findall(r"^ {4}(\w+) {2,}\S", runner.__doc__, re.MULTILINE)
BOTO3 = {"boto3", "botocore", "mypy_boto3_lambda", "mypy_boto3_s3", "mypy_boto3_sqs"}
EXTERNAL = {*BOTO3, "tqdm", "matplotlib"}
OF_SHARED = {
    "codes",
    "corrected_day_request",
    "days",
    "errors",
    "fields",
    "removal_parameters",
    "scedc",
    "settings",
}
"""The rooms of `shared` that need neither ObsPy nor NumPy, as a test of run_lambda.py proves."""

each_room = pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.stem)


def test_every_room_is_in_the_drawing_once():
    assert sorted(ORDER) == sorted(path.stem for path in ROOMS)


@each_room
def test_rooms_import_only_from_below(path):
    below = set(ORDER[ORDER.index(path.stem) + 1 :])
    used = {name.split(".")[1] for name in imports(parse(path)) if name.startswith("runner.")}
    assert used <= below


@each_room
def test_rooms_need_little(path):
    tree = parse(path)
    assert packages(tree) - set(sys.stdlib_module_names) <= {"runner", "shared", *EXTERNAL}
    used = {name.split(".")[1] for name in imports(tree) if name.startswith("shared.")}
    assert used <= OF_SHARED
    if "matplotlib" in packages(tree):
        assert path.stem == "plot"


def test_the_script_is_thin():
    source = (PROJECT / "run_lambda.py").read_text()
    assert len(source.splitlines()) < 70
    tree = parse(PROJECT / "run_lambda.py")
    assert packages(tree) <= {"os", "sys", "botocore", "runner", "shared"}
