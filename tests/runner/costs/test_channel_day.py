"""Costs of jobs, recomputed from the measurement and from prices stated again."""

import json
import math
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from runner.costs import channel_day, prices
from runner.costs.channel_day import estimate, job_cost, recommended_memory, sampling_rate_of
from shared.archive.channel_id import ChannelId
from tests.support.pages import Page

PROJECT = Path(__file__).parents[3]
MEASURED = json.loads((PROJECT / "runner" / "costs" / "channel_day_costs.json").read_text())
PAGE = Page("docs/costs.md")
RATES = [1.0, 40.0, 100.0, 200.0]
STATION_YEAR = 3 * 365
"""Channel days of a station with three components."""
ARCHIVE = 10_000_000
"""Channel days of the archive, in round numbers."""
UNITS = {"MB": 1e6, "GB": 1e9, "TB": 1e12}


def channels(*names):
    return [ChannelId.parse(name) for name in names]


def cell(memory_mb, sampling_rate):
    return next(
        cell
        for cell in MEASURED["response"]
        if (cell["memory_mb"], cell["sampling_rate"]) == (memory_mb, sampling_rate)
    )


def day(sampling_rate):
    return next(day for day in MEASURED["days"] if day["sampling_rate"] == sampling_rate)


def dollars_by_hand(memory_mb, sampling_rate, queued):
    """As one would with the price list, a pencil, and 1 GB = 1,024 MB."""
    compute = cell(memory_mb, sampling_rate)["billed_seconds"] * memory_mb / 1024 * 0.0000166667
    puts = day(sampling_rate)["output_requests"]["PUT"] * 0.000005
    log = day(sampling_rate)["log_bytes"] / 2**30 * 0.50
    return compute + 0.0000002 + puts + log + (3 * 0.0000004 if queued else 0)


@pytest.fixture
def measured(monkeypatch):
    """Takes the place of what was measured."""

    def replace(found):
        monkeypatch.setattr(channel_day, "measurement", lambda: found)
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


# Estimates


@pytest.mark.parametrize("queued", [False, True])
def test_estimate_is_what_one_computes_by_hand(queued):
    memory_mb = recommended_memory("response")
    found = estimate(channels("CI.SOC.HHZ.", "CI.SOC.HHZ.", "CI.BOM.BHZ.", "CI.WBM.HNZ.2C"), queued)
    rates = [100.0, 100.0, 40.0, 200.0]
    seconds = [cell(memory_mb, rate)["billed_seconds"] for rate in rates]
    assert (found.jobs, found.memory_mb) == (4, memory_mb)
    assert found.seconds == pytest.approx(sum(seconds))
    assert found.gb_seconds == pytest.approx(sum(seconds) * memory_mb / 1024)
    by_hand = sum(dollars_by_hand(memory_mb, rate, queued) for rate in rates)
    assert found.dollars == pytest.approx(by_hand, rel=1e-9)


def test_a_million_jobs_are_as_dear_as_one_a_million_times():
    (channel,) = channels("CI.SOC.HHZ.")
    one = estimate([channel], queued=True)
    many = estimate((channel for _ in range(1_000_000)), queued=True)
    assert many.jobs == 1_000_000
    assert many.dollars == pytest.approx(1e6 * one.dollars)
    assert many.seconds == pytest.approx(1e6 * one.seconds)


def test_estimate_of_nothing():
    found = estimate([], queued=True)
    assert (found.jobs, found.seconds, found.gb_seconds, found.dollars) == (0, 0, 0, 0)
    assert "0 channel days" in found.sentence()


def test_sentence_says_what_it_rests_on():
    text = channel_day.Estimate(3285, 7300.0, 12611.5, 0.2345678, 1769).sentence()
    assert "an estimate for 3,285 channel days" in text
    assert "about 2 hours of computing" in text
    assert "12,612 GB-seconds and $0.23 with 1,769 MB" in text
    assert f"list prices for us-west-2 of {prices.LIST_DATE}" in text
    assert "for default parameters, with sampling rates guessed" in text
    assert "for 1 channel day:" in channel_day.Estimate(1, 2.0, 3.4, 0.00006, 1769).sentence()


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("CI.SOC.HHZ.", 100.0),
        ("CI.SOC.EHZ.", 100.0),
        ("CI.WBM.HNZ.2C", 200.0),
        ("CI.WBM.BHZ.2C", 40.0),
        ("CI.BOM.BHN.", 40.0),
        ("CI.BOM.SHZ.", 40.0),
        ("CI.BOM.MHZ.", 10.0),
        ("CI.BOM.LHZ.", 1.0),
        ("CI.BOM.VMZ.", 1.0),
        ("CI.BOM.UHZ.", 1.0),
        ("CI.BOM.CNZ.", 200.0),
        ("CI.BOM.XYZ.", 200.0),
        ("CI.BOM.1YZ.", 200.0),
    ],
)
def test_sampling_rate_by_band_code(name, rate):
    assert sampling_rate_of(ChannelId.parse(name)) == rate


def test_rates_between_the_measured_ones_lie_on_a_line():
    memory_mb = recommended_memory("response")
    low, high = (cell(memory_mb, rate)["billed_seconds"] for rate in (1.0, 40.0))
    assert job_cost(10.0, memory_mb).seconds == pytest.approx(low + (high - low) * 9 / 39)
    assert job_cost(0.1, memory_mb) == job_cost(1.0, memory_mb)
    assert job_cost(500.0, memory_mb) == job_cost(200.0, memory_mb)


def test_a_memory_size_that_is_too_small_has_no_cost():
    small = next(cell for cell in MEASURED["response"] if cell["out_of_memory"])
    with pytest.raises(ValueError, match=f"200 Hz with {small['memory_mb']} MB: not measured"):
        job_cost(200.0, small["memory_mb"])
    with pytest.raises(ValueError, match="100 Hz with 1000 MB"):
        job_cost(100.0, 1000)


def test_costs_need_nothing_but_python():
    program = f"import sys; sys.path.insert(0, {str(PROJECT)!r});"
    program += "from runner.costs import channel_day; print(channel_day.estimate([], False).jobs)"
    command = [sys.executable, "-I", "-S", "-c", program]  # without installed packages
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"


# Which memory


def test_recommended_is_the_fastest_of_those_within_a_tenth_of_the_cheapest(measured):
    # 1000: cheapest. 2000: 5% dearer, and faster. 3000: faster still, but half as dear again.
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


def test_days_at_1_hz_have_no_say_in_it(measured):
    days = [timed(1000, 400), timed(2000, 200)]
    slow = [timed(1000, 0.01, 1.0), timed(2000, 10, 1.0)]
    measured({"response": [*days, *slow], "days": DAYS})
    assert recommended_memory("response") == 2000


def test_what_does_not_depend_on_memory_makes_its_cost_matter_less(measured):
    # A fast window costs Lambda half as much again, but the request and its transfer far more.
    measured({"timewindow": [timed(1000, 0.06), timed(1700, 0.05)], "days": DAYS})
    assert recommended_memory("timewindow") == 1700


def test_dollars_of_a_window_by_hand():
    found = channel_day.request_dollars("timewindow", timed(2048, 0.5))
    by_hand = 0.5 * 2 * 0.0000166667 + 0.0000002 + 0.000001 + 120_000 / 2**30 * 0.09
    assert found == pytest.approx(by_hand, rel=1e-9)


def template_memory(function):
    lines = (PROJECT / "template.yaml").read_text().splitlines()
    begin = lines.index(f"  {function.title()}MemorySize:")
    return int(next(line for line in lines[begin:] if "Default:" in line).split(":")[1])


def test_template_has_the_recommended_sizes():
    for function in ("response", "timewindow"):
        assert template_memory(function) == recommended_memory(function)


# What was measured


def test_measurement_says_where_it_comes_from():
    sweep = r"python -m benchmarks.memory.memory_sweep( --rounds \d+| --windows-only)* --write"
    assert re.fullmatch(f"{sweep}(` and then `{sweep})?", MEASURED["command"])
    assert MEASURED["machine"]["processors"] * 1769 >= 3538
    assert {"python", "obspy", "docker", "kernel", "base_image"} <= set(MEASURED["versions"])
    assert [day["sampling_rate"] for day in MEASURED["days"]] == RATES
    sizes = {cell["memory_mb"] for cell in MEASURED["response"]}
    assert {512, 1024, 1769, 2048, 3008, 3538} <= sizes
    assert len(MEASURED["response"]) == len(sizes) * len(RATES)


def test_measured_days_are_whole_and_as_large_as_scedcs():
    for found in MEASURED["days"]:
        assert found["samples"] == 86400 * found["sampling_rate"]
        assert 0.7 < found["waveform_bytes"] / found["samples"] < 2.3  # 10 to 20 MB at 100 Hz
        assert 4.0 < found["result_bytes"] / found["samples"] < 4.6  # FLOAT32 and headers
        assert found["archive_requests"]["GET"] >= 2  # the day and its StationXML
        assert found["output_requests"]["PUT"] >= 1


def test_measured_times_are_possible():
    for found in channel_day.fitting_cells("response"):
        rounds = sorted(found["rounds"])
        assert len(rounds) == MEASURED["rounds"]
        assert rounds[0] <= found["billed_seconds"] <= rounds[-1]
        assert sum(found["steps"].values()) < 1.5 * found["billed_seconds"]
        assert found["init_seconds"] < found["cold_seconds"]
        assert found["cold_seconds"] > found["billed_seconds"]
        assert found["peak_memory_mb"] <= found["memory_mb"] * 1.05  # shared files count twice
    for size in {found["memory_mb"] for found in MEASURED["response"]}:
        seconds = [found["billed_seconds"] for found in fitting(size)]
        assert seconds == sorted(seconds)  # the faster a day is sampled, the longer it takes
        peaks = [found["peak_memory_mb"] for found in fitting(size)]
        assert peaks == sorted(peaks)


def fitting(memory_mb):
    return [
        found for found in channel_day.fitting_cells("response") if found["memory_mb"] == memory_mb
    ]


def test_more_of_a_processor_is_faster_until_there_is_a_whole_one():
    for rate in RATES[1:]:
        seconds = {
            found["memory_mb"]: found["billed_seconds"]
            for found in channel_day.fitting_cells("response", rate)
        }
        assert 1.4 < seconds[768] / seconds[1769] < 3.2  # 2.3 times the processor
        assert 0.5 < seconds[3538] / seconds[1769] < 1.5


def test_obspy_takes_several_times_as_long():
    for found in MEASURED["obspy"]:
        assert found["seconds"] > 4 * cell(1769, found["sampling_rate"])["billed_seconds"]
        assert found["steps"]["remove_response"] > 0.8 * found["seconds"]
    assert [found["sampling_rate"] for found in MEASURED["obspy"]] == RATES[1:]


# The page


def as_stated(text, value):
    """A value rounded to as many digits as a page states of it, such as 2 in "$1,500"."""
    digits = Decimal(re.sub(r"[$,]", "", text)).normalize().as_tuple().digits
    return float(f"{value:.{len(digits) - 1}e}")


def amount(text):
    return float(re.sub(r"[$,]", "", text))


def rows(number):
    """A table of the page: its rows by their first cells."""
    tables = re.findall(r"(?:^\|.*\|\n)+", PAGE.text, re.MULTILINE)
    cells = [re.split(r" *\| *", line)[1:-1] for line in tables[number].splitlines()[2:]]
    return {name: figures for name, *figures in cells}


def test_page_links_to_what_exists():
    PAGE.assert_relative_links_exist()


@pytest.mark.parametrize("rate", RATES)
def test_page_has_the_estimates_figures(rate):
    cost = job_cost(rate, recommended_memory("response"))
    values = [cost.seconds, *(number * cost.dollars for number in (1, STATION_YEAR, ARCHIVE))]
    for text, value in zip(rows(0)[f"{rate:g} Hz"], values, strict=True):
        assert amount(text) == as_stated(text, value)


def egress_dollars(size_bytes):
    """By the price list's tiers: 10, 40 and 100 TB, and the rest, of 1,024 GB each."""
    size_gb, dollars = size_bytes / 2**30, 0.0
    for tier_tb, price in ((10, 0.09), (40, 0.085), (100, 0.07), (math.inf, 0.05)):
        dollars += min(size_gb, tier_tb * 1024) * price
        size_gb -= min(size_gb, tier_tb * 1024)
    return dollars


def test_page_has_egress_and_storage_beside_computing():
    one = job_cost(100.0, recommended_memory("response")).dollars
    size = day(100.0)["result_bytes"]
    numbers = (1, STATION_YEAR, ARCHIVE)
    for number, row in zip(numbers, rows(1).values(), strict=True):
        (written, unit), *dollars = row[0].split(), *row[1:]
        total = number * size
        assert amount(written) == as_stated(written, total / UNITS[unit])
        values = [number * one, egress_dollars(total), prices.storage_per_month(total)]
        for text, value in zip(dollars, values, strict=True):
            assert amount(text) == as_stated(text, value)
    assert prices.TRANSFER_OUT_GB.dollars == 0.09


def test_page_recommends_what_the_estimate_assumes():
    named = [int(amount(size)) for size in re.findall(r"\*\*([\d,]+) MB\*\*", PAGE.text)]
    assert named == [recommended_memory("response"), recommended_memory("timewindow")]


def test_page_and_readme_agree():
    section = Page("README.md").sections["Costs"]
    readme, page = (
        set(re.findall(r"\$[\d.,]*\d|[\d,]+ MB", text)) for text in (section, PAGE.text)
    )
    assert len(readme) >= 6
    assert readme <= page


# Prices


def test_storage_has_tiers():
    tb = 1024**4
    assert prices.storage_per_month(0) == 0
    assert prices.storage_per_month(1024**3) == pytest.approx(0.023)
    assert prices.storage_per_month(50 * tb) == pytest.approx(1177.6)
    assert prices.storage_per_month(51 * tb) == pytest.approx(1177.6 + 22.528)
    assert prices.storage_per_month(501 * tb) == pytest.approx(1177.6 + 450 * 22.528 + 21.504)


def test_every_price_has_its_list():
    assert all(price.source.startswith("https://aws.amazon.com/") for price in prices.ALL)


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
    assert channel_day.dollar_text(dollars) == text
