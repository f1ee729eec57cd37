"""Float miniSEED 2 records, byte for byte as ObsPy writes them, without a call for each record.

ObsPy writes one record for each kind of header, the template of all others of that kind. Sequence
number, time and count of samples are then set for many records at once.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from obspy import Stream, Trace
from obspy.io.mseed.core import _write_mseed

from shared.waveforms.timing_quality import quality_of, stamp_records

IntArray = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

# Offsets of fields of the header (SEED manual 2.4, chapter 8), which are big-endian.
_TIME, _NPTS, _DATA_OFFSET, _FIRST_BLOCKETTE = 20, 30, 44, 46
_MICROSECONDS = 5  # from where blockette 1001 begins
_TICK_US, _SECOND_US, _DAY_US = 100, 10**6, 86_400 * 10**6
_LAST_SEQUENCE = 999_999


@dataclass(frozen=True)
class _Template:
    """The form that records of several traces have in common.

    Attributes:
        header: the bytes before the samples.
        microseconds: offset of the microseconds of blockette 1001; None without one.
        length: of a record in bytes.
        dtype: the type of the samples.
        capacity: the number of samples in a full record.
    """

    header: bytes
    microseconds: int | None
    length: int
    dtype: np.dtype[Any]
    capacity: int

    @classmethod
    def of(cls, record: bytes, dtype: np.dtype[Any]) -> "_Template":
        """Return the template that a record gives."""
        place, microseconds = _field(record, _FIRST_BLOCKETTE), None
        while place:
            if _field(record, place) == 1001:
                microseconds = place + _MICROSECONDS
            place = _field(record, place + 2)
        header = record[: _field(record, _DATA_OFFSET)]
        capacity = (len(record) - len(header)) // dtype.itemsize
        return cls(header, microseconds, len(record), dtype, capacity)


def write_records(traces: Sequence[Trace], encoding: str, record_bytes: int) -> bytes:
    """Write traces as big-endian float records, with the quality of timing that they carry.

    Args:
        traces: unmasked, with one sample or more each, of any type.
        encoding: "FLOAT32" or "FLOAT64".
        record_bytes: the length of each record.

    Returns:
        One run of records for each trace.
    """
    kinds = [kind_of_header(trace) for trace in traces]
    templates = _templates(dict(zip(kinds, traces, strict=True)), encoding, record_bytes)
    records = sum(
        -(-trace.stats.npts // templates[kind].capacity)
        for kind, trace in zip(kinds, traces, strict=True)
    )
    buffer = io.BytesIO()  # whose content becomes bytes without a copy
    if records:
        buffer.seek(records * record_bytes - 1)
        buffer.write(b"\0")
    begin = 0
    like = groupby(zip(kinds, traces, strict=True), lambda pair: (pair[0], id(quality_of(pair[1]))))
    for (kind, _), pairs in like:
        begin += _fill(buffer.getbuffer()[begin:], templates[kind], [pair[1] for pair in pairs])
    return buffer.getvalue()


def kind_of_header(trace: Trace) -> tuple[Any, ...]:
    """Return all that decides the header of a trace's records, except their times."""
    stats = trace.stats
    known = stats.get("mseed", {})
    percent = known.get("blkt1001", {}).get("timing_quality")
    has_microseconds = _start_us(trace) % _TICK_US != 0
    marks = known.get("dataquality"), known.get("sequence_number"), percent
    return trace.id, stats.sampling_rate, has_microseconds, *marks


def _templates(
    unlike: dict[tuple[Any, ...], Trace], encoding: str, record_bytes: int
) -> dict[tuple[Any, ...], _Template]:
    """Return the templates of kinds of traces; one file has all, as microseconds depend on that."""
    file, samples = io.BytesIO(), np.zeros(1, encoding.lower())
    stream = Stream([Trace(header=trace.stats.copy()) for trace in unlike.values()])
    for trace in stream:
        trace.data = samples  # which sets the number of samples; `Trace(data, stats)` does not
    if unlike:
        # Not by `Stream.write`, whose first call looks for ObsPy's plug-ins in all packages.
        _write_mseed(stream, file, encoding=encoding, reclen=record_bytes, byteorder=">")
    rows = (file.getvalue()[row * record_bytes :][:record_bytes] for row in range(len(unlike)))
    dtype = samples.dtype.newbyteorder(">")
    return {kind: _Template.of(row, dtype) for kind, row in zip(unlike, rows, strict=True)}


def _start_us(trace: Trace) -> int:
    """Return a trace's start in microseconds since 1970, to the nearest, as ObsPy rounds it."""
    return int((trace.stats.starttime.ns + 500) // 1000)


def _fill(content: memoryview, template: _Template, traces: Sequence[Trace]) -> int:
    """Write the records of traces of one kind; return their length."""
    npts = np.array([trace.stats.npts for trace in traces])
    counts = -(-npts // template.capacity)
    ends = np.cumsum(counts)
    content = content[: int(ends[-1]) * template.length]
    records = np.frombuffer(content, np.uint8).reshape(-1, template.length)
    records[:, : len(template.header)] = np.frombuffer(template.header, np.uint8)
    places = np.arange(len(records)) - np.repeat(ends - counts, counts)
    starts = np.repeat([_start_us(trace) for trace in traces], counts)
    _fill_headers(records, template, places, starts, traces[0].stats.sampling_rate)
    left = np.repeat(npts, counts) - places * template.capacity
    _put(records[:, _NPTS:], np.minimum(left, template.capacity))
    for trace, first in zip(traces, (ends - counts).tolist(), strict=True):
        _fill_samples(content[first * template.length :], template, trace.data)
    if quality := quality_of(traces[0]):
        stamp_records(content, quality)
    return len(content)


def _fill_headers(
    records: Octets, template: _Template, places: IntArray, starts: IntArray, rate: float
) -> None:
    """Set sequence numbers and times.

    Times are libmseed's: samples since the start in seconds as float64, to the nearest microsecond.
    They are cut into ticks of 100 us, and the microseconds from the nearest tick.

    Args:
        records: the records.
        template: of all of them.
        places: of the records in their traces, from 0.
        starts: of their traces, in microseconds since 1970.
        rate: the sampling rate in Hz.
    """
    sequence = (int(template.header[:6]) - 1 + places) % _LAST_SEQUENCE + 1
    for digit in range(6):
        records[:, 5 - digit] = ord("0") + sequence // 10**digit % 10
    late = places * template.capacity / rate * _SECOND_US + 0.5
    ticks, above = np.divmod(starts + late.astype(np.int64) + _TICK_US // 2, _TICK_US)
    if template.microseconds is not None:
        records[:, template.microseconds] = (above - _TICK_US // 2).astype(np.int8).view(np.uint8)
    _fill_times(records[:, _TIME:], ticks * _TICK_US)


def _fill_times(fields: Octets, times: IntArray) -> None:
    """Set year, day of year, hour, minute, second and ticks from times in microseconds."""
    days, of_day = np.divmod(times, _DAY_US)
    seconds, fraction = np.divmod(of_day, _SECOND_US)
    dates = days.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]")
    _put(fields[:, 0:], years.astype(np.int64) + 1970)
    _put(fields[:, 2:], (dates - years.astype(dates.dtype)).astype(np.int64) + 1)
    fields[:, 4], fields[:, 5], fields[:, 6] = seconds // 3600, seconds // 60 % 60, seconds % 60
    _put(fields[:, 8:], fraction // _TICK_US)


def _fill_samples(content: memoryview, template: _Template, samples: npt.NDArray[Any]) -> None:
    """Set the samples of a trace's records, converted on the way."""
    full, rest = divmod(samples.size, template.capacity)
    strides = template.length, template.dtype.itemsize
    shape = full + (rest > 0), template.capacity
    rows = np.ndarray(shape, template.dtype, content, len(template.header), strides)
    rows[:full] = samples[: samples.size - rest].reshape(full, template.capacity)
    rows[full:, :rest] = samples[samples.size - rest :]


def _put(places: Octets, values: IntArray) -> None:
    """Set a 16-bit field of records."""
    places[:, 0], places[:, 1] = values >> 8, values & 0xFF


def _field(record: bytes, offset: int) -> int:
    return int.from_bytes(record[offset : offset + 2], "big")
