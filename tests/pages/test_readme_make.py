"""The README's make and docker commands, and the two that deploy the stack."""

import os
import re
import shutil
import subprocess
import sys
import uuid

import pytest

from local.cloud.invocations import INVOCATIONS
from tests.pages.readme import BLOCKS, PORT, README, SECTIONS, TITLE, covers, planned, post
from tests.support.commands import PROJECT, DemoRun, free_port
from tests.support.pages import Page

FIGURE = re.compile(r"(\d)\.(\d+)(e[+-]\d+)")


def test_every_make_target_that_is_named_exists() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "serve", "test", "check", "images", "lock"} <= named
    for target in named:
        planned(target)


@covers((TITLE, "sh", 0))
def test_make_demo(demo_run: DemoRun) -> None:
    assert BLOCKS[TITLE, "sh", 0] == "make demo\n"
    assert planned("demo") == f"{sys.prefix}/bin/python -m local.demo --port {PORT}\n"
    assert demo_run.status == 0


@covers((TITLE, "text", 0))
def test_output_of_the_demo(demo_run: DemoRun) -> None:
    shown = BLOCKS[TITLE, "text", 0].splitlines()
    printed = demo_run.stdout.replace(f"{demo_run.folder}/", "build/demo/").splitlines()
    first = printed.index(next(line for line in printed if line.startswith("went in")))
    assert len(printed) == first + len(shown) + 1  # the last line says that it is done
    for line, is_line in zip(shown, printed[first:], strict=False):
        assert figures(is_line) == pytest.approx(figures(line), rel=0, abs=1.01)
        assert FIGURE.sub("...", is_line) == FIGURE.sub("...", line)


def figures(line: str) -> list[float]:
    """Return figures such as 4.017e-05 in units of their last digit; NumPy versions round apart."""
    return [float(f"{whole}{fraction}") for whole, fraction, _ in FIGURE.findall(line)]


@covers(("Code", "sh", 0))
def test_make_test_check_lock() -> None:
    lines = BLOCKS["Code", "sh", 0].splitlines()
    test, check, lock = (planned(line.removeprefix("make ")) for line in lines)
    assert "-m pytest" in test
    assert "ruff check ." in check
    assert "mypy" in check
    assert "image/lock" in lock


@covers(("Speed and accuracy", "sh", 0), ("Speed of time windows", "sh", 0))
def test_make_bench() -> None:
    (command,) = BLOCKS["Speed and accuracy", "sh", 0].splitlines()
    assert BLOCKS["Speed of time windows", "sh", 0] == f"{command}\n"
    lines = planned(command.removeprefix("make "))
    modules = re.findall(r"-m (benchmarks\.[\w.]+)", lines)
    assert modules == [
        "benchmarks.speed",
        "benchmarks.response.gaps_and_edges",
        "benchmarks.windows.against_tutorial",
        "benchmarks.windows.margins",
        "benchmarks.memory.sweep",
    ]
    for module in modules:
        path = PROJECT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


@covers(("Images", "sh", 0), ("Images", "sh", 1))
def test_make_images() -> None:
    """`tests/deployment/test_images.py` builds and runs them."""
    for index, version in ((0, "3.10"), (1, "3.13")):
        command = BLOCKS["Images", "sh", index].removeprefix("make ")
        lines = planned(command).splitlines()
        assert [line.split("-f ")[1] for line in lines] == [
            "Dockerfile.response -t response-lambda .",
            "Dockerfile.timewindow -t timewindow-lambda .",
        ]
        assert all(f"--build-arg PYTHON_VERSION={version} " in line for line in lines)
    dockerfile = (PROJECT / "Dockerfile.timewindow").read_text()
    assert "public.ecr.aws/lambda/python:3.10" in SECTIONS["Images"]
    assert "public.ecr.aws/lambda/python:${PYTHON_VERSION}" in dockerfile


@pytest.mark.docker
@covers(("Images", "sh", 2))
def test_docker_run() -> None:
    """The README's line runs if an engine has that image, or the one of test_images.py."""
    line = BLOCKS["Images", "sh", 2].strip()
    assert line == f"docker run --rm -p {PORT}:8080 timewindow-lambda"
    version = os.environ.get("IMAGE_PYTHON_VERSION", "3.10")
    image = local_image("timewindow-lambda", f"timewindow-lambda:test-{version}")
    name, port = f"readme-{uuid.uuid4().hex}", free_port()
    line = line.replace(f"{PORT}:", f"{port}:").replace(
        "timewindow-lambda", f"--name {name} {image}"
    )
    run = subprocess.Popen(line.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        raised = post(f"http://localhost:{port}{INVOCATIONS}", b"{}")
        assert raised["errorType"] == "BadRequestError"
        assert "Windows is missing" in raised["errorMessage"]
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
        run.wait(timeout=300)


def local_image(*names: str) -> str:
    """Return the first of these images that the engine has; skip the test if it has none."""
    if not shutil.which("docker"):
        pytest.skip("there is no docker command")
    for name in names:
        command = ["docker", "image", "inspect", name]
        if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0:
            return name
    pytest.skip(f"no Docker engine answers, or it has none of {', '.join(names)}")


@covers(("On AWS", "sh", 0), ("On AWS", "sh", 1))
def test_on_aws() -> None:
    """The deployment page has the same lines, and its tests run them."""
    page = Page("docs/deployment.md").blocks
    assert BLOCKS["On AWS", "sh", 0] == page["With SAM", "sh", 0]
    assert BLOCKS["On AWS", "sh", 1] == page["Using the stack", "sh", 3]
