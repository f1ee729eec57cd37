"""Measure on real days how large the margins around a time window of ground motion must be.

The reference is the whole day, or several days as one, corrected by the same functions. An error is
the rms of the difference within a window, relative to the rms of the reference there. Besides two
real channels, other instruments "record" the same motion. Prints tables in Markdown, from which
`shared.response.margins.MARGIN_PERIODS` was chosen.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from obspy import Stream, Trace

from benchmarks.markdown import figure, table
from benchmarks.real_data import Channel, read_channel, read_metadata
from benchmarks.windows.derived_channels import derive
from shared.archive.channel_id import ChannelId
from shared.errors import ServiceError
from shared.response.arrays import FloatArray
from shared.response.margins import MARGIN_PERIODS
from shared.response.parameters import RemovalParameters
from shared.waveforms.segments import join
from shared.windows.ground_motion import ground_motion, plan_removal
from shared.windows.request import Window

LENGTHS_S = 33.0, 300.0
MARGINS = 0.0, 0.1, 0.4, 0.8, 1.2, 1.6, 2.4, 3.2  # before and after the window, in periods of f1
MAX_ERROR = 0.01  # of a sufficient margin, at the worst place

DERIVED = "CI.WBM.BHN.", "CI.WBM.HHN.", "CI.WBM.HNN.", "CI.WBM.LNZ.", "CI.WBM.VHZ."
"""Instruments that record the motion of the real channels: seismometers and accelerometers."""

_PLACES = 20
_FIRST, _LAST = 0.1, 0.9  # of the day: its ends are tapered, so they are no reference

Errors = Mapping[float, Sequence[Sequence[float]]]
"""For each margin in periods of f1: for each of `LENGTHS_S`, one error for each place."""


class Places:
    """Places of windows in a channel's day, the middle one of several.

    Args:
        channel: days in a row.
        number: the number of places.

    Attributes:
        removal: the plan for removing the windows' response.
        corners: the corners of `pre_filt` "auto", in Hz.
        period: the period of f1, in s.
    """

    def __init__(self, channel: Channel, number: int = _PLACES) -> None:
        self._channel = channel
        self._counts = Stream([day.copy() for day in channel.days])
        join(self._counts)
        day = channel.days[len(channel.days) // 2].stats
        seconds = np.linspace(_FIRST, _LAST, number) * day.npts * day.delta
        self._starts = [day.starttime + float(second) for second in seconds]
        window, auto = next(self._windows(LENGTHS_S[0])), RemovalParameters(pre_filt="auto")
        self.removal = plan_removal(window, day.sampling_rate, channel.inventory, auto)
        corners = self.removal.parameters.pre_filt
        assert isinstance(corners, tuple)
        self.corners, self.period = corners, 1 / corners[0]
        (self._truth,) = channel.remove_response(self._counts, self.removal.parameters)

    def errors(self, length: float, margin: float) -> list[float]:
        """Return the error at each place of a window of `length` s with `margin` periods of f1."""
        removal = replace(self.removal, margin_s=margin * self.period)
        errors = []
        for window in self._windows(length):
            (trace,), _ = ground_motion(window, self._counts, removal)
            truth = self._true(trace)
            errors.append(_rms(trace.data - truth) / _rms(truth))
        return errors

    def amplitudes_alone(self, length: float) -> list[float]:
        """Return at each place the rms of `length` s corrected alone by ObsPy, per true rms."""
        amplitudes = []
        for window in self._windows(length):
            alone = self._counts.slice(window.starttime, window.endtime).copy()
            alone.remove_response(self._channel.inventory, pre_filt=self.corners)
            amplitudes.append(_rms(alone[0].data) / _rms(self._true(alone[0])))
        return amplitudes

    def _windows(self, length: float) -> Iterator[Window]:
        channel = ChannelId.parse(self._channel.name)
        return (Window(channel, start, start + length) for start in self._starts)

    def _true(self, trace: Trace) -> FloatArray:
        stats = self._truth.stats
        first = round((trace.stats.starttime - stats.starttime) * stats.sampling_rate)
        data: FloatArray = self._truth.data[first : first + trace.stats.npts]
        return data


def main() -> None:
    """Measure, and print the tables."""
    try:
        broadband = read_channel("CI.HEC.BHN.", "2022,002")
        long_period = read_channel("CI.WBM.LHZ.", "2022,001", "2022,002", "2022,003")
    except (ServiceError, OSError) as error:
        sys.exit(f"the real days cannot be read: {error}")
    sources = {"B": broadband, "H": broadband, "L": long_period, "V": long_period}
    ours: list[Sequence[float]] = []
    for channel in (broadband, long_period):
        ours += _print_channel(channel, MARGINS)
    for name in DERIVED:
        source = sources[name.split(".")[2][0]]
        ours += _print_channel(derive(source, name, read_metadata(name)), (MARGIN_PERIODS,))
    errors = np.concatenate(ours)
    _write(
        f"{MARGIN_PERIODS:g} periods, {len(DERIVED) + 2} channels, {errors.size} windows: the"
        f" median error is {np.median(errors):.2%}, 95% are below {np.quantile(errors, 0.95):.2%},"
        f" the worst is {errors.max():.2%}."
    )


def smallest_sufficient(errors: Errors) -> float:
    """Return the smallest sufficient margin, in periods of f1.

    All larger margins must be sufficient too. Infinite if the largest is not.
    """
    smallest = float("inf")
    for margin in sorted(errors, reverse=True):
        if np.max(errors[margin]) >= MAX_ERROR:
            break
        smallest = margin
    return smallest


def error_table(errors: Errors, period: float) -> str:
    """Return the median and the worst error over all places, in Markdown.

    Args:
        errors: for each margin.
        period: the period of f1, in s.
    """
    head = [f"{length:g} s: {word}" for length in LENGTHS_S for word in ("median", "worst")]
    rows = []
    for margin, by_length in errors.items():
        figures = [figure(float(of(places))) for places in by_length for of in (np.median, np.max)]
        rows.append([f"{margin:g}", f"{margin * period:.0f} s", *figures])
    return table(["periods of f1", "margin", *head], rows)


def _print_channel(channel: Channel, margins: Sequence[float]) -> Sequence[Sequence[float]]:
    """Print the errors of a channel, and return those of our own margin."""
    places, errors = Places(channel), {}
    for margin in margins:
        sys.stderr.write(f"windows of {channel.name} with {margin:g} periods of f1 ...\n")
        errors[margin] = [places.errors(length, margin) for length in LENGTHS_S]
    alone = places.amplitudes_alone(LENGTHS_S[0])
    _write(f"{channel.name}, pre_filt {list(places.corners)}, errors at {len(alone)} places:\n")
    _write(error_table(errors, places.period))
    if len(margins) > 1:
        smallest = smallest_sufficient(errors)
        _write(f"The worst error is below {MAX_ERROR:.0%} from {smallest:g} periods of f1 upwards.")
    low, high = figure(min(alone)), figure(max(alone))
    _write(f"{LENGTHS_S[0]:g} s alone, by ObsPy: the rms is {low} to {high} times the true rms.\n")
    return errors[MARGIN_PERIODS]


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


if __name__ == "__main__":
    main()
