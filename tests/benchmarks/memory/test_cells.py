"""Cells of the memory sweep: medians of invocations, and the events."""

from benchmarks import events
from benchmarks.memory import cells
from benchmarks.memory.lambda_container import Invocation
from benchmarks.servers import generated_archive
from shared.archive.scedc import SCEDC
from shared.windows.limits import MAX_MOTION_SAMPLES_AS_JSON, MAX_SAMPLES


def test_timing_takes_the_median_of_warm_invocations():
    warm = [
        Invocation({"seconds": {"read": seconds, "write": 1.0}}, 100, 2 * seconds)
        for seconds in (3.0, 1.0, 2.0)
    ]
    measured = cells.timing(Invocation({"seconds": {"read": 99.0}}, 1, 50.0), warm)
    assert measured == {
        "cold_seconds": 50.0,
        "billed_seconds": 4.0,
        "rounds": [6.0, 2.0, 4.0],
        "reply_bytes": 100,
        "steps": {"read": 2.0, "write": 1.0},
    }
    assert cells.timing(warm[0], [Invocation([1, 2], 5, 1.0)])["steps"] == {}


def test_each_invocation_is_of_another_station_and_the_largest_is_nearly_all_that_is_allowed():
    event = events.channel_day(100.0)
    assert len({event(number)["nscl"] for number in range(6)}) == 6
    key = SCEDC.waveform_key(generated_archive.channel(100.0, 0), generated_archive.DAY)
    assert key == "continuous_waveforms/2024/2024_001/CIS00__HHZ___2024001.ms"
    samples = 23 * 3600 * events.WINDOW_HZ
    assert 0.95 * MAX_SAMPLES < samples * events.LARGEST_CHANNELS <= MAX_SAMPLES
    motion = samples * events.LARGEST_MOTION_CHANNELS
    assert 0.95 * MAX_MOTION_SAMPLES_AS_JSON < motion <= MAX_MOTION_SAMPLES_AS_JSON
