"""A pytest plugin that says, before the first test, how long all tests take and which it skips.

Each `Need` is something that a machine may lack. Its tests use the same check to skip themselves.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from local.cloud.docker import DockerError, docker
from local.project import BUILD
from runner.terminal import pluralize
from tests.support.browser import is_set_up
from tests.support.commands import clients_program, curl_signs, is_checkout, sam_path
from tests.support.plugins.real_data import REAL_DATA

MINUTES = 6
"""How long all tests take on two processors, as measured on 29 November 2026."""

LAST_RUN = BUILD / "tests" / "seconds"
"""The file with the duration of the last complete run on this machine, in s."""


class Need(NamedTuple):
    """Something that some tests need.

    Attributes:
        tests: the tests, in words.
        reason: why they are skipped, in words.
        is_there: whether this machine has it.
        remedy: how to get it, in words.
    """

    tests: str
    reason: str
    is_there: Callable[[], bool]
    remedy: str


def docker_answers() -> bool:
    """Return whether a Docker engine answers within some seconds."""
    try:
        docker("info", timeout_s=20)
    except DockerError:
        return False
    return True


NEEDS = (
    Need(
        "the container images",
        "no Docker engine answers",
        docker_answers,
        "start one, such as dockerd",
    ),
    Need(
        "the commands of AWS's SAM CLI",
        "it is not installed",
        lambda: sam_path() is not None,
        "type: make sam",
    ),
    Need(
        "the FDSN services in a browser",
        "Chromium or the packages of its page are missing",
        is_set_up,
        "type: make browser",
    ),
    Need(
        "the web services with Pyrocko and Schemathesis",
        "they are not installed",
        lambda: clients_program("python") is not None,
        "type: make clients",
    ),
    Need(
        "days of the real archive",
        f"there are none in {REAL_DATA}",
        REAL_DATA.is_dir,
        "name a folder of them in REAL_DATA",
    ),
    Need(
        "signatures of curl's requests",
        "curl is missing or older than 7.87",
        curl_signs,
        "install a newer one",
    ),
    Need("a fresh clone", "this folder is no git checkout", is_checkout, "clone the repository"),
)


def lines(needs: Iterable[Need] = NEEDS, last_run: Path = LAST_RUN) -> Iterator[str]:
    """Yield the lines that a user should see before the tests start.

    Args:
        needs: the needs of all tests.
        last_run: as `LAST_RUN`.
    """
    try:
        seconds = float(last_run.read_text())
    except (OSError, ValueError):
        yield f"All tests take about {MINUTES} minutes on two processors."
    else:
        minutes = pluralize(max(1, round(seconds / 60)), "minute")
        yield f"All tests take about {minutes}, as in the last run here."
    missing = [need for need in needs if not need.is_there()]
    for need in missing:
        yield f"Skipped: tests of {need.tests}, because {need.reason}. To run them: {need.remedy}."
    if not missing:
        yield "None is skipped: this machine has everything that they need."


class Announcement:
    """Announces a run of all tests, and keeps its duration."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_header(self) -> list[str]:
        return list(lines())

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            LAST_RUN.parent.mkdir(parents=True, exist_ok=True)
            LAST_RUN.write_text(f"{time.monotonic() - self._start:.0f}\n")


def pytest_configure(config: pytest.Config) -> None:
    """Announce runs of all tests alone, as `make test` starts them, and not in each worker."""
    selects = config.option.keyword or config.option.collectonly
    is_complete = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not selects
    if is_complete and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Announcement())
