"""What tests share: an S3 server, generated days under SCEDC's keys, and the handlers."""

import importlib.util
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import hypothesis
import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from local import instrument
from local.emulator import Emulator
from local.s3_server import OUTPUT_BUCKET, S3Server
from shared import day_records, dead_letters, known_records, record_search, scedc, stationxml
from shared import s3 as shared_s3
from shared.codes import ChannelId
from shared.days import Day
from shared.settings import ARCHIVE_BUCKET

PROJECT = Path(__file__).parent.parent
REAL_DATA = Path(os.environ.get("REAL_DATA", PROJECT.parent / "shared" / "data" / "scedc-pds"))
METADATA_START = UTCDateTime(2015, 1, 1)

NO_ACCOUNT = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
}
"""The environment of somebody who has no account on AWS."""

Measured = Callable[[str], None]

pytest_plugins = ["containers", "failures_at_once", "workers"]


def pytest_configure() -> None:
    """Ctrl-C, which tests send to commands, ends them also where a shell has them ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# How long a machine takes is no property of what is tested.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured, test by test."""
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
    """Puts a line, what a test has measured, into the summary at the end."""
    return partial(record_property, "measured")


@pytest.fixture(autouse=True)
def _no_credentials_of_the_user(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test may reach AWS, or depend on what the machine is set up with."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "S3_")):
            monkeypatch.delenv(name)
    for name, value in NO_ACCOUNT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps credentials
    for client in (shared_s3.client, dead_letters.client):
        client.cache_clear()
    forget_objects()
    yield
    for client in (shared_s3.client, dead_letters.client):
        client.cache_clear()


def forget_objects() -> None:
    """Forget what is kept of objects: as if the next invocation were a container's first one."""
    known_records.forget_records()
    stationxml.forget_stationxml()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture
def archive(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The S3 server with both buckets empty, and the environment of a function that uses it."""
    for name, value in s3_server.function_environment.items():
        monkeypatch.setenv(name, value)
    yield s3_server
    for bucket in (ARCHIVE_BUCKET, OUTPUT_BUCKET):
        listing = s3_server.client.list_objects_v2(Bucket=bucket)
        if objects := [{"Key": item["Key"]} for item in listing.get("Contents", [])]:
            s3_server.client.delete_objects(Bucket=bucket, Delete={"Objects": objects})


@pytest.fixture
def listable(archive: S3Server) -> Iterator[S3Server]:
    """The archive while anyone may list it, as the real one."""
    archive.client.put_bucket_acl(Bucket=ARCHIVE_BUCKET, ACL="public-read")
    yield archive
    archive.client.put_bucket_acl(Bucket=ARCHIVE_BUCKET, ACL="private")


@pytest.fixture
def output_keys(archive: S3Server) -> Callable[[], list[str]]:
    """Lists what has been written to the output bucket."""

    def keys() -> list[str]:
        listing = archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
        return [item["Key"] for item in listing.get("Contents", [])]

    return keys


@pytest.fixture
def small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all objects were large: reads are shorter than the days of these tests."""
    monkeypatch.setattr(day_records, "_HEAD", 4096)
    monkeypatch.setattr(day_records, "_SMALL", 0)
    monkeypatch.setattr(record_search, "_PROBE", 2048)


def make_trace(
    nscl: str, starttime: str, data: Any, sampling_rate: float = 40.0, dtype: Any = np.int32
) -> Trace:
    """A segment of a channel."""
    channel = ChannelId.parse(nscl)
    header = {
        "network": channel.network,
        "station": channel.station,
        "location": channel.location,
        "channel": channel.channel,
        "starttime": UTCDateTime(starttime),
        "sampling_rate": sampling_rate,
        "mseed": {"dataquality": "D"},
    }
    return Trace(np.asarray(data, dtype=dtype), header)


def mseed(*traces: Trace, encoding: str = "STEIM2", reclen: int = 512) -> bytes:
    """Segments as one object, in SCEDC's record layout."""
    buffer = io.BytesIO()
    Stream(list(traces)).write(
        buffer, format="MSEED", encoding=encoding, reclen=reclen, byteorder=">"
    )
    return buffer.getvalue()


def put_day(server: S3Server, nscl: str, day: str, *traces: Trace, **layout: Any) -> str:
    """Put a channel's day into the archive; returns the key."""
    key = scedc.waveform_key(ChannelId.parse(nscl), Day.parse(day))
    server.put(key, mseed(*traces, **layout))
    return key


def put_station(server: S3Server, network: str, station: str, **rates: float) -> bytes:
    """Put a station's StationXML into the archive, channels as keywords: `BHZ=40.0`."""
    epochs = [
        instrument.ChannelEpoch(channel, "", rate, METADATA_START)
        for channel, rate in rates.items()
    ]
    content = instrument.stationxml(network, station, epochs)
    server.put(scedc.stationxml_keys(network, station)[0], content)
    return content


def noise(npts: int, seed: int = 1, scale: float = 1000.0) -> np.ndarray:
    """Counts that wander as ground noise does."""
    steps = np.random.default_rng(seed).standard_normal(npts)
    wandering = np.convolve(steps, np.hanning(25), "same")[:npts]  # longer than what is short
    return np.round(scale * wandering).astype(np.int32)


def load_app(function: str) -> ModuleType:
    """A function's app.py, under a name of its own, as both are named `app`."""
    path = PROJECT / f"{function}_lambda" / "app.py"
    spec = importlib.util.spec_from_file_location(f"{function}_app", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def response_handler() -> Callable[[Any], Any]:
    handler = load_app("response").handler
    return lambda event: handler(event, SimpleNamespace())


@pytest.fixture(scope="session")
def timewindow_handler() -> Callable[[Any], Any]:
    handler = load_app("timewindow").handler
    return lambda event: handler(event, SimpleNamespace())


def http_event(body: Any, version: str = "2.0", **members: Any) -> dict[str, Any]:
    """An API Gateway event around a body, as recorded from HTTP API (2.0) and REST API (1.0)."""
    if version == "2.0":
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "POST /windows",
            "rawPath": "/windows",
            "rawQueryString": "",
            "headers": {"content-type": "application/json", "accept": "*/*"},
            "requestContext": {
                "http": {"method": "POST", "path": "/windows", "sourceIp": "192.0.2.1"},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
    else:
        event = {
            "resource": "/windows",
            "path": "/windows",
            "httpMethod": "POST",
            "headers": {"Content-Type": "application/json", "Accept": "*/*"},
            "multiValueHeaders": {"Content-Type": ["application/json"]},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "stage": "prod"},
            "isBase64Encoded": False,
        }
    return {**event, "body": body, **members}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def day(archive: S3Server) -> S3Server:
    """The archive with a short day of CI.BOM.BHZ, 4,000 samples of `noise`, and its StationXML."""
    nscl = "CI.BOM.BHZ."
    put_day(archive, nscl, "2024,001", make_trace(nscl, "2024-01-01T00:00:00.0195", noise(4_000)))
    put_station(archive, "CI", "BOM", BHZ=40.0)
    return archive


@pytest.fixture(scope="module")
def response(s3_server: S3Server) -> Iterator[Emulator]:
    """The response function behind the emulator."""
    with Emulator("response", s3_server.function_environment) as emulator:
        yield emulator


def sam_cli() -> str:
    """AWS's SAM CLI; without it, the test is skipped."""
    sam = shutil.which("sam", path=f"{PROJECT / '.venv-sam' / 'bin'}:{os.environ['PATH']}")
    if sam is None:
        pytest.skip("there is no SAM CLI: make sam")
    return sam


def command_environment(**members: str) -> dict[str, str]:
    """The environment of a command: the user's, without what it says of AWS.

    And without what a `make test` around it says of itself, as one make in another prints more.
    """
    ours = ("AWS_", "S3_", "MAKE", "MFLAGS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, **NO_ACCOUNT, **members}


def run_command(*command: str, cwd: Path = PROJECT) -> "subprocess.CompletedProcess[str]":
    """Run a command in `command_environment` to its end, whatever that is."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


@dataclass(frozen=True)
class DemoRun:
    """What a run of the demo printed and made; `windows` is what it left in output.json."""

    status: int
    stdout: str
    stderr: str
    folder: Path
    windows: list[dict[str, Any]]


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
