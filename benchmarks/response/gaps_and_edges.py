"""Measure on real days how much `gaps: "bridge"` and `edges: "neighbours"` reduce errors.

Prints tables in Markdown. Errors are relative to the rms of the undisturbed days: 1 is as large as
the ground motion itself. `--picture` also draws a picture.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.markdown import figure, table
from benchmarks.real_data import Channel, read_channel
from benchmarks.response.disturbed_days import (
    BRIDGE,
    EDGE_BANDS,
    GAP_BANDS,
    METHODS,
    Band,
    Undisturbed,
    edge_errors,
    needed_margin,
    seam_errors,
)
from benchmarks.response.offset_gaps import CODA, Situation, offset_table
from benchmarks.response.parameters_picture import draw
from shared.errors import ServiceError
from shared.response.parameters import PreFilt

GAP_LENGTHS_S = 1.0, 7.0, 60.0, 600.0, 3600.0, 10_800.0

MARGINS_S = 0.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0

_PRE_FILTS: tuple[PreFilt, ...] = ("auto", None)
_NO_WORSE = 1.05  # times the error: as much as it varies with the gaps' places
_SEAM_S = 10.0  # on both sides of midnight

_Errors = dict[tuple[float, str], list[float]]
"""For each gap length in s and method, one error for each band of each channel."""


def main() -> None:
    """Measure, print the tables, and draw the picture on request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path, help="PNG file to draw")
    picture = parser.parse_args().picture
    try:
        broadband = read_channel("CI.HEC.BHN.", "2022,002")
        long_period = read_channel("CI.WBM.LHZ.", "2022,001", "2022,002", "2022,003")
    except (ServiceError, OSError) as error:
        sys.exit(f"the real days cannot be read: {error}")
    for channel in (broadband, long_period):
        _write(f"{channel.name} at {channel.sampling_rate:g} Hz, days: {len(channel.days)}")
    _write("")
    _print_gaps([broadband, long_period])
    _print_offsets([broadband, long_period])
    _print_edges(long_period)
    _print_seam(long_period)
    if picture:
        _log(f"drawing {picture}")
        draw(broadband, long_period, picture)


def measure_gaps(
    channels: Sequence[Channel], pre_filt: PreFilt, lengths: Sequence[float]
) -> _Errors:
    """Return the errors around gaps for all methods.

    Args:
        channels: the days that gaps are cut into.
        pre_filt: as in a request.
        lengths: of the gaps, in s.
    """
    errors: _Errors = {(length, method): [] for length in lengths for method in METHODS}
    for channel in channels:
        days = Undisturbed(channel, pre_filt)
        for length, method in errors:
            _log(f"gaps of {length:g} s in {channel.name}, pre_filt {pre_filt}: {method}")
            errors[length, method] += days.gap_errors(length, method)
    return errors


def longest_bridged(errors: _Errors, worse: float = 1.0) -> float:
    """Return the longest gap, in s, up to which bridging is the best method; 0: it never is.

    Args:
        errors: from `measure_gaps`; the methods are compared by their geometric means.
        worse: the factor by which the error of bridging may exceed that of the best other method.
    """
    longest = 0.0
    for length in sorted({length for length, _ in errors}):
        others = [overall(errors[length, method]) for method in METHODS if method != BRIDGE]
        if overall(errors[length, BRIDGE]) > worse * min(others):
            break
        longest = length
    return longest


def overall(errors: Sequence[float]) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.mean(np.log(errors))))


def gap_table(errors: _Errors, channels: Sequence[Channel]) -> str:
    """Return all errors from `measure_gaps`, in Markdown."""
    stations = [channel.name.split(".")[1] for channel in channels]
    bands = [f"{station} {_name(band)}" for station in stations for band in GAP_BANDS]
    rows = [
        [_duration(length), method, *map(figure, values), figure(overall(values))]
        for (length, method), values in errors.items()
    ]
    return table(["gap", "method", *bands, "overall"], rows)


def _print_gaps(channels: Sequence[Channel]) -> None:
    measured = [measure_gaps(channels, pre_filt, GAP_LENGTHS_S) for pre_filt in _PRE_FILTS]
    for pre_filt, errors in zip(_PRE_FILTS, measured, strict=True):
        _write(f"Error around gaps by distance from the gap, pre_filt {_json(pre_filt)}:")
        _write(gap_table(errors, channels))
    _write("Overall, the geometric mean of these:")
    head = [f"{_json(pre_filt)}: {method}" for pre_filt in _PRE_FILTS for method in METHODS]
    rows = [
        [
            _duration(length),
            *(figure(overall(errors[length, method])) for errors in measured for method in METHODS),
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
        f"Both together: bridging is better up to {_duration(longest_bridged(both))}, the upper"
        f" limit for MAX_BRIDGED_S. The longest measured gaps were"
        f" {_duration(GAP_LENGTHS_S[-1])}.\n"
    )


def _print_offsets(channels: Sequence[Channel]) -> None:
    for pre_filt, coda in product(_PRE_FILTS, (0.0, CODA)):
        state = "in a coda" if coda else "on quiet days"
        _log(f"offsets across gaps {state}, pre_filt {pre_filt}")
        _write(f"Offsets across gaps {state}, pre_filt {_json(pre_filt)}:")
        _write(offset_table([Situation(channel, pre_filt, coda) for channel in channels]))


def _print_edges(channel: Channel) -> None:
    _log(f"ends of a day of {channel.name}")
    rows = [[_margin(margin), *map(figure, edge_errors(channel, margin))] for margin in MARGINS_S]
    _write(f'{channel.name}, ends of a day by distance from midnight, pre_filt "auto":')
    _write(table(["of each adjacent day", *map(_name, EDGE_BANDS)], rows))


def _print_seam(channel: Channel) -> None:
    _log(f"midnights of {channel.name}")
    rows = [
        [_margin(margin), *map(figure, seam_errors(channel, margin, _SEAM_S))]
        for margin in (0.0, needed_margin(channel))
    ]
    _write(f'{channel.name}, days corrected one by one and joined, pre_filt "auto":')
    head = ["of each adjacent day", f"{_SEAM_S:g} s around midnight", "step at midnight"]
    _write(table(head, rows))


def _name(band: Band) -> str:
    near, far = band
    return f"{near / 60:g}-{far / 60:g} min" if near >= 60 else f"{near:g}-{far:g} s"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:g} s"
    return f"{seconds / 60:.3g} min" if seconds < 3600 else f"{seconds / 3600:g} h"


def _margin(seconds: float) -> str:
    return _duration(seconds) if seconds else "none (taper)"


def _json(pre_filt: PreFilt) -> str:
    return f'"{pre_filt}"' if pre_filt else "null"


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _log(text: str) -> None:
    sys.stderr.write(f"{text} ...\n")


if __name__ == "__main__":
    main()
