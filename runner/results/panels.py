"""The panels of a picture of time windows: samples, time spans, gaps and scales.

Scales follow from the comparisons that people make with their eyes:

- Components of one sensor are compared, so they have one scale: a wave that is three times as large
  on one of them looks three times as large. For ground motion, this holds for all channels of a
  station with the same unit. Counts have one scale for each sensor and gain: network, station,
  location, band and instrument.
- Stations have scales of their own: amplitudes fall off by orders of magnitude with distance, and
  on one scale, far stations would be flat lines.
- A signal below a twentieth of its station's scale would be a flat line as well, for example a
  small event beside a large one. It is enlarged to a scale of its own, and the panel says how much.
- Ground motion has zero in the middle. Counts have an offset without meaning, so their mean is in
  the middle, and the scale's width is compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

import numpy as np
import numpy.typing as npt

ENLARGED_BELOW = 1 / 20
"""Signals below this fraction of their station's scale are enlarged."""

MAX_COLUMNS = 4000
"""Columns of an envelope, more than the axis has pixels; shorter windows are drawn as they are."""

_GAP_COLUMNS = 1000  # the pixels of an axis: gaps that are closer look like one

_COUNTS = "counts"
_ROOM = 1.08  # of the scale, above and below the largest sample
_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"))
_SECONDS_PER_DAY = 86_400

Days = tuple[float, float]
"""The ends of a time span in days since 1970, as matplotlib represents times."""


@dataclass(frozen=True)
class Scale:
    """The scale of a panel.

    Attributes:
        centre: value in the middle of the panel, in the unit of the samples.
        half: from the middle to the top.
        enlarged: how many times larger than on the station's scale; 1 is that scale.
    """

    centre: float
    half: float
    enlarged: float = 1.0

    @property
    def factor(self) -> tuple[float, str]:
        """The factor of the largest SI prefix that makes the half at least 1, and the prefix."""
        return next((each for each in _PREFIXES if self.half >= each[0]), _PREFIXES[-1])


@dataclass(frozen=True)
class Panel:
    """A window as it is drawn.

    Attributes:
        window: of the reply.
        span: the ends of its samples and of the gaps at them; None if its times are malformed.
        samples: float64, NaN where a sample is missing; empty for a window with an error.
        scale: None for a window with an error.
    """

    window: Mapping[str, Any]
    span: Days | None
    samples: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    scale: Scale | None = None

    @property
    def name(self) -> str:
        """The SEED id of the channel."""
        codes = ("network", "station", "location", "channel")
        return ".".join(str(self.window[code]) for code in codes)

    @property
    def units(self) -> str:
        """The unit of the samples."""
        return str(self.window.get("units", _COUNTS))

    @property
    def gap_spans(self) -> list[Days]:
        """The gaps from the sample before to the one after each; those too close to see as one."""
        step = float(self.window["delta"]) / _SECONDS_PER_DAY
        merged: list[Days] = []
        least = (self.span[1] - self.span[0]) / _GAP_COLUMNS if self.span else 0.0
        for gap in self.window.get("gaps", []):
            first, last = day_number(gap["starttime"]) - step, day_number(gap["endtime"]) + step
            if merged and first - merged[-1][1] <= least:
                merged[-1] = merged[-1][0], max(last, merged[-1][1])
            else:
                merged.append((first, last))
        return merged

    def curve(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return times in days and samples; of a long window the extremes of each column."""
        step: float = self.window["delta"] / _SECONDS_PER_DAY
        begins = np.arange(0, self.samples.size, -(-self.samples.size // MAX_COLUMNS))
        first = day_number(self.window["starttime"])
        times = first + np.arange(self.samples.size, dtype=np.float64) * step
        if begins.size == self.samples.size:
            return times, self.samples
        extremes = [reduce.reduceat(self.samples, begins) for reduce in (np.fmin, np.fmax)]
        return np.repeat(times[begins], 2), np.column_stack(extremes).ravel()

    @property
    def group(self) -> tuple[str, ...]:
        """The key of the panels that have one scale."""
        station = str(self.window["network"]), str(self.window["station"])
        if self.units != _COUNTS:
            return *station, self.units
        return *station, str(self.window["location"]), str(self.window["channel"])[:2]


def make_panels(windows: Sequence[Mapping[str, Any]]) -> list[Panel]:
    """Return the panels of windows, each with its scale.

    Args:
        windows: as in the function's reply, parsed from JSON.
    """
    panels = [_panel(window) for window in windows]
    largest: dict[tuple[str, ...], float] = {}
    for panel in panels:
        if panel.scale:
            largest[panel.group] = max(panel.scale.half, largest.get(panel.group, 0.0))
    return [
        replace(panel, scale=_compared(panel.scale, largest[panel.group])) if panel.scale else panel
        for panel in panels
    ]


def common_span(panels: Sequence[Panel]) -> Days | None:
    """Return the time span of all panels, if they overlap so far that one time axis fits them."""
    spans = [panel.span for panel in panels if panel.span]
    if len(spans) < len(panels):
        return None
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    shortest = min(end - start for start, end in spans)
    overlap = min(end for _, end in spans) - max(start for start, _ in spans)
    return (first, last) if overlap > 0 and last - first <= 2 * shortest else None


def parse_time(text: str) -> datetime:
    """Parse a time of a reply, such as "2024-01-01T00:00:00.019500Z"."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def day_number(text: str) -> float:
    """Return a time of a reply in days since 1970."""
    return parse_time(text).timestamp() / _SECONDS_PER_DAY


def _panel(window: Mapping[str, Any]) -> Panel:
    if "error" in window:
        return Panel(window, _span_of_failed(window))
    # A missing sample is null, and breaks the line.
    samples = np.array(window["data"], dtype=np.float64)
    times = list(_times(window))
    return Panel(window, (min(times), max(times)), samples, _own_scale(window, samples))


def _times(window: Mapping[str, Any]) -> Iterator[float]:
    for each in (window, *window.get("gaps", [])):
        yield day_number(each["starttime"])
        yield day_number(each["endtime"])


def _span_of_failed(window: Mapping[str, Any]) -> Days | None:
    """Return the span of a window without samples; the times of a malformed one may be any text."""
    try:
        return day_number(window["starttime"]), day_number(window["endtime"])
    except ValueError:
        return None


def _own_scale(window: Mapping[str, Any], samples: npt.NDArray[np.float64]) -> Scale:
    present = samples[np.isfinite(samples)]
    if not present.size:
        return Scale(0.0, 0.0)
    centre = float(present.mean()) if window.get("units", _COUNTS) == _COUNTS else 0.0
    return Scale(centre, float(np.abs(present - centre).max()))


def _compared(own: Scale, largest: float) -> Scale:
    """Return a panel's scale beside the largest of its group."""
    if not largest:
        return replace(own, half=1.0)
    if 0 < own.half < largest * ENLARGED_BELOW:
        return replace(own, half=own.half * _ROOM, enlarged=largest / own.half)
    return replace(own, half=largest * _ROOM)
