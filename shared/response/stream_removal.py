"""Instrument response removal from an ObsPy stream: any channels, rates, gaps and masks."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from obspy import Inventory, Stream, Trace

from shared.archive.time import format_time
from shared.errors import BadRequestError
from shared.fields import Fields
from shared.response._attached_responses import by_metadata
from shared.response.arrays import FloatArray
from shared.response.bridging import MAX_BRIDGED_S
from shared.response.epochs import label
from shared.response.parameters import NAMES, RemovalParameters
from shared.response.removal import remove_channel_response
from shared.response.report import RemovalReport
from shared.version import NAME, VERSION
from shared.waveforms.gaps import present_runs
from shared.waveforms.segments import cut, overlaps
from shared.waveforms.traces import trace_like
from shared.wording import first_few

_NUMBERS = "iuf"
"""Kinds of NumPy types that are samples. Traces of logs and of status bits have others."""


def remove_response(
    stream: Stream | Trace,
    inventory: Inventory | None = None,
    parameters: RemovalParameters | None = None,
    **options: Any,
) -> dict[str, RemovalReport]:
    """Remove the instrument response from every trace of a stream, in place, as ObsPy does.

    The counterpart of `Stream.remove_response(inventory, output="VEL", ...)`. A trace stays the
    same object at the same place in the stream, with its times, its length and its mask. Its
    samples become float64. An error leaves the whole stream as it was. To keep the counts, pass
    `stream.copy()`.

    Traces of one channel are corrected together: consecutive days join without a taper at
    midnight, and gaps up to three hours, masked ones too, are bridged and stay gaps. Traces that
    overlap, or that lie further apart, are each corrected by themselves, as in ObsPy. Masked
    samples are never used.

    Args:
        stream: counts, as `obspy.read()` returns them; any channels in any order.
        inventory: metadata of all stations, as `obspy.read_inventory()` returns them; None takes
            the response that is attached to each trace.
        parameters: the parameters of the removal; None for ObsPy's defaults. Their encoding has
            no effect.
        options: single parameters by name, which override those of `parameters`, such as
            `output="DISP"` or `pre_filt="auto"`.

    Returns:
        The report on each channel with samples by its SEED id, such as "CI.BOM..BHZ". It holds all
        warnings; none is raised as a Python warning.

    Raises:
        TypeError: `stream` or `inventory` is of another type.
        BadRequestError: a parameter is unknown or wrong, or samples are not numbers by their type.
        NoResponseError: the metadata have no usable response for a trace; the error names it.
        UnreadableObjectError: samples are NaN or infinite.
    """
    traces = _traces(stream, inventory)
    wanted = _parameters(parameters, options)
    channels: dict[str, list[Trace]] = {}
    for trace in traces:
        channels.setdefault(trace.id, []).append(trace)
    reports, results = {}, []
    for name, members in channels.items():
        ordered = sorted(members, key=lambda trace: trace.stats.starttime.ns)
        found = [
            _remove(group, metadata, wanted)
            for metadata, alike in by_metadata(ordered, inventory)
            for group in _groups(alike)
        ]
        if found:
            reports[name] = _one_report([report for report, _ in found], ordered)
            results += [pair for _, pairs in found for pair in pairs]
    for trace, samples in results:
        trace.data = samples
        done = f"{NAME} {VERSION}: remove_response({_words(wanted)})"
        trace.stats.processing = [*trace.stats.get("processing", []), done]
    return reports


def _traces(stream: object, inventory: object) -> list[Trace]:
    """Return the traces of a stream, whose samples are all numbers.

    Raises:
        TypeError, BadRequestError: as of `remove_response`.
    """
    if not isinstance(stream, Stream | Trace):
        raise TypeError(f"the stream is {type(stream).__name__}: must be an ObsPy Stream or Trace")
    if not isinstance(inventory, Inventory | None):
        raise TypeError(
            f"the inventory is {type(inventory).__name__}: must be an ObsPy Inventory, as"
            " obspy.read_inventory() returns it"
        )
    traces = [stream] if isinstance(stream, Trace) else list(stream)
    for trace in traces:
        if trace.data.dtype.kind not in _NUMBERS:
            raise BadRequestError(
                f"{label(trace)}: its samples are of type {trace.data.dtype}: must be integers or"
                " floats, so leave this channel out"
            )
    return traces


def _parameters(given: RemovalParameters | None, options: dict[str, Any]) -> RemovalParameters:
    """Return checked parameters: a dataclass takes any value.

    Raises:
        BadRequestError: one is unknown or wrong.
    """
    values = {**(given.changed() if given else {}), **options}
    plain = {
        name: value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        for name, value in values.items()
    }
    parameters = RemovalParameters.parse(Fields(plain, NAMES, "remove_response."))
    if parameters.edges != "taper":
        raise BadRequestError(
            f"edges is {parameters.edges!r}: a stream has no other days to read, so add the traces"
            " before and after to it"
        )
    return parameters


def _groups(traces: Iterable[Trace]) -> Iterator[list[Trace]]:
    """Divide a channel's traces into groups that are corrected together.

    Within a group, no trace overlaps another, and none is so far from the next that their gap
    would not be bridged. Each trace follows the one that ends last before it.

    Args:
        traces: in order of time; those without a sample are left out.
    """
    groups: list[list[Trace]] = []
    ends: list[int] = []  # of the open groups, in order
    open_groups: list[list[Trace]] = []
    for trace in traces:
        if not present_runs(trace.data):
            continue
        start, end = trace.stats.starttime.ns, trace.stats.endtime.ns
        place = bisect_left(ends, start) - 1
        if place >= 0 and start - ends[place] <= MAX_BRIDGED_S * 1e9:
            group = open_groups.pop(place)
            del ends[place]
        else:
            group = []
            groups.append(group)
        group.append(trace)
        place = bisect_left(ends, end)
        ends.insert(place, end)
        open_groups.insert(place, group)
    yield from groups


def _remove(
    traces: Sequence[Trace], inventory: Inventory, parameters: RemovalParameters
) -> tuple[RemovalReport, list[tuple[Trace, FloatArray]]]:
    """Return the report on a group of traces, and each trace with its new samples."""
    runs = [present_runs(trace.data) for trace in traces]
    segments = Stream()
    for trace, spans in zip(traces, runs, strict=True):
        plain = trace_like(trace.stats, np.ma.getdata(trace.data), trace.stats.starttime.ns)
        segments.traces += [cut(plain, *span) for span in spans]
    report = remove_channel_response(segments, inventory, parameters)
    # One that was divided where its response changes is whole again afterwards.
    parts = iter(segments.traces)
    return report, [
        (trace, _filled(trace, spans, parts)) for trace, spans in zip(traces, runs, strict=True)
    ]


def _filled(trace: Trace, runs: Sequence[tuple[int, int]], parts: Iterator[Trace]) -> FloatArray:
    """Return a trace's new samples, masked as before.

    Args:
        trace: the trace.
        runs: its samples that are not masked, as spans of indices.
        parts: the corrected segments from its first one on, in order.
    """
    samples: FloatArray = np.zeros(trace.stats.npts)
    for first, end in runs:
        while first < end:
            part = next(parts).data
            samples[first : first + part.size] = part
            first += part.size
    if isinstance(trace.data, np.ma.MaskedArray):
        return np.ma.MaskedArray(samples, np.ma.getmaskarray(trace.data).copy())
    return samples


def _one_report(reports: Sequence[RemovalReport], traces: Sequence[Trace]) -> RemovalReport:
    """Return one report on all groups of a channel.

    Args:
        reports: of the groups.
        traces: of the channel, in order.
    """
    warnings = dict.fromkeys(message for report in reports for message in report.warnings)
    if spans := overlaps(traces):
        listed = first_few([f"{format_time(start)} to {format_time(end)}" for start, end in spans])
        warnings[f"traces overlap and are corrected one by one: {listed}"] = None
    bands = dict.fromkeys(report.pre_filt for report in reports)
    if len(bands) > 1:
        listed = first_few([str(list(band) if band else None) for band in bands])
        warnings[f"pre_filt differs between traces: {listed}"] = None
    return RemovalReport(
        units=", ".join(dict.fromkeys(report.units for report in reports)),
        method=", ".join(dict.fromkeys(report.method for report in reports)),
        pre_filt=reports[0].pre_filt,
        gaps=sorted((g for report in reports for g in report.gaps), key=_start),
        tapered=sorted((span for report in reports for span in report.tapered), key=_start),
        warnings=tuple(warnings),
    )


def _start(span: dict[str, Any]) -> str:
    return str(span["starttime"])  # these texts sort like their times


def _words(parameters: RemovalParameters) -> str:
    """Return parameters as Python writes them: the output, and those that are not the default."""
    values = {"output": parameters.output, **parameters.changed()}
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
