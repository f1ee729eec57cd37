"""The result of a time window: samples or an error, as JSON."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from obspy import Trace, UTCDateTime

from shared.archive.time import format_time
from shared.errors import ServiceError
from shared.response.parameters import WINDOW_NAMES, RemovalParameters
from shared.stations.place import Place, find_place
from shared.waveforms.reasons import EmptySpan
from shared.windows.placement import PlacedSegment, describe_shift, window_gaps
from shared.windows.request import MalformedWindow, Window

if TYPE_CHECKING:
    from obspy import Inventory

    from shared.response.report import RemovalReport

_TREATMENT = ("bridged", "difference", "done")
"""The members of a gap that only ground motion has."""


@dataclass(frozen=True)
class WindowResult:
    """The result of a window: a trace or an error.

    Attributes:
        window: the window as requested.
        trace: counts or ground motion on the sampling grid of the first sample, masked where
            samples are missing between its ends; None if there is an error.
        error: why there is no trace; None if there is one.
        warnings: oddities of the data, in words.
        report: how the response was removed; None for counts.
        parameters: the parameters of the removal, with `pre_filt` resolved; None for counts.
        empty: the reasons for missing samples; all others are absent.
        placed: the trace's segments, each with its own times; () if the trace has them, too.
        inventory: the channel's metadata; None if there are none, or they were not read.
    """

    window: Window | MalformedWindow
    trace: Trace | None = None
    error: ServiceError | None = None
    warnings: tuple[str, ...] = ()
    report: "RemovalReport | None" = None
    parameters: RemovalParameters | None = None
    empty: tuple[EmptySpan, ...] = ()
    placed: tuple[PlacedSegment, ...] = ()
    inventory: "Inventory | None" = None

    @property
    def units(self) -> str:
        """The unit of the samples: "counts", or as the report has it, such as "m/s"."""
        return self.report.units if self.report else "counts"

    @property
    def samples(self) -> int:
        """The number of samples, missing ones included; 0 if there is an error."""
        return self.trace.stats.npts if self.trace else 0

    @property
    def segments(self) -> tuple[Trace, ...]:
        """The samples by segments, each with its own times; masked only if `placed` is ()."""
        if self.placed:
            return tuple(segment.trace for segment in self.placed)
        return (self.trace,) if self.trace else ()

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON; `data` is a NumPy array, masked where samples are missing."""
        window = self.window
        if self.trace is None or isinstance(window, MalformedWindow):
            return {**window.as_dict(), "error": self.error.as_dict() if self.error else None}
        stats = self.trace.stats
        shift = describe_shift(self.trace, self.placed)
        warnings = [*self.warnings, *([shift] if shift else [])]
        return {
            **vars(window.channel),
            "delta": stats.delta,
            "sampling_rate": stats.sampling_rate,
            "starttime": format_time(stats.starttime),
            "endtime": format_time(stats.endtime),
            **self._ground_motion(),
            "gaps": self._gaps(window, self.trace),
            **({"segments": [each.as_dict() for each in self.placed]} if shift else {}),
            **({"warnings": warnings} if warnings else {}),
            "data": self.trace.data,
        }

    def description(self) -> dict[str, Any]:
        """Return the result as JSON without its samples, for a file of the samples."""
        return {name: value for name, value in self.as_dict().items() if name != "data"}

    def place(self, time: UTCDateTime) -> Place | None:
        """Return the place of the sensor at a time; None if it is unknown."""
        return find_place(self.inventory, time) if self.inventory else None

    def _gaps(self, window: Window, trace: Trace) -> list[dict[str, Any]]:
        """Return the gaps as JSON; those of ground motion with their treatment in the removal."""
        treated = self.report.gaps if self.report else []
        starts = [gap["starttime"] for gap in treated]  # these texts sort like their times
        gaps = []
        for gap in window_gaps(trace, self.placed, window, self.empty):
            # The samples after a gap may lie off the window's grid.
            first, last = gap.starttime - trace.stats.delta, gap.endtime + trace.stats.delta
            place = bisect_right(starts, format_time(last)) - 1
            members: dict[str, Any] = {}
            if place >= 0 and treated[place]["endtime"] >= format_time(first):
                members = {n: treated[place][n] for n in _TREATMENT if n in treated[place]}
            gaps.append({**gap.as_dict(), **members})
        return gaps

    def _ground_motion(self) -> dict[str, Any]:
        """Return the members that only ground motion has, as JSON; none for counts."""
        if self.report is None or self.parameters is None:
            return {}
        parameters = self.parameters.as_dict()
        return {
            "units": self.report.units,
            "pre_filt": self.report.pre_filt,
            "method": self.report.method,
            "parameters": {name: parameters[name] for name in WINDOW_NAMES},
        }


def failed_windows(results: Sequence[WindowResult]) -> list[dict[str, Any]]:
    """Return the results without samples as JSON, with their index in the request as `window`."""
    return [
        {"window": index, **result.as_dict()}
        for index, result in enumerate(results)
        if result.trace is None
    ]
