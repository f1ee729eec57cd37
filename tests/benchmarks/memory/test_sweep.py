"""The memory sweep in containers: one size and rate, too little memory, ObsPy alone."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.memory import sweep as memory_sweep
from runner.costs.memory import recommended_memory
from tests.support.commands import PROJECT
from tests.support.containers import PYTHON_VERSION


def test_without_docker_it_says_so_and_fails(tmp_path):
    command = [sys.executable, "-m", "benchmarks.memory.sweep", "--rounds", "1"]
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
    measured = memory_sweep.measure(sweep, [1769], [1769], [1.0])
    json.dumps(measured)
    (day,), (cell,) = measured["days"], measured["response"]
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
    short, largest, motion = measured["timewindow"]
    assert short["reply_bytes"] > 60_000  # 30,000 samples
    assert largest["reply_bytes"] < 10_000  # a link
    assert largest["billed_seconds"] > 5 * short["billed_seconds"]
    assert (motion["memory_mb"], motion["request"]) == (1769, "the largest, as motion")
    assert motion["billed_seconds"] > largest["billed_seconds"]
    # The largest requests fit into the recommended memory.
    assert largest["peak_memory_mb"] < recommended_memory("timewindow")
    assert motion["peak_memory_mb"] < recommended_memory("timewindow")
    assert measured["obspy"] == []  # not at 1 Hz


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
    measured = sweep.obspy(1.0)
    assert len(measured["rounds"]) == 1
    assert set(measured["steps"]) == {"download", "read", "remove_response", "write", "upload"}
    assert measured["seconds"] == pytest.approx(sum(measured["steps"].values()), abs=0.01)
    assert measured["versions"]["python"].startswith(PYTHON_VERSION)
