"""The tables of docs/costs.md, and the limits that they and its words are computed with."""

from collections.abc import Callable
from typing import Any

from benchmarks.cost_comparison import ARCHIVE_DAYS, STATION_YEAR_DAYS, rate_name, span
from benchmarks.gaps_and_edges import table
from runner import costs, prices
from runner.costs import dollar_text, job_cost, measurement, recommended_memory

ACCOUNT_WORKERS = 1000
"""Functions that run at a time in an account and region, all of them together, by default:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

QUEUE_WORKERS, QUEUE_FIRST, QUEUE_PER_MINUTE = 1000, 5, 300
"""Batches of a queue that Lambda works on at a time: at most where `MaximumConcurrency` is set,
which takes no more than that; at first; and how many more with every minute:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""

QUEUE_WAIT_S = 20
"""How long each of its pollers waits for a message of a queue with long polling, as ours is."""

S3_READS_PER_S, S3_WRITES_PER_S = 5500, 3500
"""Requests that S3 answers at least, for each partitioned prefix of a bucket:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html"""

HTTP_API_S = 30
"""How long an HTTP API waits:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""

_WORKERS = (10, 100, ACCOUNT_WORKERS)


def tables() -> dict[str, str]:
    """All of them, in Markdown."""
    return {
        "table_seconds": _sizes_table(lambda cell: f"{cell['billed_seconds']:.2f}"),
        "table_gb_seconds": _sizes_table(lambda cell: f"{_gb_seconds(cell):.2f}"),
        "table_channel_days": _channel_days_table(),
        "table_totals": _totals_table(),
        "table_storage": _storage_table(),
        "table_throughput": _throughput_table(),
        "table_limits": _limits_table(),
        "table_windows": _windows_table(),
        "table_prices": _prices_table(),
    }


def memory() -> int:
    """The response function's recommended memory, in MB."""
    return recommended_memory("response")


def rates() -> list[float]:
    """The sampling rates that were measured, in Hz."""
    return [day["sampling_rate"] for day in measurement()["days"]]


def is_short(cell: dict[str, Any]) -> bool:
    """Whether a time-window function's cell is of five minutes, not of the largest request."""
    return bool(cell["request"] == "five minutes")


def _sizes_table(text: Callable[[dict[str, Any]], str]) -> str:
    """A figure of the response function by memory size and sampling rate."""
    rows: dict[int, list[str]] = {}
    for cell in measurement()["response"]:
        row = rows.setdefault(cell["memory_mb"], [_size_name(cell["memory_mb"], memory())])
        row.append("too little" if cell["out_of_memory"] else text(cell))
    return table(["MB", *map(rate_name, rates())], list(rows.values()))


def _channel_days_table() -> str:
    rows = []
    for day in measurement()["days"]:
        cost = job_cost(day["sampling_rate"], memory())
        compute = costs.gb_seconds_dollars(cost.gb_seconds)
        writing = sum(day["output_requests"].values()) * prices.S3_PUT.dollars
        parts = [compute, writing, cost.dollars - compute - writing, cost.dollars]
        name, figures = rate_name(day["sampling_rate"]), map(dollar_text, parts)
        rows.append([name, f"{cost.seconds:.2f}", f"{cost.gb_seconds:.2f}", *figures])
    parts_names = ["Lambda's time", "writing to S3", "the rest", "in all"]
    return table(["rate", "seconds", "GB-seconds", *parts_names], rows)


def _totals_table() -> str:
    numbers = (STATION_YEAR_DAYS, ARCHIVE_DAYS)
    rows = [
        [
            rate_name(rate),
            *(dollar_text(number * job_cost(rate, memory()).dollars) for number in numbers),
        ]
        for rate in rates()
    ]
    return table(["rate", *(f"{number:,} channel days" for number in numbers)], rows)


def _storage_table() -> str:
    numbers, rows = (STATION_YEAR_DAYS, ARCHIVE_DAYS), []
    for day in measurement()["days"]:
        sizes = [f"{day[name] / 1e6:,.1f} MB" for name in ("waveform_bytes", "result_bytes")]
        kept = [prices.storage_per_month(number * day["result_bytes"]) for number in numbers]
        all_tb = f"{ARCHIVE_DAYS * day['result_bytes'] / 1e12:,.0f} TB"
        rows.append([rate_name(day["sampling_rate"]), *sizes, *map(dollar_text, kept), all_tb])
    days = [f"{number:,} channel days" for number in numbers]
    return table(["rate", "day read", "day written", *days, "which are"], rows)


def _throughput_table() -> str:
    rows = []
    for day in measurement()["days"]:
        seconds = job_cost(day["sampling_rate"], memory()).seconds
        row = [rate_name(day["sampling_rate"])]
        for workers in _WORKERS:
            each = seconds / min(workers, first_limit(day)[0])
            row.append(f"{3600 / each:,.0f} / {span(ARCHIVE_DAYS * each)}")
        rows.append(row)
    return table(["rate", *(f"{workers:,}" for workers in _WORKERS)], rows)


def _limits_table() -> str:
    rows = []
    for day in measurement()["days"]:
        seconds = job_cost(day["sampling_rate"], memory()).seconds
        busy, first = first_limit(day)
        traffic = f"{busy * day['waveform_bytes'] / seconds / 1e9:.1f} GB/s"
        requests = [str(reads(day)), str(writes(day))]
        allowed = [f"{read_workers(day):,.0f}", f"{write_workers(day):,.0f}"]
        rows.append([rate_name(day["sampling_rate"]), *requests, *allowed, first, traffic])
    allowed_names = ["workers by reads", "workers by writes", "what ends first", "then read"]
    return table(["rate", "reads", "writes", *allowed_names], rows)


def _windows_table() -> str:
    cells: list[dict[str, Any]] = measurement()["timewindow"]
    rows: dict[int, list[str]] = {}
    for cell in cells:
        size = cell["memory_mb"]
        row = rows.setdefault(size, [_size_name(size, recommended_memory("timewindow"))])
        if cell["out_of_memory"]:
            row += ["too little"] * (3 if is_short(cell) else 1)
        elif is_short(cell):
            million = dollar_text(1e6 * costs.gb_seconds_dollars(_gb_seconds(cell)))
            row += [f"{cell['billed_seconds']:.3f}", f"{cell['cold_seconds']:.2f}", million]
        else:
            row.append(f"{cell['billed_seconds']:.1f}")
    heads = ["five minutes, s", "the first time, s", "a million of them"]
    others = dict.fromkeys(f"{cell['request']}, s" for cell in cells if not is_short(cell))
    return table(["MB", *heads, *others], list(rows.values()))


def _prices_table() -> str:
    rows = [
        [f"${price.dollars:.10f}".rstrip("0"), price.unit, f"[list]({price.source})"]
        for price in prices.ALL
    ]
    return table(["price", "for a", ""], rows)


def read_workers(day: dict[str, Any]) -> float:
    """How many workers may read such days, if all keys of the archive lie in one partition."""
    return S3_READS_PER_S / reads(day) * job_cost(day["sampling_rate"], memory()).seconds


def write_workers(day: dict[str, Any]) -> float:
    """How many workers may write such days, if all results lie in one partition."""
    return S3_WRITES_PER_S / writes(day) * job_cost(day["sampling_rate"], memory()).seconds


def first_limit(day: dict[str, Any]) -> tuple[float, str]:
    """How many workers may be busy with such days at most, and what ends there."""
    return min(
        (float(ACCOUNT_WORKERS), "the account"),
        (read_workers(day), "the archive's bucket"),
        (write_workers(day), "the output bucket"),
    )


def reads(day: dict[str, Any]) -> int:
    """Requests that a job makes to the archive's bucket."""
    return sum(day["archive_requests"].values())


def writes(day: dict[str, Any]) -> int:
    """Requests that a job makes to the output bucket."""
    return sum(day["output_requests"].values())


def _gb_seconds(cell: dict[str, Any]) -> float:
    gb_seconds: float = cell["billed_seconds"] * cell["memory_mb"] / 1024
    return gb_seconds


def _size_name(memory_mb: int, recommended: int) -> str:
    return f"**{memory_mb:,}**" if memory_mb == recommended else f"{memory_mb:,}"
