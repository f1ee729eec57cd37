"""Treatments of gaps: bridged, an offset removed, or split."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from obspy import Trace

Done = Literal["bridged", "offset removed", "split"]
"""Treatments of a gap. An offset is removed from all samples after it, and the gap is bridged."""


@dataclass(frozen=True)
class GapTreatment:
    """The treatment of a gap.

    Attributes:
        difference: level of the counts after the gap minus the level before it.
        done: the treatment.
        chosen: whether a split comes from the data, rather than from the request, the gap's length
            or a change of the response.
    """

    difference: float
    done: Done
    chosen: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the treatment as JSON."""
        return {"difference": float(f"{self.difference:.6g}"), "done": self.done}


@dataclass(frozen=True)
class Treatments:
    """The treatments of a stream's gaps.

    Attributes:
        by_trace: the treatments by the `id` of the trace that follows each gap.
    """

    by_trace: dict[int, GapTreatment] = field(default_factory=dict)

    def before(self, trace: Trace) -> GapTreatment | None:
        """Return the treatment of the gap before a trace; None if there is no gap."""
        return self.by_trace.get(id(trace))

    def split_before(self, trace: Trace) -> bool:
        """Return whether the data asked for a split at the gap before a trace."""
        treatment = self.before(trace)
        return treatment is not None and treatment.chosen

    def offsets(self, traces: Sequence[Trace]) -> list[float]:
        """Return the offsets removed up to each trace, in counts."""
        offsets = [0.0]
        for trace in traces[1:]:
            treatment = self.before(trace)
            removed = treatment is not None and treatment.done == "offset removed"
            offsets.append(offsets[-1] + (treatment.difference if treatment and removed else 0.0))
        return offsets
