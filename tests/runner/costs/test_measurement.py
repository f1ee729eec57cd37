"""The stored measurement: complete, plausible, and of days as large as SCEDC's."""

import re

from runner.costs.measurement import fitting_cells
from tests.support.measurement import MEASURED, RATES, cell


def test_measurement_says_where_it_comes_from():
    sweep = r"python -m benchmarks.memory.sweep( --rounds \d+| --windows-only)* --write"
    assert re.fullmatch(f"{sweep}(` and then `{sweep})?", MEASURED["command"])
    assert MEASURED["machine"]["processors"] * 1769 >= 3538
    assert {"python", "obspy", "docker", "kernel", "base_image"} <= set(MEASURED["versions"])
    assert [day["sampling_rate"] for day in MEASURED["days"]] == RATES
    sizes = {cell["memory_mb"] for cell in MEASURED["response"]}
    assert {768, 1024, 1769, 2048, 3538} <= sizes
    assert len(MEASURED["response"]) == len(sizes) * len(RATES)


def test_measured_days_are_whole_and_as_large_as_scedcs():
    for found in MEASURED["days"]:
        assert found["samples"] == 86400 * found["sampling_rate"]
        assert 0.7 < found["waveform_bytes"] / found["samples"] < 2.3  # 10 to 20 MB at 100 Hz
        assert 4.0 < found["result_bytes"] / found["samples"] < 4.6  # FLOAT32 and headers
        assert found["archive_requests"]["GET"] >= 2  # the day and its StationXML
        assert found["output_requests"]["PUT"] >= 1


def test_measured_times_are_possible():
    for found in fitting_cells("response"):
        rounds = sorted(found["rounds"])
        assert len(rounds) == MEASURED["rounds"]
        assert rounds[0] <= found["billed_seconds"] <= rounds[-1]
        assert sum(found["steps"].values()) < 1.5 * found["billed_seconds"]
        assert found["init_seconds"] < found["cold_seconds"]
        assert found["cold_seconds"] > found["billed_seconds"]
        assert found["peak_memory_mb"] <= found["memory_mb"] * 1.05  # shared files count twice
    for size in {found["memory_mb"] for found in MEASURED["response"]}:
        seconds = [found["billed_seconds"] for found in fitting(size)]
        assert seconds == sorted(seconds)  # higher sampling rates take longer
        peaks = [found["peak_memory_mb"] for found in fitting(size)]
        assert peaks == sorted(peaks)


def fitting(memory_mb):
    return [found for found in fitting_cells("response") if found["memory_mb"] == memory_mb]


def test_more_of_a_processor_is_faster_until_there_is_a_whole_one():
    for rate in RATES[1:]:
        seconds = {
            found["memory_mb"]: found["billed_seconds"] for found in fitting_cells("response", rate)
        }
        assert 1.4 < seconds[768] / seconds[1769] < 3.2  # 2.3 times the processor
        assert 0.5 < seconds[3538] / seconds[1769] < 1.5


def test_obspy_takes_several_times_as_long():
    for found in MEASURED["obspy"]:
        assert found["seconds"] > 4 * cell(1769, found["sampling_rate"])["billed_seconds"]
        assert found["steps"]["remove_response"] > 0.8 * found["seconds"]
    assert [found["sampling_rate"] for found in MEASURED["obspy"]] == RATES[1:]
