"""The recommended memory size, from made-up measurements; and the template's defaults."""

import pytest

from runner.costs import measurement
from runner.costs.channel_day import request_dollars
from runner.costs.memory import recommended_memory
from tests.support.commands import PROJECT


@pytest.fixture
def measured(monkeypatch):
    """Replace the measurement."""

    def replace(found):
        monkeypatch.setattr(measurement, "load", lambda: found)
        recommended_memory.cache_clear()

    yield replace
    recommended_memory.cache_clear()


DAYS = [{"sampling_rate": 200.0, "output_requests": {"PUT": 1}, "log_bytes": 280}]


def timed(memory_mb, seconds, sampling_rate=100.0, peak_memory_mb=100):
    return {
        "memory_mb": memory_mb,
        "sampling_rate": sampling_rate,
        "out_of_memory": seconds is None,
        "peak_memory_mb": peak_memory_mb,
        **({} if seconds is None else {"billed_seconds": seconds, "reply_bytes": 120_000}),
    }


def test_recommended_is_the_fastest_of_those_within_a_tenth_of_the_cheapest(measured):
    # 1000 is cheapest. 2000 costs 5% more and is faster. 3000 is faster still and costs 50% more.
    measured({"response": [timed(1000, 400), timed(2000, 210), timed(3000, 200)], "days": DAYS})
    assert recommended_memory("response") == 2000


def test_a_size_that_is_hardly_faster_is_not_recommended(measured):
    cells = [timed(1769, 200), timed(1800, 196), timed(1850, 184), timed(1900, 200)]
    measured({"response": cells, "days": DAYS})
    assert recommended_memory("response") == 1769


def test_all_requests_must_fit_into_the_recommended_size(measured):
    fast = [timed(500, 100), timed(1000, 100), timed(1500, 100)]
    slow = [timed(500, None), timed(1000, 900), timed(1500, 650)]
    measured({"timewindow": [*fast, *slow], "days": DAYS})
    assert recommended_memory("timewindow") == 1000


def test_a_fifth_of_the_recommended_size_is_to_spare(measured):
    cells = [timed(size, 100, peak_memory_mb=801) for size in (1000, 1100, 1200)]
    measured({"response": cells, "days": DAYS})
    assert recommended_memory("response") == 1100


def test_days_at_1_hz_do_not_count(measured):
    days = [timed(1000, 400), timed(2000, 200)]
    slow = [timed(1000, 0.01, 1.0), timed(2000, 10, 1.0)]
    measured({"response": [*days, *slow], "days": DAYS})
    assert recommended_memory("response") == 2000


def test_costs_independent_of_memory_favour_larger_sizes(measured):
    # The larger size costs 40% more compute, but request and transfer cost far more than compute.
    measured({"timewindow": [timed(1000, 0.06), timed(1700, 0.05)], "days": DAYS})
    assert recommended_memory("timewindow") == 1700


def test_dollars_of_a_window_by_hand():
    found = request_dollars("timewindow", timed(2048, 0.5))
    by_hand = 0.5 * 2 * 0.0000166667 + 0.0000002 + 0.000001 + 120_000 / 2**30 * 0.09
    assert found == pytest.approx(by_hand, rel=1e-9)


def template_memory(function):
    lines = (PROJECT / "template.yaml").read_text().splitlines()
    begin = lines.index(f"  {function.title()}MemorySize:")
    return int(next(line for line in lines[begin:] if "Default:" in line).split(":")[1])


def test_template_has_the_recommended_sizes():
    for function in ("response", "timewindow"):
        assert template_memory(function) == recommended_memory(function)
