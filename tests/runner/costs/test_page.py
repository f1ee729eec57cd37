"""The figures of docs/costs.md, recomputed."""

import math
import re
from decimal import Decimal

import pytest

from runner.costs import prices
from runner.costs.channel_day import channel_day_cost
from runner.costs.memory import recommended_memory
from tests.support.measurement import RATES, day
from tests.support.pages import Page

PAGE = Page("docs/costs.md")
STATION_YEAR = 3 * 365
"""Channel days of a station with three components."""
ARCHIVE = 10_000_000
"""Channel days of the archive, in round numbers."""
UNITS = {"MB": 1e6, "GB": 1e9, "TB": 1e12}


def as_stated(text, value):
    """Round a value to the significant digits of a text, such as 2 in "$1,500"."""
    digits = Decimal(re.sub(r"[$,]", "", text)).normalize().as_tuple().digits
    return float(f"{value:.{len(digits) - 1}e}")


def amount(text):
    return float(re.sub(r"[$,]", "", text))


def rows(number):
    """Return the rows of one of the page's tables by their first cells."""
    tables = re.findall(r"(?:^\|.*\|\n)+", PAGE.text, re.MULTILINE)
    cells = [re.split(r" *\| *", line)[1:-1] for line in tables[number].splitlines()[2:]]
    return {name: figures for name, *figures in cells}


@pytest.mark.parametrize("rate", RATES)
def test_page_has_the_figures_of_the_estimate(rate):
    cost = channel_day_cost(rate, recommended_memory("response"))
    values = [cost.seconds, *(number * cost.dollars for number in (1, STATION_YEAR, ARCHIVE))]
    for text, value in zip(rows(0)[f"{rate:g} Hz"], values, strict=True):
        assert amount(text) == as_stated(text, value)


def egress_dollars(size_bytes):
    """Return the egress price by AWS's tiers: 10, 40 and 100 TB of 1,024 GB, and the rest."""
    size_gb, dollars = size_bytes / 2**30, 0.0
    for tier_tb, price in ((10, 0.09), (40, 0.085), (100, 0.07), (math.inf, 0.05)):
        dollars += min(size_gb, tier_tb * 1024) * price
        size_gb -= min(size_gb, tier_tb * 1024)
    return dollars


def test_page_has_egress_and_storage_beside_computing():
    one = channel_day_cost(100.0, recommended_memory("response")).dollars
    size = day(100.0)["result_bytes"]
    numbers = (1, STATION_YEAR, ARCHIVE)
    for number, row in zip(numbers, rows(1).values(), strict=True):
        (written, unit), *dollars = row[0].split(), *row[1:]
        total = number * size
        assert amount(written) == as_stated(written, total / UNITS[unit])
        assert prices.download_once(total) == pytest.approx(egress_dollars(total))
        values = [number * one, egress_dollars(total), prices.storage_per_month(total)]
        for text, value in zip(dollars, values, strict=True):
            assert amount(text) == as_stated(text, value)
    assert prices.TRANSFER_OUT_GB.dollars == 0.09


def test_page_recommends_what_the_estimate_assumes():
    named = [int(amount(size)) for size in re.findall(r"\*\*([\d,]+) MB\*\*", PAGE.text)]
    assert named == [recommended_memory("response"), recommended_memory("timewindow")]


def test_page_and_readme_agree():
    section = Page("README.md").sections["On AWS"]
    readme, page = (
        set(re.findall(r"\$[\d.,]*\d|[\d,]+ MB", text)) for text in (section, PAGE.text)
    )
    assert len(readme) >= 6
    assert readme <= page
