"""A function in a process of its own: its invocations are measured, and errors are none."""

import json
import resource
import subprocess
from collections.abc import Iterator

import pytest

from benchmarks import events
from benchmarks.processes import run_module
from benchmarks.servers.generated_archive import day_keys
from benchmarks.servers.server_process import ServerProcess
from benchmarks.speed import one_container
from benchmarks.speed.function import archive, environment, invoke
from shared.archive.scedc import SCEDC


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with archive(2, "--rates", "1", "100") as server:
        yield server


def test_nothing_is_loaded_before_the_function_starts() -> None:
    assert run_module("benchmarks.speed.one_container", "response", content="[]") == []
    assert not {"obspy", "boto3", "shared"} & vars(one_container).keys()


def test_invocations(server: ServerProcess) -> None:
    days = invoke("response", [events.channel_day(1.0)(number) for number in range(2)], server)
    windows = [events.windows(events.FIVE_MINUTES, 1)(0)]
    own_peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (window,) = invoke("timewindow", [events.over_http(windows[0])], server)
    for measured in (*days, window):
        assert measured["seconds"] > 0
        assert measured["cpu_seconds"] > 0
        # Linux counts the peak of the process that starts this one, too.
        assert 50 < measured["memory_mb"] < 1_000 + own_peak_mb
    assert server.counts()["PUT corrected-waveforms"] == 2


def test_an_invocation_that_fails_is_no_measurement(server: ServerProcess) -> None:
    missing = events.windows(events.FIVE_MINUTES, 1)(0)
    missing["Windows"][0]["Station"] = "NONE"
    with pytest.raises(subprocess.CalledProcessError):
        invoke("timewindow", [events.over_http(missing)], server)


def test_obspys_way_downloads_corrects_and_uploads(server: ServerProcess) -> None:
    before = server.counts()
    job = json.dumps({"bucket": SCEDC.bucket, "keys": [day_keys(1.0, 0)]})
    measured = run_module("benchmarks.memory.obspy_day", job, **environment(server))
    ((cpu_seconds,), (day,)) = measured["cpu_seconds"], measured["days"]
    assert cpu_seconds > 0
    assert set(day) == {"download", "read", "remove_response", "write", "upload"}
    after = server.counts()
    name = "PUT corrected-waveforms"
    assert after[name] == before.get(name, 0) + 1
