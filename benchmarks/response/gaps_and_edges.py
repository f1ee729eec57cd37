"""What `gaps: "bridge"` and `edges: "neighbours"` are worth, measured on real days.

Prints tables in Markdown. All errors are relative to the rms of the undisturbed days, 1 is as large
as the ground motion itself. With `--picture`, the picture of it is drawn too.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.real_data import Channel, read_channel
from benchmarks.response.disturbed_days import (
    BRIDGE,
    EDGE_BANDS,
    GAP_BANDS,
    WAYS,
    Band,
    Undisturbed,
    edge_errors,
    seam_errors,
)
from benchmarks.response.parameters_picture import draw
from shared.corrected_days.adjacent_days import MARGIN_S
from shared.errors import ServiceError
from shared.response.parameters import PreFilt

GAP_LENGTHS_S = 1.0, 7.0, 60.0, 600.0, 3600.0, 10_800.0

MARGINS_S = 0.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0

_PRE_FILTS: tuple[PreFilt, ...] = ("auto", None)
_NO_WORSE = 1.05  # times the error: other places for the gaps change it by as much
_SEAM_S = 10.0  # to both sides of midnight

_Errors = dict[tuple[float, str], list[float]]
"""For each gap's length in s and each way, one error for each band of each channel."""


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path, help="the PNG file to draw")
    picture = parser.parse_args().picture
    try:
        broadband = read_channel("CI.HEC.BHN.", "2022,002")
        long_period = read_channel("CI.WBM.LHZ.", "2022,001", "2022,002", "2022,003")
    except (ServiceError, OSError) as error:
        sys.exit(f"the real days are not at hand: {error}")
    for channel in (broadband, long_period):
        _write(f"{channel.name} at {channel.sampling_rate:g} Hz, days: {len(channel.days)}")
    _write("")
    _print_gaps([broadband, long_period])
    _print_edges(long_period)
    _print_seam(long_period)
    if picture:
        _tell(f"drawing {picture}")
        draw(broadband, long_period, picture)


def measure_gaps(
    channels: Sequence[Channel], pre_filt: PreFilt, lengths: Sequence[float]
) -> _Errors:
    """The errors around gaps, for all ways.

    Args:
        channels: the days that gaps are cut into.
        pre_filt: as a request has it.
        lengths: of the gaps, in s.
    """
    found: _Errors = {(length, way): [] for length in lengths for way in WAYS}
    for channel in channels:
        days = Undisturbed(channel, pre_filt)
        for length, way in found:
            _tell(f"gaps of {length:g} s in {channel.name}, pre_filt {pre_filt}: {way}")
            found[length, way] += days.gap_errors(length, way)
    return found


def longest_bridged(errors: _Errors, worse: float = 1.0) -> float:
    """The longest gap, in s, up to which bridging is better than all else; 0 if it never is.

    Args:
        errors: as `measure_gaps` gives them; their geometric mean is what counts.
        worse: how many times the error it may have.
    """
    longest = 0.0
    for length in sorted({length for length, _ in errors}):
        others = [overall(errors[length, way]) for way in WAYS if way != BRIDGE]
        if overall(errors[length, BRIDGE]) > worse * min(others):
            break
        longest = length
    return longest


def overall(errors: Sequence[float]) -> float:
    """The geometric mean."""
    return float(np.exp(np.mean(np.log(errors))))


def gap_table(errors: _Errors, channels: Sequence[Channel]) -> str:
    """What `measure_gaps` found, in full."""
    stations = [channel.name.split(".")[1] for channel in channels]
    bands = [f"{station} {_name(band)}" for station in stations for band in GAP_BANDS]
    rows = [
        [_duration(length), way, *map(figure, found), figure(overall(found))]
        for (length, way), found in errors.items()
    ]
    return table(["gap", "way", *bands, "overall"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def figure(value: float) -> str:
    """A number with two digits, such as 0.0012 or 2.3e-06."""
    return f"{value:#.2g}".rstrip(".")


def _print_gaps(channels: Sequence[Channel]) -> None:
    measured = [measure_gaps(channels, pre_filt, GAP_LENGTHS_S) for pre_filt in _PRE_FILTS]
    for pre_filt, errors in zip(_PRE_FILTS, measured, strict=True):
        _write(f"Error around gaps by distance from the gap, pre_filt {_json(pre_filt)}:")
        _write(gap_table(errors, channels))
    _write("Overall, the geometric mean of these:")
    head = [f"{_json(pre_filt)}: {way}" for pre_filt in _PRE_FILTS for way in WAYS]
    rows = [
        [
            _duration(length),
            *(figure(overall(errors[length, way])) for errors in measured for way in WAYS),
        ]
        for length in GAP_LENGTHS_S
    ]
    _write(table(["gap", *head], rows))
    for pre_filt, errors in zip(_PRE_FILTS, measured, strict=True):
        better, no_worse = longest_bridged(errors), longest_bridged(errors, _NO_WORSE)
        _write(
            f"pre_filt {_json(pre_filt)}: bridging is better than both splits up to"
            f" {_duration(better)}, and no more than {_NO_WORSE - 1:.0%} worse up to"
            f" {_duration(no_worse)}."
        )
    both = {key: [x for errors in measured for x in errors[key]] for key in measured[0]}
    _write(
        f"Both together: better up to {_duration(longest_bridged(both))}, which is how far"
        f" MAX_BRIDGED_S may go; the longest gaps here were {_duration(GAP_LENGTHS_S[-1])}.\n"
    )


def _print_edges(channel: Channel) -> None:
    _tell(f"ends of a day of {channel.name}")
    rows = [[_margin(margin), *map(figure, edge_errors(channel, margin))] for margin in MARGINS_S]
    _write(f'{channel.name}, ends of a day by distance from midnight, pre_filt "auto":')
    _write(table(["of each neighbour", *map(_name, EDGE_BANDS)], rows))


def _print_seam(channel: Channel) -> None:
    _tell(f"midnights of {channel.name}")
    rows = [
        [_margin(margin), *map(figure, seam_errors(channel, margin, _SEAM_S))]
        for margin in (0.0, MARGIN_S)
    ]
    _write(f'{channel.name}, days corrected one by one and joined, pre_filt "auto":')
    head = ["of each neighbour", f"{_SEAM_S:g} s around midnight", "step at midnight"]
    _write(table(head, rows))


def _name(band: Band) -> str:
    near, far = band
    return f"{near / 60:g}-{far / 60:g} min" if near >= 60 else f"{near:g}-{far:g} s"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:g} s"
    return f"{seconds / 60:g} min" if seconds < 3600 else f"{seconds / 3600:g} h"


def _margin(seconds: float) -> str:
    return _duration(seconds) if seconds else "none (taper)"


def _json(pre_filt: PreFilt) -> str:
    return f'"{pre_filt}"' if pre_filt else "null"


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _tell(text: str) -> None:
    sys.stderr.write(f"{text} ...\n")


if __name__ == "__main__":
    main()
