"""The lock files match the requirements they are made from. `make lock` regenerates them."""

import ast
import hashlib
import importlib.metadata
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.commands import PROJECT

ROOT = Path(__file__).parents[2]
INPUTS = {path.name: path.read_text() for path in ROOT.glob("requirements*.in")}

# Each lock, its source, and the Python versions that it must support.
LOCKS = {
    "requirements.txt": ("requirements.in", ["3.10"]),
    "requirements-3.13.txt": ("requirements.in", ["3.13"]),
    "requirements-dev.txt": ("requirements-dev.in", ["3.10", "3.11", "3.12", "3.13", "3.14"]),
    "requirements-emulator.txt": ("requirements-emulator.in", ["3.10", "3.13"]),
    "requirements-audit.txt": ("requirements-audit.in", ["3.10", "3.11", "3.12", "3.13", "3.14"]),
    "requirements-clients.txt": (
        "requirements-clients.in",
        ["3.10", "3.11", "3.12", "3.13", "3.14"],
    ),
    "requirements-mutation.txt": (
        "requirements-mutation.in",
        ["3.10", "3.11", "3.12", "3.13", "3.14"],
    ),
    "requirements-sam.txt": ("requirements-sam.in", ["3.10", "3.11", "3.12", "3.13", "3.14"]),
}


def faults(lock: str, source: str, pythons: list[str], inputs: Mapping[str, str]) -> Iterator[str]:
    """Yield all faults of a lock's text, made from `source`, the name of one of the `inputs`."""
    if not lock.startswith(header(source, inputs)):
        yield f"it is not made from {source} as that is now; run `make lock`"

    for line in lock.removeprefix(header(source, inputs)).splitlines():
        if line.startswith(("#", "-")) or "://" in line:  # also refuses URLs in comments
            yield f"it holds more than packages, versions and hashes: {line}"

    pins = [read_entry(entry) for entry in entries(lock)]
    for pin, hashes in pins:
        if not hashes:
            yield f"{pin} has no hash"
        if not re.fullmatch(r"==[^*]+", str(pin.specifier)):
            yield f"{pin} is not pinned to one version"

    for python in pythons:
        for wanted in direct(source, inputs):
            if applies(wanted, python):
                yield from unmet(wanted, python, [pin for pin, _ in pins])


def unmet(wanted: Requirement, python: str, pins: list[Requirement]) -> Iterator[str]:
    found = [
        pin
        for pin in pins
        if canonicalize_name(pin.name) == canonicalize_name(wanted.name) and applies(pin, python)
    ]
    if len(found) != 1:
        yield f"{len(found)} entries for {wanted} on Python {python}"
    for pin in found:
        version = str(pin.specifier).removeprefix("==")
        if not wanted.specifier.contains(version, prereleases=True):
            yield f"{pin} does not satisfy {wanted}"


def header(source: str, inputs: Mapping[str, str]) -> str:
    names = [source, *included(inputs[source])]
    digests = [hashlib.sha256(inputs[name].encode()).hexdigest() for name in names]
    return "# Made by 'make lock' from the files below (SHA-256); do not edit.\n" + "".join(
        f"#   {digest}  {name}\n" for digest, name in zip(digests, names, strict=True)
    )


def included(text: str) -> list[str]:
    return re.findall(r"^-r (\S+)$", text, re.MULTILINE)


def direct(source: str, inputs: Mapping[str, str]) -> list[Requirement]:
    """Return the requirements named in an input or in the inputs that it includes."""
    lines = inputs[source].splitlines()
    own = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    return own + [wanted for name in included(inputs[source]) for wanted in direct(name, inputs)]


def entries(lock: str) -> list[str]:
    """Return a lock's entries, one line each."""
    lines = lock.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "-"))]


def read_entry(entry: str) -> tuple[Requirement, list[str]]:
    requirement, *options = re.split(r"\s+--hash=", entry.strip())
    return Requirement(requirement), [one for one in options if one.startswith("sha256:")]


def applies(requirement: Requirement, python: str) -> bool:
    """Return whether a requirement's marker applies to a Python on Linux on x86-64."""
    environment = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    return requirement.marker is None or requirement.marker.evaluate(environment)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_fits_its_inputs(name: str) -> None:
    source, pythons = LOCKS[name]
    assert list(faults((ROOT / name).read_text(), source, pythons, INPUTS)) == []


def test_every_requirements_file_is_a_known_lock() -> None:
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(LOCKS)


def test_emulator_is_that_of_the_sam_cli() -> None:
    """`make demo` and `sam local` run the same emulator."""
    emulator, sam = (
        {str(pin) for pin in pins(ROOT / name) if pin.name == "aws-sam-cli"}
        for name in ("requirements-emulator.txt", "requirements-sam.txt")
    )
    assert len(emulator) == 1
    assert emulator == sam


def pins(path: Path) -> list[Requirement]:
    return [read_entry(entry)[0] for entry in entries(path.read_text())]


GOOD_INPUTS = {
    "tools.in": "# why\n-r base.in\npytest[extra]\n",
    "base.in": 'numpy>=2\nsetuptools<82; python_version < "3.12"\n',
}
GOOD_LOCK = f"""\
{header("tools.in", GOOD_INPUTS)}\
numpy==2.2.6 ; python_full_version < '3.11' \\
    --hash=sha256:{"a" * 64} \\
    --hash=sha256:{"b" * 64}
numpy==2.5.5 ; python_full_version >= '3.11' \\
    --hash=sha256:{"c" * 64}
pytest[extra]==9.1 \\
    --hash=sha256:{"d" * 64}
setuptools==81.0.0 ; python_full_version < '3.12' \\
    --hash=sha256:{"e" * 64}
"""


def test_good_lock_has_no_faults() -> None:
    assert list(faults(GOOD_LOCK, "tools.in", ["3.10", "3.13"], GOOD_INPUTS)) == []


@pytest.mark.parametrize(
    ("change", "to", "fault"),
    [
        ("  base.in", "  other.in", "it is not made from tools.in as that is now"),
        (f"    --hash=sha256:{'d' * 64}\n", "\n", "pytest[extra]==9.1 has no hash"),
        ("sha256:" + "d" * 64, "md5:" + "d" * 32, "pytest[extra]==9.1 has no hash"),
        ("pytest[extra]==", "other==", "0 entries for pytest[extra] on Python 3.13"),
        ("< '3.11'", "< '3.10'", "0 entries for numpy>=2 on Python 3.10"),
        (">= '3.11'", ">= '3.10'", "2 entries for numpy>=2 on Python 3.10"),
        ("==81.0.0", "==82.0.1", "does not satisfy setuptools<82"),
        ("==2.5.5", "==1.26.4", "does not satisfy numpy>=2"),
        ("==2.5.5", ">=2.5.5", "is not pinned to one version"),
        ("==2.5.5", "==2.5.*", "is not pinned to one version"),
        ("numpy==2.2.6", "--index-url https://a.example\nnumpy==2.2.6", "it holds more than"),
        ("numpy==2.2.6", "--find-links /wheels\nnumpy==2.2.6", "it holds more than"),
        ("numpy==2.2.6", "-e .\nnumpy==2.2.6", "it holds more than"),
        ("numpy==2.2.6", "# from a.example\nnumpy==2.2.6", "it holds more than"),
        ("==9.1", " @ https://files.example/pytest-9.1-py3-none-any.whl", "it holds more than"),
    ],
)  # fmt: skip
def test_doctored_lock_is_refused(change: str, to: str, fault: str) -> None:
    assert change in GOOD_LOCK
    doctored = GOOD_LOCK.replace(change, to, 1)
    found = list(faults(doctored, "tools.in", ["3.10", "3.13"], GOOD_INPUTS))
    assert any(fault in one for one in found), found


def test_changed_input_is_refused() -> None:
    inputs = {**GOOD_INPUTS, "base.in": GOOD_INPUTS["base.in"] + "orjson\n"}
    found = list(faults(GOOD_LOCK, "tools.in", ["3.10"], inputs))
    assert any("is not made from" in one for one in found)
    assert any("0 entries for orjson" in one for one in found)


def test_what_is_imported_is_required() -> None:
    """Every imported package is required directly, not only through another package."""
    required = set(re.findall(r"^([a-z0-9]+)", (PROJECT / "requirements.in").read_text(), re.M))
    code = [*(PROJECT / "shared").rglob("*.py"), *PROJECT.glob("*_lambda/app.py")]
    imported = {
        name.split(".")[0]
        for path in code
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    foreign = imported - set(sys.stdlib_module_names) - {"shared"}
    of_types_alone = {"mypy_boto3_s3", "mypy_boto3_sqs"}
    of_aws_runtime = {"snapshot_restore_py"}  # its image has it, and SnapStart alone imports it
    for_other_functions = {"boto3", "setuptools"}
    assert foreign - of_types_alone - of_aws_runtime == required - for_other_functions
    needed = {Requirement(one).name for one in importlib.metadata.requires("awslambdaric") or []}
    assert {name.replace("_", "-") for name in of_aws_runtime} <= needed
