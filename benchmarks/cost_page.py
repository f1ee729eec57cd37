"""docs/costs.md, computed: from the memory sweep's measurement and AWS's list prices.

Its words are those of `costs.md.in`. Run this whenever these, the measurement or the prices have
changed: `python -m benchmarks.cost_page`.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import cost_comparison
from benchmarks.cost_comparison import ARCHIVE_DAYS, STATION_YEAR_DAYS, rate_name, span
from benchmarks.cost_tables import (
    ACCOUNT_WORKERS,
    HTTP_API_S,
    QUEUE_FIRST,
    QUEUE_PER_MINUTE,
    QUEUE_WAIT_S,
    QUEUE_WORKERS,
    S3_READS_PER_S,
    S3_WRITES_PER_S,
    first_limit,
    is_short,
    memory,
    rates,
    read_workers,
    reads,
    tables,
)
from local.emulator import PROJECT
from runner import costs, prices
from runner.costs import dollar_text, job_cost, measurement, recommended_memory

PAGE = PROJECT / "docs" / "costs.md"
README = PROJECT / "README.md"
_SUMMARY = re.compile(r"(\n## What it costs\n\n)(?:(?:- |  ).*\n)+")
_DAYS_OF_A_MONTH = 365 / 12
_WORDS = Path(__file__).with_name("costs.md.in")
_TEMPLATE = PROJECT / "template.yaml"


def main() -> None:
    """Write the page, and its first lines into the README."""
    PAGE.write_text(page(), encoding="utf-8")
    text, found = README.read_text(encoding="utf-8"), summary()
    README.write_text(_SUMMARY.sub(lambda begin: begin[1] + found, text), encoding="utf-8")


def summary() -> str:
    """The page in a few lines, which the README has too."""
    return page().split("\n\n")[1] + "\n"


def page() -> str:
    """The page, in Markdown."""
    fields = _circumstances() | _summary() | _start() | _limits() | _windows() | _standing_costs()
    fields |= cost_comparison.fields()
    return _WORDS.read_text(encoding="utf-8").format_map(fields | tables())


def _circumstances() -> dict[str, str]:
    found = measurement()
    machine, versions = found["machine"], found["versions"]
    return {
        **{name: str(found[name]) for name in ("date", "command", "rounds")},
        **{name: str(versions[name]) for name in ("python", "obspy")},
        **{name: str(machine[name]) for name in ("processor", "processors")},
        **{name: f"{machine[name]:g}" for name in ("load_before", "load_after")},
        "mb_per_vcpu": f"{found['mb_per_vcpu']:,}",
        "base": f"AWS's base image ({versions['base_image'][:19]})"
        if versions["base_image"]
        else "a stand-in for AWS's base image, with the same Python",
        "spread": f"{_spread():.0%}",
        "region": prices.REGION,
        "list_date": prices.LIST_DATE,
    }


def _summary() -> dict[str, str]:
    usual, fastest = job_cost(100.0, memory()), job_cost(200.0, memory())
    kept = prices.storage_per_month(_day(100.0)["result_bytes"])
    return {
        "memory": f"{memory():,}",
        "window_memory": f"{recommended_memory('timewindow'):,}",
        "seconds_100": f"{usual.seconds:.2f}",
        "seconds_100_exact": f"{usual.seconds:.3f}",
        "dollars_100": dollar_text(usual.dollars),
        "seconds_200": f"{fastest.seconds:.2f}",
        "dollars_200": dollar_text(fastest.dollars),
        "station_year_days": f"{STATION_YEAR_DAYS:,}",
        "dollars_station_year": dollar_text(STATION_YEAR_DAYS * usual.dollars),
        "span_station_year": span(STATION_YEAR_DAYS * usual.seconds / 10),
        "archive_days": f"{ARCHIVE_DAYS:,}",
        "dollars_archive": dollar_text(ARCHIVE_DAYS * usual.dollars),
        "span_archive": span(ARCHIVE_DAYS * usual.seconds / ACCOUNT_WORKERS),
        "days_kept_100": f"{usual.dollars / kept * _DAYS_OF_A_MONTH:.1f}",
        "queue_requests": str(costs.QUEUE_REQUESTS),
    }


def _start() -> dict[str, str]:
    peaks = {
        rate: max(cell["peak_memory_mb"] for cell in costs.fitting_cells("response", rate))
        for rate in rates()
    }
    words = [f"{peak:,} MB at {rate_name(rate)}" for rate, peak in peaks.items()]
    return {
        "most_above": f"{costs.MOST_ABOVE_CHEAPEST - 1:.0%}",
        "nearly": f"{costs.NEARLY_AS_FAST - 1:.0%}",
        "filled": f"{costs.MOST_FILLED:.0%}",
        "peaks": _listed(words),
        "init": f"{_cell(100.0)['init_seconds']:.1f}",
        "cold_100": f"{_cell(100.0)['cold_seconds']:.1f}",
        "cold_200": f"{_cell(200.0)['cold_seconds']:.1f}",
    }


def _limits() -> dict[str, str]:
    minutes = (QUEUE_WORKERS - QUEUE_FIRST) / QUEUE_PER_MINUTE
    limits = {day["sampling_rate"]: first_limit(day)[1] for day in measurement()["days"]}
    others = [f"{rate:g}" for rate, limit in limits.items() if limit != "the account"]
    return {
        "account_workers": f"{ACCOUNT_WORKERS:,}",
        "queue_workers": f"{QUEUE_WORKERS:,}",
        "queue_first": str(QUEUE_FIRST),
        "queue_per_minute": str(QUEUE_PER_MINUTE),
        "queue_minutes": f"{minutes:.1f}",
        "s3_reads": f"{S3_READS_PER_S:,}",
        "s3_writes": f"{S3_WRITES_PER_S:,}",
        "reads_100": str(reads(_day(100.0))),
        "read_workers_100": f"{read_workers(_day(100.0)):,.0f}",
        "http_api_s": str(HTTP_API_S),
        "first_limits": f"the account's but for days at {_listed(others)} Hz"
        if others
        else "the account's",
    }


def _windows() -> dict[str, str]:
    (window,) = [
        cell
        for cell in costs.fitting_cells("timewindow")
        if cell["memory_mb"] == recommended_memory("timewindow") and is_short(cell)
    ]
    size_gb = 1e6 * window["reply_bytes"] / prices.GIB
    fees = 1e6 * (prices.LAMBDA_REQUEST.dollars + prices.HTTP_API_REQUEST.dollars)
    return {
        "window_fees": dollar_text(fees),
        "window_bytes": f"{window['reply_bytes']:,}",
        "window_gb": f"{size_gb:,.0f}",
        "window_transfer": dollar_text(size_gb * prices.TRANSFER_OUT_GB.dollars),
    }


def _standing_costs() -> dict[str, str]:
    template = _TEMPLATE.read_text(encoding="utf-8")
    alarms = len(re.findall(r"^ +Type: AWS::CloudWatch::Alarm$", template, re.MULTILINE))
    image_gb = measurement()["image_bytes"] / prices.GIB
    polls = QUEUE_FIRST * _DAYS_OF_A_MONTH * 86_400 / QUEUE_WAIT_S
    return {
        "alarms": str(alarms),
        "alarm_dollars": dollar_text(alarms * prices.ALARM_MONTH.dollars),
        "image_gb": f"{image_gb:.2f}",
        "image_dollars": dollar_text(2 * image_gb * prices.ECR_GB_MONTH.dollars),
        "pollers": str(QUEUE_FIRST),
        "poll_s": str(QUEUE_WAIT_S),
        "polls": f"{polls:,.0f}",
        "poll_dollars": dollar_text(polls * prices.SQS_REQUEST.dollars),
    }


def _day(sampling_rate: float) -> dict[str, Any]:
    return next(day for day in measurement()["days"] if day["sampling_rate"] == sampling_rate)


def _cell(sampling_rate: float) -> dict[str, Any]:
    cells = costs.fitting_cells("response", sampling_rate)
    return next(cell for cell in cells if cell["memory_mb"] == memory())


def _listed(words: Sequence[str]) -> str:
    """Words as a sentence has them, such as "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _spread() -> float:
    """How far a cell's rounds lie apart, in parts of their median: the median of all cells."""
    spreads = sorted(
        (max(cell["rounds"]) - min(cell["rounds"])) / cell["billed_seconds"]
        for cell in costs.fitting_cells("response")
    )
    return float(spreads[len(spreads) // 2])


if __name__ == "__main__":
    main()
