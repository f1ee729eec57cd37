"""A container at a memory size: its share of the machine, and the emulator's reports."""

import os

import pytest

from benchmarks.memory import cells
from benchmarks.memory.lambda_container import billed_seconds, init_seconds, share_options
from local.cloud.docker import DockerError

# Recorded from the runtime and the emulator.
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
    whole = share_options(1769)
    assert option(whole, "--memory") == option(whole, "--memory-swap") == "1769m"  # no swap
    assert int(option(whole, "--cpu-quota")) == int(option(whole, "--cpu-period"))
    assert option(whole, "--cpuset-cpus") == "3"
    small = share_options(512)
    share = int(option(small, "--cpu-quota")) / int(option(small, "--cpu-period"))
    assert share == pytest.approx(512 / 1769, abs=1e-4)
    assert option(small, "--cpuset-cpus") == "3"
    assert option(share_options(3538), "--cpuset-cpus") == "2,3"
    assert option(cells.one_processor(), "--cpuset-cpus") == "3"
    assert "1769m" not in cells.one_processor()
