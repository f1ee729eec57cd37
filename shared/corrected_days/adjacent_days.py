"""Samples of the adjacent days, just before and just after a day, which its ends then join."""

from dataclasses import dataclass, replace

from obspy import Inventory, Stream, UTCDateTime

from shared import guard
from shared.archive.archive import DayObject
from shared.aws.s3_client import at_once
from shared.errors import S3Error, SettingsError
from shared.response.bridging import MAX_BRIDGED_S
from shared.response.margins import corners_at, margin_s
from shared.response.parameters import RemovalParameters
from shared.waveforms.day_reader import read_span
from shared.waveforms.read_day import forget_day
from shared.waveforms.segments import join

MARGIN_S = 1200.0
"""Least part of an adjacent day that is read, in seconds, and all of it without a `pre_filt`. Drift
over hours then differs between a day and several, and no margin of minutes removes that; see
`benchmarks/response/gaps_and_edges.py`."""

Margins = tuple[float, float]
"""The length in seconds of the parts of the day before and of the day after."""


@dataclass(frozen=True)
class AdjacentDays:
    """The samples around a day.

    Attributes:
        stream: segments before and after the day's own, in order, in counts; perhaps none.
        uris: the objects that they were read from.
        warnings: missing days and oddities of the data, in words.
        etags: the ETags of these objects; "" where S3 gave none.
    """

    stream: Stream
    uris: tuple[str, ...]
    warnings: tuple[str, ...]
    etags: tuple[str, ...] = ()


_NONE = AdjacentDays(Stream(), (), ())


def needed_margins(own: Stream, inventory: Inventory, parameters: RemovalParameters) -> Margins:
    """Return how much of the adjacent days a removal needs: 2.4 periods of f1, or twenty minutes.

    Args:
        own: the day's segments, in order.
        inventory: the station's metadata.
        parameters: of the removal.

    Raises:
        BadRequestError: `pre_filt` lies beyond the data's Nyquist frequency.
        NoResponseError: the metadata has no usable response at the day's start or end.
    """
    first, last = own[0].stats.starttime, own[-1].stats.endtime
    before, after = (
        corners_at(trace, time, inventory, parameters, last - first)
        for trace, time in ((own[0], first), (own[-1], last))
    )
    return margin_s(before, MARGIN_S, MARGIN_S), margin_s(after, MARGIN_S, MARGIN_S)


def read_adjacent_days(
    day_object: DayObject, own: Stream, margins: Margins = (MARGIN_S, MARGIN_S)
) -> AdjacentDays:
    """Read the samples around a day, at each end that lies close enough to the adjacent day.

    Only the records of these minutes are fetched, not the whole days. Samples within the day's own
    time are left out. An adjacent day that is missing, unreadable or shorter than that becomes a
    warning.

    Args:
        day_object: the day's object.
        own: the day's segments, in order.
        margins: the length of the parts to read, from midnight.

    Raises:
        S3Error: S3 failed.
    """
    return _add(
        *at_once(
            lambda: _before(day_object, own, margins[0]),
            lambda: _after(day_object, own, margins[1]),
        )
    )


def _before(day_object: DayObject, own: Stream, needed_s: float) -> AdjacentDays:
    """Read the end of the day before."""
    midnight, first = day_object.day.starttime, own[0].stats.starttime
    if first - midnight >= MAX_BRIDGED_S:
        return _NONE
    before = _read(day_object.previous, midnight - needed_s, first - own[0].stats.delta / 2)
    # Records may cross midnight, so that the day's own samples are part of the margin.
    return _compare(before, max(0.0, midnight - first), needed_s, "before")


def _after(day_object: DayObject, own: Stream, needed_s: float) -> AdjacentDays:
    """Read the start of the day after."""
    midnight = day_object.day.next.starttime
    last = max(trace.stats.endtime for trace in own)
    if midnight - last >= MAX_BRIDGED_S:
        return _NONE
    after = _read(day_object.next, last + own[-1].stats.delta / 2, midnight + needed_s)
    return _compare(after, max(0.0, last - midnight), needed_s, "after")


def _read(day_object: DayObject, start: UTCDateTime, end: UTCDateTime) -> AdjacentDays:
    """Read a part of an adjacent day; whatever is wrong with it becomes a warning."""
    with guard.attempt(day_object.uri, S3Error, SettingsError) as attempt:
        waveform = read_span(day_object, start, end)
        stream = waveform.stream.trim(start, end, nearest_sample=False)
        messages = (*waveform.warnings, *join(stream))
    if attempt.in_doubt:
        forget_day(day_object)
    if attempt.error:
        return replace(_NONE, warnings=(attempt.error.message,))
    return AdjacentDays(stream, (waveform.uri,), messages, (waveform.etag,))


def _compare(adjacent: AdjacentDays, own_s: float, needed_s: float, side: str) -> AdjacentDays:
    """Add a warning if there are fewer samples beyond midnight than needed, but some."""
    if not adjacent.stream:
        return adjacent
    delta = adjacent.stream[0].stats.delta
    samples_s = own_s + sum(trace.stats.npts * trace.stats.delta for trace in adjacent.stream)
    if needed_s - samples_s <= 2 * delta:
        return adjacent
    end = "start" if side == "before" else "end"
    message = (
        f"less exact at the {end}: {_seconds(samples_s)} s of samples of the day {side}, of the"
        f" {_seconds(needed_s)} s needed"
    )
    return replace(adjacent, warnings=(*adjacent.warnings, message))


def _seconds(seconds: float) -> str:
    """Return seconds with up to two decimals."""
    return f"{seconds:,.2f}".rstrip("0").rstrip(".")


def _add(one: AdjacentDays, other: AdjacentDays) -> AdjacentDays:
    return AdjacentDays(
        one.stream + other.stream,
        one.uris + other.uris,
        one.warnings + other.warnings,
        one.etags + other.etags,
    )
