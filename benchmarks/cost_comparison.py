"""What docs/costs.md says of one machine instead of Lambda; and how the page writes figures."""

from itertools import pairwise
from typing import Any

from benchmarks.gaps_and_edges import table
from runner import prices
from runner.costs import dollar_text, job_cost, measurement, recommended_memory

STATION_YEAR_DAYS = 3 * 365
"""Channel days: three components."""

ARCHIVE_DAYS = 10_000_000
"""Channel days that the archive has, in round numbers."""

HOME_MBIT_S = 100
"""What a workstation is taken to download with, in Mbit/s."""

_UNITS = (
    ("seconds", 1),
    ("minutes", 60),
    ("hours", 3600),
    ("days", 86400),
    ("years", 31_557_600),
)


def fields() -> dict[str, str]:
    """The comparison's figures and tables."""
    by_obspy = measurement()["obspy"]
    usual = next(found for found in by_obspy if found["sampling_rate"] == 100.0)
    return {
        "obspy_ratio": f"{usual['seconds'] / our_seconds(100.0):.1f}",
        "obspy_peak": f"{by_obspy[-1]['peak_memory_mb']:,}",
        "ec2_type": prices.EC2_TYPE,
        "ec2_vcpus": str(prices.EC2_VCPUS),
        "ec2_memory": str(prices.EC2_MEMORY_GIB),
        "ec2_dollars": f"${prices.EC2_HOUR.dollars:.4f}",
        "home_mbit": str(HOME_MBIT_S),
        "download_100": f"{download_seconds(_waveform_bytes(100.0)):.1f}",
        "lambda_by_obspy": _shares(by_obspy),
        "table_machine": _machine_table(by_obspy),
        "table_waiting": _waiting_table(by_obspy),
    }


def our_seconds(sampling_rate: float) -> float:
    """How long the response function takes for a day on one whole processor, in s."""
    return job_cost(sampling_rate, measurement()["mb_per_vcpu"]).seconds


def machine_dollars(seconds: float) -> float:
    """What a day costs on the machine, in dollars, if one of its processors takes `seconds`."""
    return seconds / prices.EC2_VCPUS / 3600 * prices.EC2_HOUR.dollars


def download_seconds(size: int) -> float:
    """How long a workstation takes to download so many bytes."""
    return size * 8 / (HOME_MBIT_S * 1e6)


def rate_name(sampling_rate: float) -> str:
    """A sampling rate, such as "100 Hz"."""
    return f"{sampling_rate:g} Hz"


def span(seconds: float) -> str:
    """A time in the unit that suits it, such as "4.7 hours"."""
    for (name, length), (_, longer) in pairwise(_UNITS):
        if seconds < 2 * longer:
            return f"{seconds / length:,.1f} {name}"
    name, length = _UNITS[-1]
    return f"{seconds / length:,.1f} {name}"


def _waveform_bytes(sampling_rate: float) -> int:
    days = measurement()["days"]
    return int(next(d["waveform_bytes"] for d in days if d["sampling_rate"] == sampling_rate))


def _lambda_dollars(sampling_rate: float) -> float:
    return job_cost(sampling_rate, recommended_memory("response")).dollars


def _shares(by_obspy: list[dict[str, Any]]) -> str:
    """Lambda's cost in parts of ObsPy's on the machine, over the sampling rates."""
    shares = [
        _lambda_dollars(found["sampling_rate"]) / machine_dollars(found["seconds"])
        for found in by_obspy
    ]
    return " to ".join(dict.fromkeys(f"{share:.0%}" for share in (min(shares), max(shares))))


def _machine_table(by_obspy: list[dict[str, Any]]) -> str:
    rows = []
    for found in by_obspy:
        rate, theirs = found["sampling_rate"], found["seconds"]
        ours = our_seconds(rate)
        seconds = [f"{theirs:.1f}", f"{ours:.2f}", f"{theirs / ours:.1f}"]
        dollars = (machine_dollars(theirs), machine_dollars(ours), _lambda_dollars(rate))
        rows.append([rate_name(rate), *seconds, *map(dollar_text, dollars)])
    seconds_names = ["ObsPy, s", "this project, s", "ratio"]
    dollars_names = ["ObsPy on EC2", "this project on EC2", "Lambda"]
    return table(["rate", *seconds_names, *dollars_names], rows)


def _waiting_table(by_obspy: list[dict[str, Any]]) -> str:
    rows = []
    for found in by_obspy:
        computing = found["seconds"] / prices.EC2_VCPUS
        download = download_seconds(_waveform_bytes(found["sampling_rate"]))
        times = [
            span(number * seconds)
            for seconds in (computing, max(computing, download))
            for number in (STATION_YEAR_DAYS, ARCHIVE_DAYS)
        ]
        rows.append([rate_name(found["sampling_rate"]), *times])
    names = [f"{what}, {where}" for where in ("EC2", "workstation") for what in ("year", "all")]
    return table(["rate", *names], rows)
