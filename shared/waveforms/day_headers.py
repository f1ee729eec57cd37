"""Read the headers of a day object's records, and the continuous spans that they make.

No header says whether samples are missing before the next record, and the number of samples of a
record varies with its compression. So exact spans need all headers. These are spread evenly over
the object, which is therefore read to its end, in parts of 4 MiB that are dropped at once.
"""

from dataclasses import dataclass, field

import numpy as np

from shared.archive.archive import DayObject
from shared.aws import s3_read
from shared.aws.s3_read import ObjectChangedError
from shared.errors import NoSuchObjectError, S3Error
from shared.waveforms._decode_day import are_cut
from shared.waveforms._record_check import Flaw, are_silent, check
from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable
from shared.waveforms.data_spans import DataSpan, join_spans

_BEGINNING = 4_096
"""Bytes of the first part, which has the first record. It costs no more than HEAD."""

_END = 65_536
"""Bytes of the last part, which has the last record whatever its length."""

_PART = 4 * 1024**2
_HEADER = 64
_VERSIONS = 3  # attempts at an object that is replaced while it is read


@dataclass(frozen=True)
class DayVersion:
    """One version of a day object.

    Attributes:
        etag: its ETag.
        size: its size in bytes.
        modified_ns: when it was last modified in ns since 1970, to the second; None if unknown.
        beginning: its first bytes, which have the header of the first record.
    """

    etag: str
    size: int
    modified_ns: int | None
    beginning: bytes = field(default=b"", repr=False, compare=False)


def find_version(day_object: DayObject) -> DayVersion | None:
    """Return the current version of a day object, in one request; None if there is no object.

    Raises:
        S3Error: S3 could not be reached, refused, or broke off.
        SettingsError: the bucket does not exist.
        TooLargeError: the object is larger than its limit.
    """
    try:
        part = s3_read.read_part(day_object, 0, _BEGINNING - 1)
    except NoSuchObjectError:
        return None
    return DayVersion(part.etag, part.size, part.modified_ns, part.content)


def read_data_spans(
    day_object: DayObject, version: DayVersion
) -> tuple[DayVersion, list[DataSpan]]:
    """Read the continuous spans of a day object, by the headers of all of its records.

    Records of other channels, without samples, or with damaged headers are left out.

    Args:
        day_object: the object.
        version: the version to read; if S3 has another one by now, that one is read.

    Returns:
        The version that was read, and its spans, joined within each quality and rate. Without any
        readable record, there are none.

    Raises:
        S3Error: S3 could not be reached, refused, broke off, or has replaced the object again and
            again.
        SettingsError, TooLargeError: as of `find_version`.
    """
    for _ in range(_VERSIONS):
        try:
            return version, _read(day_object, version)
        except ObjectChangedError:
            current = find_version(day_object)
            if current is None:
                return version, []
            version = current
        except NoSuchObjectError:
            return version, []
    raise S3Error(
        f"{day_object.uri} was replaced {_VERSIONS} times while it was read", object=day_object.uri
    )


def first_span(day_object: DayObject, version: DayVersion) -> DataSpan | None:
    """Return the span of the first record; None if no header of the channel is among the first."""
    spans = _runs(
        _sound(day_object, scan(memoryview(version.beginning)), version.beginning, is_last=False)
    )
    return spans[0] if spans else None


def read_last_span(day_object: DayObject) -> DataSpan | None:
    """Read the span that ends with the last record, in one request.

    Returns:
        The span, which begins within the last records; None if none is of the channel.

    Raises:
        S3Error, SettingsError, TooLargeError: as of `find_version`.
    """
    try:
        part = s3_read.read_part(day_object, -_END)
    except NoSuchObjectError:
        return None
    spans = _runs(_sound(day_object, scan(memoryview(part.content)), part.content, is_last=True))
    return spans[-1] if spans else None


def _read(day_object: DayObject, version: DayVersion) -> list[DataSpan]:
    runs: list[DataSpan] = []
    place = 0
    while place < version.size:
        part = s3_read.read_part(day_object, place, place + _PART - 1, etag=version.etag)
        table = scan(memoryview(part.content))
        is_last = place + len(part.content) >= version.size
        runs += _runs(_sound(day_object, table, part.content, is_last=is_last))
        if is_last:
            break
        # The next part begins with the record that this one cuts off.
        rest = place + len(part.content) - _HEADER
        stop = place + int(table.stops[-1]) if len(table) else 0
        place = stop if stop > rest else max(rest, place + 1)
    return join_by_kind(runs)


def join_by_kind(spans: list[DataSpan]) -> list[DataSpan]:
    """Join spans within each quality and rate; see `join_spans`."""
    kinds: dict[tuple[str, float], list[DataSpan]] = {}
    for span in spans:
        kinds.setdefault((span.quality, span.sampling_rate), []).append(span)
    return sorted(joined for kind in kinds.values() for joined in join_spans(kind))


def _sound(
    day_object: DayObject, table: RecordTable, content: bytes, *, is_last: bool
) -> RecordTable:
    """Return the records of the channel whose headers can be trusted."""
    view = memoryview(content)
    own = table.of_channel(day_object.channel)
    own = own.select(~are_silent(own, view))
    cut = are_cut(table, own, len(view))
    if not is_last and len(own):
        cut[-1] &= own.offsets[-1] != table.offsets[-1]
    return own.select(check(own, cut, view) == Flaw.NONE)


def _runs(table: RecordTable) -> list[DataSpan]:
    """Return the spans of records that continue the one before, in the order of the object."""
    if not len(table):
        return []
    # Copies of a record would look like overlaps.
    _, firsts = np.unique(np.stack([table.starts, table.ends]), axis=1, return_index=True)
    table = table.select(np.sort(firsts))
    starts, ends, deltas, rates = table.starts, table.ends, table.deltas, table.rates
    offsets = np.abs(starts[1:] - ends[:-1] - deltas[1:])
    borders = (offsets > deltas[1:] / 2) | (rates[1:] != rates[:-1])
    borders |= table.qualities[1:] != table.qualities[:-1]
    firsts = np.concatenate([[0], np.flatnonzero(borders) + 1])
    lasts = np.concatenate([firsts[1:] - 1, [len(table) - 1]])
    return [
        DataSpan(start, end, quality.decode(), rate)
        for start, end, quality, rate in zip(
            starts[firsts].tolist(),
            ends[lasts].tolist(),
            table.qualities[firsts].tolist(),
            rates[firsts].tolist(),
            strict=True,
        )
    ]
