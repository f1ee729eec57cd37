"""Report on a response removal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from obspy import Stream, UTCDateTime

from shared.archive.time import format_time
from shared.response.bridging import BridgedTrace, Segment
from shared.response.parameters import Corners
from shared.response.polynomials import is_polynomial
from shared.response.treatments import Treatments
from shared.response.units import result_units
from shared.waveforms.gaps import gaps_between
from shared.waveforms.reasons import EmptySpan, Reasons
from shared.wording import first_few


@dataclass(frozen=True)
class RemovalReport:
    """Report on a response removal.

    Attributes:
        units: unit of the result, such as "m/s", or "m/s, Pa" where segments differ.
        method: the method used: "fast", "fast with evalresp" where only evalresp evaluates the
            response, or "obspy"; "fast, obspy" where segments differ.
        pre_filt: the corners used, in Hz; None is no filter. If segments differ, a warning lists
            the other corners.
        gaps: gaps between the first and the last sample, as JSON: the times of the first and the
            last missing sample, their number, the reason, whether the gap was bridged, the
            difference of the levels on its sides in counts, and the treatment. A gap with several
            reasons is listed in parts.
        tapered: tapered time spans, as JSON: the times of the first and the last sample.
        warnings: warnings in words.
    """

    units: str
    method: str
    pre_filt: Corners = None
    gaps: list[dict[str, Any]] = field(default_factory=list)
    tapered: list[dict[str, str]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


def describe_gaps(
    stream: Stream,
    traces: Sequence[BridgedTrace],
    treatments: Treatments,
    empty: Sequence[EmptySpan] = (),
) -> list[dict[str, Any]]:
    """Return the gaps of a stream, as `RemovalReport.gaps` has them.

    Args:
        stream: the segments, in order.
        traces: the bridged traces of these segments.
        treatments: of the gaps.
        empty: the reasons for missing samples, as `Reasons` takes them.
    """
    bridged = {id(segment.trace): trace for trace in traces for segment in trace.segments}
    reasons = Reasons(empty)
    gaps = []
    for before, after, gap in gaps_between(stream):
        treatment = treatments.before(after)
        members = {
            "bridged": bridged[id(before)] is bridged[id(after)],
            **(treatment.as_dict() if treatment else {}),
        }
        gaps += [{**part.as_dict(), **members} for part in reasons.explain(gap, before.stats.delta)]
    return gaps


def describe_treatments(segments: Sequence[Segment], treatments: Treatments) -> list[str]:
    """Return warnings about the gaps at which the counts decided for more than a bridge.

    Args:
        segments: of the stream and its margins, in order.
        treatments: of the gaps between them.
    """
    removed, split = [], []
    for segment in segments:
        treatment = treatments.before(segment.trace)
        time = format_time(segment.trace.stats.starttime)
        if treatment and treatment.done == "offset removed":
            removed.append(f"{treatment.difference:,.0f} counts at {time}")
        elif treatment and treatment.chosen:
            split.append(f"{treatment.difference:,.0f} counts at {time}")
    warnings = []
    if removed:
        warnings.append(f"removed offsets that begin after gaps: {first_few(removed)}")
    if split:
        warnings.append(
            f"split at gaps, as a bridge might be worse; differences across them:"
            f" {first_few(split)}"
        )
    return warnings


def describe_units(traces: Sequence[BridgedTrace], output: str) -> tuple[str, list[str]]:
    """Return the unit of a result, as `RemovalReport.units` has it, and a warning if it changes.

    With "DEF", each segment has the input unit of its own response.

    Args:
        traces: the bridged traces, in order.
        output: "DISP", "VEL", "ACC" or "DEF".
    """
    begins: dict[str, tuple[str, str]] = {}
    for trace in traces:
        units = result_units(trace.response, output)
        first = next(segment.trace for segment in trace.segments if segment.wanted)
        begins.setdefault(units.upper(), (units, format_time(first.stats.starttime)))
    names = ", ".join(units for units, _ in begins.values())
    if len(begins) < 2:
        return names, []
    changes = ", ".join(f"{units or 'unnamed'} from {time}" for units, time in begins.values())
    return names, [f"{traces[0].segments[0].trace.id}: the unit changes: {changes}"]


def describe_tapers(trace: BridgedTrace, taper_fraction: float) -> list[dict[str, str]]:
    """Return the tapered time spans of a bridged trace, as `RemovalReport.tapered` has them."""
    if is_polynomial(trace.response):
        return []
    start, end = trace.taper_lengths(taper_fraction)
    first, last = trace.segments[0].trace.stats, trace.segments[-1].trace.stats
    spans = [
        (first.starttime, first.starttime + (start - 1) * first.delta),
        (last.endtime - (end - 1) * last.delta, last.endtime),
    ]
    return [_span(*span) for span, length in zip(spans, (start, end), strict=True) if length]


def _span(start: UTCDateTime, end: UTCDateTime) -> dict[str, str]:
    return {"starttime": format_time(start), "endtime": format_time(end)}
