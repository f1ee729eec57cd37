"""Fixtures for all tests: an S3 server, generated days under SCEDC's keys, the handlers."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import boto3
import hypothesis
import pytest

from local.cloud.emulator import Emulator
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.aws import dead_letters, s3_client
from shared.waveforms import _record_reader, _record_search
from tests.support.builders import emptied, forget_objects, make_trace, noise, put_day, put_station
from tests.support.commands import (
    NO_ACCOUNT,
    PROJECT,
    DemoRun,
    Measured,
    free_port,
    load_app,
    run_command,
)

pytest_plugins = [
    "tests.support.containers",
    "tests.support.plugins.failures_at_once",
    "tests.support.plugins.real_data",
    "tests.support.plugins.service_models",
    "pytester",
    "tests.support.plugins.workers",
    "tests.support.plugins.announcement",  # after the plugins that it imports
]


def pytest_configure() -> None:
    """Restore the default action of SIGINT, which background jobs of a shell ignore.

    Tests send SIGINT to the commands that they start, and these inherit the action.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# The speed of the machine must not decide whether a test passes.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the measurements, test by test."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [
        f"{report.nodeid}: {line}"
        for report in sorted(reports, key=lambda report: report.nodeid)
        for name, line in report.user_properties
        if name == "measured"
    ]
    if lines:
        terminalreporter.section("measured")
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measured:
    """A function that adds a measurement to the summary at the end of the run."""
    return partial(record_property, "measured")


@pytest.fixture(autouse=True)
def _no_user_credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep tests from reaching AWS, and from depending on the machine's configuration."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "S3_")) or name == "ARCHIVE":
            monkeypatch.delenv(name)
    for name, value in NO_ACCOUNT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it caches credentials
    _forget_clients()
    forget_objects()
    yield
    _forget_clients()


def _forget_clients() -> None:
    s3_client.forget_clients()
    dead_letters.client.cache_clear()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture
def archive(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The S3 server with two empty buckets, in the environment of the function."""
    for name, value in s3_server.function_environment.items():
        monkeypatch.setenv(name, value)
    with emptied(s3_server):
        yield s3_server


@pytest.fixture
def listable(archive: S3Server) -> Iterator[S3Server]:
    """The archive with public listing, like the real one."""
    archive.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")
    yield archive
    archive.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")


@pytest.fixture
def output_keys(archive: S3Server) -> Callable[[], list[str]]:
    """A function that lists the keys in the output bucket."""

    def keys() -> list[str]:
        listing = archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
        return [item["Key"] for item in listing.get("Contents", [])]

    return keys


@pytest.fixture
def small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all objects as large: reads are shorter than the days of these tests."""
    monkeypatch.setattr(_record_reader, "_HEAD", 4096)
    monkeypatch.setattr(_record_reader, "_SMALL", 0)
    monkeypatch.setattr(_record_search, "_PROBE", 2048)


@pytest.fixture(scope="session")
def response_handler() -> Callable[[Any], Any]:
    handler = load_app("response").handler
    return lambda event: handler(event, SimpleNamespace())


@pytest.fixture(scope="session")
def timewindow_handler() -> Callable[[Any], Any]:
    handler = load_app("timewindow").handler
    return lambda event: handler(event, SimpleNamespace())


@pytest.fixture
def day(archive: S3Server) -> S3Server:
    """The archive with 4,000 samples of `noise` as a day of CI.BOM.BHZ, and its StationXML."""
    nscl = "CI.BOM.BHZ."
    put_day(archive, nscl, "2024,001", make_trace(nscl, "2024-01-01T00:00:00.0195", noise(4_000)))
    put_station(archive, "CI", "BOM", BHZ=40.0)
    return archive


@pytest.fixture(scope="module")
def response(s3_server: S3Server) -> Iterator[Emulator]:
    """The response function behind the emulator."""
    with Emulator("response", s3_server.function_environment) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The demo, run once."""
    folder = tmp_path_factory.mktemp("demo")
    output = PROJECT / "output.json"
    output.unlink(missing_ok=True)
    options = ["--port", str(free_port()), "--output", str(folder)]
    done = run_command(sys.executable, "-m", "local.demo", *options)
    windows = json.loads(output.read_text()) if output.is_file() else []
    return DemoRun(done.returncode, done.stdout, done.stderr, folder, windows)
