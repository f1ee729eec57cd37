"""What becomes of a time window: samples or an error, as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from obspy import Trace

from shared.archive.channel_id import ChannelId
from shared.archive.time import format_time
from shared.errors import ServiceError
from shared.response.parameters import WINDOW_NAMES, RemovalParameters
from shared.windows.merge import find_gaps
from shared.windows.request import Window

if TYPE_CHECKING:
    from shared.response.removal import RemovalReport


@dataclass(frozen=True)
class WindowResult:
    """What became of a window: a trace, or an error.

    Attributes:
        window: as asked for.
        trace: the samples, as counts or as ground motion; missing ones between its ends are masked.
        error: why there is no trace.
        warnings: what was odd, in words.
        report: how the response was removed; None of counts.
        parameters: how it was to be removed; None of counts.
    """

    window: Window
    trace: Trace | None = None
    error: ServiceError | None = None
    warnings: tuple[str, ...] = ()
    report: "RemovalReport | None" = None
    parameters: RemovalParameters | None = None

    @property
    def samples(self) -> int:
        """How many samples the answer has, missing ones included."""
        return self.trace.stats.npts if self.trace else 0

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON; `data` is a NumPy array, masked where samples are missing."""
        if self.trace is None:
            return {
                **_codes(self.window.channel),
                "starttime": format_time(self.window.starttime),
                "endtime": format_time(self.window.endtime),
                "error": self.error.as_dict() if self.error else None,
            }
        stats = self.trace.stats
        return {
            **_codes(self.window.channel),
            "delta": stats.delta,
            "sampling_rate": stats.sampling_rate,
            "starttime": format_time(stats.starttime),
            "endtime": format_time(stats.endtime),
            **self._motion(),
            "gaps": find_gaps(self.trace, self.window),
            **({"warnings": list(self.warnings)} if self.warnings else {}),
            "data": self.trace.data,
        }

    def _motion(self) -> dict[str, Any]:
        """What is to be known of ground motion, as JSON; nothing of counts."""
        if self.report is None or self.parameters is None:
            return {}
        asked = self.parameters.as_dict()
        return {
            "units": self.report.units,
            "pre_filt": self.report.pre_filt,
            "method": self.report.method,
            "parameters": {name: asked[name] for name in WINDOW_NAMES},
        }


def _codes(channel: ChannelId) -> dict[str, str]:
    return {
        "network": channel.network,
        "station": channel.station,
        "channel": channel.channel,
        "location": channel.location,
    }


def failed_windows(results: Sequence[WindowResult]) -> list[dict[str, Any]]:
    """The windows that have no samples, as JSON: what was asked for, why not, and their place.

    `window` is the place in the request, from 0.
    """
    return [
        {"window": index, **result.as_dict()}
        for index, result in enumerate(results)
        if result.trace is None
    ]
