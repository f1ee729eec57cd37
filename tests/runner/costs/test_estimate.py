"""The estimate of many channel days, recomputed by hand."""

import subprocess
import sys

import pytest

from runner.costs import prices
from runner.costs.estimate import Estimate, dollar_text, estimate
from runner.costs.memory import recommended_memory
from shared.archive.channel_id import ChannelId
from tests.support.commands import PROJECT
from tests.support.measurement import cell, day, dollars_by_hand


def channels(*names):
    return [ChannelId.parse(name) for name in names]


@pytest.mark.parametrize("queued", [False, True])
def test_estimate_is_what_one_computes_by_hand(queued):
    memory_mb = recommended_memory("response")
    found = estimate(channels("CI.SOC.HHZ.", "CI.SOC.HHZ.", "CI.BOM.BHZ.", "CI.WBM.HNZ.2C"), queued)
    rates = [100.0, 100.0, 40.0, 200.0]
    seconds = [cell(memory_mb, rate)["billed_seconds"] for rate in rates]
    assert (found.channel_days, found.memory_mb) == (4, memory_mb)
    assert found.seconds == pytest.approx(sum(seconds))
    assert found.gb_seconds == pytest.approx(sum(seconds) * memory_mb / 1024)
    by_hand = sum(dollars_by_hand(memory_mb, rate, queued) for rate in rates)
    assert found.dollars == pytest.approx(by_hand, rel=1e-9)


def test_results_grow_with_the_number_of_samples():
    sizes = {rate: day(rate)["result_bytes"] for rate in (1.0, 40.0, 100.0, 200.0)}
    names = {"LHZ": sizes[1.0], "BHZ": sizes[40.0], "HHZ": sizes[100.0], "VHZ": sizes[1.0]}
    names["MHZ"] = sizes[40.0] / 4  # 10 Hz, which was not measured
    for name, size in names.items():
        assert estimate([ChannelId("CI", "SOC", name)], queued=False).result_bytes == pytest.approx(
            size
        )
    every = [ChannelId("CI", "SOC", name) for name in names]
    assert estimate(every * 3, queued=False).result_bytes == pytest.approx(3 * sum(names.values()))


def test_a_million_days_cost_a_million_times_one_day():
    (channel,) = channels("CI.SOC.HHZ.")
    one = estimate([channel], queued=True)
    many = estimate((channel for _ in range(1_000_000)), queued=True)
    assert many.channel_days == 1_000_000
    assert many.dollars == pytest.approx(1e6 * one.dollars)
    assert many.seconds == pytest.approx(1e6 * one.seconds)


def test_estimate_of_nothing():
    found = estimate([], queued=True)
    assert (found.channel_days, found.seconds, found.gb_seconds, found.dollars) == (0, 0, 0, 0)
    assert "0 channel days" in found.sentence()
    assert "results of 0 bytes: $0 to download" in found.sentence()


def test_sentence_says_what_it_rests_on():
    text = Estimate(3285, 7300.0, 12611.5, 0.2345678, 1769, 2**30).sentence()
    assert "estimate for 3,285 channel days" in text
    assert "about 2 hours of computing" in text
    assert "12,612 GB-seconds and $0.23 with 1,769 MB" in text
    assert f"list prices for us-west-2 as of {prices.LIST_DATE}" in text
    assert "for default parameters and sampling rates guessed" in text
    assert "; results of 1.1 GB: $0.090 to download them once over the internet" in text
    assert text.endswith(", $0.023 a month to store them")
    assert "for 1 channel day:" in Estimate(1, 2.0, 3.4, 0.00006, 1769, 9e6).sentence()


def test_costs_need_nothing_but_python():
    program = f"import sys; sys.path.insert(0, {str(PROJECT)!r});"
    program += "from runner.costs.estimate import estimate; print(estimate([], False).channel_days)"
    command = [sys.executable, "-I", "-S", "-c", program]  # without installed packages
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        (0, "$0"),
        (12_345.6, "$12,346"),
        (1.234, "$1.23"),
        (0.5, "$0.50"),
        (0.0123, "$0.012"),
        (0.0000499, "$0.000050"),
        (0.00001, "$0.000010"),
    ],
)
def test_dollars_have_two_digits_or_two_decimals(dollars, text):
    assert dollar_text(dollars) == text
