"""What becomes of a time window: samples or an error, as JSON."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from obspy import Trace

from shared.codes import ChannelId
from shared.errors import ServiceError
from shared.removal_parameters import RemovalParameters
from shared.times import format_time
from shared.window_request import MOTION_PARAMETERS, Window
from shared.window_samples import find_gaps

if TYPE_CHECKING:
    from shared.removal import Outcome


@dataclass(frozen=True)
class Answer:
    """What became of a window: a trace, or an error.

    Attributes:
        window: as asked for.
        trace: the samples, as counts or as ground motion; missing ones between its ends are masked.
        error: why there is no trace.
        warnings: what was odd, in words.
        outcome: how the response was removed; None of counts.
        parameters: how it was to be removed; None of counts.
    """

    window: Window
    trace: Trace | None = None
    error: ServiceError | None = None
    warnings: tuple[str, ...] = ()
    outcome: "Outcome | None" = None
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
        if self.outcome is None or self.parameters is None:
            return {}
        asked = self.parameters.as_dict()
        return {
            "units": self.outcome.units,
            "pre_filt": self.outcome.pre_filt,
            "method": self.outcome.method,
            "parameters": {name: asked[name] for name in MOTION_PARAMETERS},
        }


def _codes(channel: ChannelId) -> dict[str, str]:
    return {
        "network": channel.network,
        "station": channel.station,
        "channel": channel.channel,
        "location": channel.location,
    }
