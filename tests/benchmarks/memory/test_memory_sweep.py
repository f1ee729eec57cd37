"""The memory sweep: what it makes of logs and invocations; and one cell of it, in a container."""

import json
import logging
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.memory import memory_sweep, sweep_archive, sweep_cells
from benchmarks.memory.tables import seconds, tables
from local.cloud import container
from local.cloud.container import DockerError, Invocation, billed_seconds, init_seconds
from local.cloud.s3_server import OUTPUT_BUCKET
from runner.costs.memory import recommended_memory
from shared.archive.scedc import SCEDC
from shared.corrected_days.correct import write_corrected_day
from shared.corrected_days.request import CorrectedDayRequest
from shared.windows.limits import MAX_MOTION_SAMPLES_AS_JSON, MAX_SAMPLES
from tests.support.containers import PYTHON_VERSION

PROJECT = Path(__file__).parents[3]

# As the emulator and the runtime wrote them.
FUNCTION_LOG = (
    "START RequestId: de4d9796-e38a-457e-bddc-02b087a68ec9 Version: $LATEST\n"
    "[WARNING] Billed Duration: 9 ms\n"
    "END RequestId: de4d9796-e38a-457e-bddc-02b087a68ec9\n"
    "REPORT RequestId: de4d9796-e38a-457e-bddc-02b087a68ec9\tInit Duration: 0.19 ms\t"
    "Duration: 1719.70 ms\tBilled Duration: 1720 ms\tMemory Size: 1769 MB\t"
    "Max Memory Used: 1769 MB\t\n"
    "START RequestId: ff3b2d59-9f99-4f8f-8ee3-1d6b536091a6 Version: $LATEST\n"
    "END RequestId: ff3b2d59-9f99-4f8f-8ee3-1d6b536091a6\n"
    "REPORT RequestId: ff3b2d59-9f99-4f8f-8ee3-1d6b536091a6\tDuration: 3.97 ms\t"
    "Billed Duration: 4 ms\tMemory Size: 1769 MB\tMax Memory Used: 1769 MB\t\n"
)
EMULATOR_LOG = (
    "24 Nov 2026 19:07:09,349 [INFO] (rapid) INIT RTDONE(status: success)\n"
    "24 Nov 2026 19:07:09,349 [INFO] (rapid) INIT REPORT(durationMs: 1714.104000)\n"
    "24 Nov 2026 19:07:09,350 [INFO] (rapid) INVOKE START(requestId: de4d9796)\n"
)


def test_billed_seconds_are_those_of_reports_alone():
    assert billed_seconds(FUNCTION_LOG) == [1.72, 0.004]
    assert billed_seconds("") == []


def test_start_is_what_the_emulator_reports():
    assert init_seconds(EMULATOR_LOG) == 1.714104
    with pytest.raises(DockerError, match="has not reported a start"):
        init_seconds(FUNCTION_LOG)


def option(options, name):
    return options[options.index(name) + 1]


def test_share_of_a_processor_is_in_proportion_to_memory(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    whole = container.share_options(1769)
    assert option(whole, "--memory") == option(whole, "--memory-swap") == "1769m"  # no swap
    assert int(option(whole, "--cpu-quota")) == int(option(whole, "--cpu-period"))
    assert option(whole, "--cpuset-cpus") == "3"
    small = container.share_options(512)
    share = int(option(small, "--cpu-quota")) / int(option(small, "--cpu-period"))
    assert share == pytest.approx(512 / 1769, abs=1e-4)
    assert option(small, "--cpuset-cpus") == "3"
    assert option(container.share_options(3538), "--cpuset-cpus") == "2,3"
    assert option(sweep_cells.one_processor(), "--cpuset-cpus") == "3"
    assert "1769m" not in sweep_cells.one_processor()


def test_timing_takes_the_median_of_warm_invocations():
    warm = [
        Invocation({"seconds": {"read": seconds, "write": 1.0}}, 100, 2 * seconds)
        for seconds in (3.0, 1.0, 2.0)
    ]
    found = sweep_cells.timing(Invocation({"seconds": {"read": 99.0}}, 1, 50.0), warm)
    assert found == {
        "cold_seconds": 50.0,
        "billed_seconds": 4.0,
        "rounds": [6.0, 2.0, 4.0],
        "reply_bytes": 100,
        "steps": {"read": 2.0, "write": 1.0},
    }
    assert sweep_cells.timing(warm[0], [Invocation([1, 2], 5, 1.0)])["steps"] == {}


def test_requests_are_counted_by_method_and_bucket():
    counter, record = sweep_archive.RequestCounter(), logging.LogRecord
    for text in (
        '127.0.0.1 - - [24/Nov/2026 19:00:00] "GET /scedc-pds/a/b.ms HTTP/1.1" 200 -',
        '127.0.0.1 - - [24/Nov/2026 19:00:00] "\x1b[35mGET /scedc-pds?list HTTP/1.1\x1b[0m" 206 -',
        '127.0.0.1 - - [24/Nov/2026 19:00:00] "PUT /corrected-waveforms/x HTTP/1.1" 200 -',
        "something else",
    ):
        counter.emit(record("werkzeug", logging.INFO, "", 0, text, None, None))
    assert counter.counts == {"GET scedc-pds": 2, "PUT corrected-waveforms": 1}
    assert sweep_cells.of_bucket(counter.counts, "scedc-pds") == {"GET": 2}
    assert sweep_cells.of_bucket(Counter(), "scedc-pds") == {}


def test_generated_days_are_corrected_the_fast_way(archive, monkeypatch):
    monkeypatch.setattr(sweep_archive, "SAMPLING_RATES", (1.0, 40.0))
    sweep_archive.fill(archive, stations=2)
    for rate, number in ((1.0, 0), (40.0, 1)):
        name = sweep_archive.channel(rate, number)
        request = CorrectedDayRequest.parse({"day": str(sweep_archive.DAY), "nscl": name.nscl})
        reply = write_corrected_day(request)
        assert (reply["nscl"], reply["sampling_rate"]) == (name.nscl, rate)
        assert (reply["samples"], reply["segments"]) == (86400 * rate, 1)
        assert reply["method"] == "fast"
        assert reply["warnings"] == []


def test_server_counts_what_a_job_asks_of_it(archive, monkeypatch):
    monkeypatch.setattr(sweep_archive, "SAMPLING_RATES", (1.0,))
    sweep_archive.fill(archive, stations=1)
    log = logging.getLogger("werkzeug")
    kept = (log.handlers, log.propagate, log.level)
    try:
        counter = sweep_archive.count_requests()
        nscl = sweep_archive.channel(1.0, 0).nscl
        write_corrected_day(CorrectedDayRequest.parse({"day": "2024,001", "nscl": nscl}))
    finally:
        log.handlers, log.propagate = kept[:2]
        log.setLevel(kept[2])
    assert sweep_cells.of_bucket(counter.counts, OUTPUT_BUCKET) == {"PUT": 1}
    reads = sweep_cells.of_bucket(counter.counts, SCEDC.bucket)
    assert reads["GET"] == 2
    assert set(reads) <= {"GET", "HEAD"}


def test_each_invocation_is_of_another_station_and_the_largest_is_nearly_all_that_is_allowed():
    sweep = sweep_cells.Sweep({}, None, "", stations=6, rounds=5)
    event = sweep._response_event(100.0)
    assert len({event(number)["nscl"] for number in range(6)}) == 6
    key = SCEDC.waveform_key(sweep_archive.channel(100.0, 0), sweep_archive.DAY)
    assert key == "continuous_waveforms/2024/2024_001/CIS00__HHZ___2024001.ms"
    samples = 23 * 3600 * sweep_cells.WINDOW_HZ
    assert 0.95 * MAX_SAMPLES < samples * sweep_cells.LARGEST_CHANNELS <= MAX_SAMPLES
    motion = samples * sweep_cells.LARGEST_MOTION_CHANNELS
    assert 0.95 * MAX_MOTION_SAMPLES_AS_JSON < motion <= MAX_MOTION_SAMPLES_AS_JSON


def test_table_of_times():
    cells = [
        {"memory_mb": 1024, "request": "a", "out_of_memory": False, "billed_seconds": 1.23456},
        {"memory_mb": 512, "request": "a", "out_of_memory": True},
        {"memory_mb": 512, "request": "b", "out_of_memory": False, "billed_seconds": 2.0},
    ]
    assert seconds(cells).splitlines() == [
        "| MB | a | b |",
        "| --- | --- | --- |",
        "| 512 | too little | 2.000 |",
        "| 1,024 | 1.235 |  |",
    ]


def test_tables_have_seconds_gb_seconds_and_dollars():
    day = {"memory_mb": 2048, "request": "a day", "out_of_memory": False, "sampling_rate": 100.0}
    day["billed_seconds"] = 2.0
    window = {**day, "request": "a window", "reply_bytes": 2**30}
    text = tables({"response": [day], "timewindow": [window]})
    figures = re.findall(r"^\| 2,048 \| (\S+) \|$", text, re.MULTILINE)
    # 4 GB-seconds are $0.0000667. A job adds $0.0000065 of fees, a window of 1 GB $0.09 of egress.
    assert figures == ["2.000", "4.000", "$0.000073", "2.000", "4.000", "$0.090"]


def test_without_docker_it_says_so_and_fails(tmp_path):
    command = [sys.executable, "-m", "benchmarks.memory.memory_sweep", "--rounds", "1"]
    environment = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    needs = "needs a Docker engine" in done.stderr
    assert needs or "this machine has fewer" in done.stderr
    assert done.stdout == ""


@pytest.fixture(scope="module")
def sweep(base_image):
    with memory_sweep.running_sweep(1, PYTHON_VERSION) as running:
        yield running


@pytest.mark.docker
def test_one_size_and_rate_in_containers(sweep):
    found = memory_sweep.measure(sweep, [1769], [1769], [1.0])
    json.dumps(found)
    (day,), (cell,) = found["days"], found["response"]
    assert day["samples"] == 86400
    assert day["archive_requests"]["GET"] == 2
    assert day["output_requests"] == {"PUT": 1}
    assert 100 < day["log_bytes"] < 2000
    assert cell["request"] == "a day at 1 Hz"
    assert cell["out_of_memory"] is False
    assert len(cell["rounds"]) == 1
    assert 0 < cell["billed_seconds"] < cell["init_seconds"] < cell["cold_seconds"]
    assert set(cell["steps"]) >= {"download", "remove_response", "upload"}
    assert 50 < cell["peak_memory_mb"] < 1769
    short, largest, motion = found["timewindow"]
    assert short["reply_bytes"] > 60_000  # 30,000 samples
    assert largest["reply_bytes"] < 10_000  # a link
    assert largest["billed_seconds"] > 5 * short["billed_seconds"]
    assert (motion["memory_mb"], motion["request"]) == (1769, "the largest, as motion")
    assert motion["billed_seconds"] > largest["billed_seconds"]
    # What may be asked for fits into the memory that is recommended.
    assert largest["peak_memory_mb"] < recommended_memory("timewindow")
    assert motion["peak_memory_mb"] < recommended_memory("timewindow")
    assert found["obspy"] == []  # not at 1 Hz


@pytest.mark.docker
def test_too_little_memory_is_a_result(sweep):
    assert sweep.response(128, 200.0) == {
        "memory_mb": 128,
        "request": "a day at 200 Hz",
        "sampling_rate": 200.0,
        "out_of_memory": True,
    }


@pytest.mark.docker
def test_obspys_way(sweep):
    found = sweep.obspy(1.0)
    assert len(found["rounds"]) == 1
    assert set(found["steps"]) == {"download", "read", "remove_response", "write"}
    assert found["seconds"] == pytest.approx(sum(found["steps"].values()), abs=0.01)
    assert found["versions"]["python"].startswith(PYTHON_VERSION)
