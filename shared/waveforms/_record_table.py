"""The headers of many records, as NumPy arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from shared.archive.channel_id import ChannelId
from shared.waveforms._record_header import LEAST_RATE, MOST_RATE, RecordHeader

_LONGEST_NS = 1e17  # three years: beyond, times overflow

IntArray = npt.NDArray[np.int64]

Selection = npt.NDArray[np.bool_] | npt.NDArray[np.int64] | slice
"""Selects entries of the arrays."""


@dataclass(frozen=True)
class RecordTable:
    """Headers of records, one entry of each array for each record.

    Attributes:
        offsets: of the records in the content, in bytes.
        lengths: of the records in bytes. The last record may extend beyond the content.
        ids: network.station.location.channel.
        qualities: D, R, Q or M.
        starts: the times of the first samples in ns since 1970.
        npts: the numbers of samples.
        rates: the sampling rates in Hz.
        percents: the timing quality in percent; -1 without a valid one.
        locked: whether the clock was locked.
        encodings: SEED's encoding formats of the payloads.
        little: whether the payload is little-endian.
        data_offsets: of the payloads in the records, in bytes; 0 for none.
        header_ends: where the last blockette begins in the record, in bytes.
        timed: whether the time is in range. If not, `starts` has another one.
    """

    offsets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    ids: npt.NDArray[np.str_]
    qualities: npt.NDArray[np.bytes_]
    starts: npt.NDArray[np.int64]
    npts: npt.NDArray[np.int64]
    rates: npt.NDArray[np.float64]
    percents: npt.NDArray[np.int64]
    locked: npt.NDArray[np.bool_]
    encodings: npt.NDArray[np.uint8]
    little: npt.NDArray[np.bool_]
    data_offsets: npt.NDArray[np.int64]
    header_ends: npt.NDArray[np.int64]
    timed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.offsets)

    def select(self, records: Selection) -> "RecordTable":
        """Return some of the records; these, where all are selected in their order."""
        if isinstance(records, np.ndarray) and len(records) == len(self):
            everything = True if records.dtype == bool else np.arange(len(self))
            if (records == everything).all():
                return self
        return RecordTable(*(getattr(self, field.name)[records] for field in fields(self)))

    def of_channel(self, channel: ChannelId) -> "RecordTable":
        """Return the records of a channel."""
        return self.select(self.ids == channel.seed_id)

    def alike(self, header: RecordHeader) -> npt.NDArray[np.bool_]:
        """Return which records have the channel, quality, rate, length and payload of another."""
        alike = (self.ids == header.seed_id) & (self.qualities == header.quality.encode())
        alike &= (self.rates == header.sampling_rate) & (self.lengths == header.record_length)
        alike &= (self.encodings == header.encoding) & (self.little == header.is_little)
        alike &= self.data_offsets == header.data_offset
        return np.asarray(alike, bool)

    def without(self, offsets: npt.NDArray[np.int64]) -> "RecordTable":
        """Return the records but those at some offsets."""
        return self.select(~np.isin(self.offsets, offsets)) if offsets.size else self

    def moved(self, offset: int) -> "RecordTable":
        """Return the records as of a content that begins earlier by some bytes."""
        return replace(self, offsets=self.offsets + offset) if offset else self

    @property
    def stops(self) -> npt.NDArray[np.int64]:
        """The offsets of the bytes after the records."""
        return self.offsets + self.lengths

    @property
    def possible_rates(self) -> npt.NDArray[np.bool_]:
        """Which sampling rates a channel may have."""
        return (self.rates >= LEAST_RATE) & (self.rates <= MOST_RATE)

    @property
    def deltas(self) -> npt.NDArray[np.float64]:
        """The sample intervals in ns; 0 where the rate is not possible."""
        return 1e9 / np.where(self.possible_rates, self.rates, np.inf)

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """The times of the last samples in ns since 1970; `starts` without samples or a rate."""
        rates = np.where(self.possible_rates, self.rates, np.inf)
        steps = np.minimum(np.maximum(self.npts - 1, 0) * 1e9 / rates, _LONGEST_NS)
        ends: npt.NDArray[np.int64] = self.starts + np.round(steps).astype(np.int64)
        return ends


def table_of(records: Sequence[tuple[int, RecordHeader]]) -> RecordTable:
    """Return the table of headers, each given with the offset of its record in bytes."""
    headers = [header for _, header in records]
    return RecordTable(
        offsets=np.array([offset for offset, _ in records], np.int64),
        lengths=np.array([header.record_length for header in headers], np.int64),
        ids=np.array([header.seed_id for header in headers], str),
        qualities=np.array([header.quality for header in headers], "S1"),
        starts=np.array([header.starttime.ns for header in headers], np.int64),
        npts=np.array([header.npts for header in headers], np.int64),
        rates=np.array([header.sampling_rate for header in headers], float),
        percents=np.array(
            [-1 if header.timing_quality is None else header.timing_quality for header in headers],
            np.int64,
        ),
        locked=np.array([header.is_locked for header in headers], bool),
        encodings=np.array([header.encoding for header in headers], np.uint8),
        little=np.array([header.is_little for header in headers], bool),
        data_offsets=np.array([header.data_offset for header in headers], np.int64),
        header_ends=np.array([header.header_end for header in headers], np.int64),
        timed=np.array([not header.odd_time for header in headers], bool),
    )


def join_tables(parts: Sequence[RecordTable]) -> RecordTable:
    """Return all entries of some tables."""
    names = [field.name for field in fields(RecordTable)]
    return RecordTable(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
