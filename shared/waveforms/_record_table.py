"""The headers of many records, as NumPy arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from shared.archive.channel_id import ChannelId
from shared.waveforms._record_header import RecordHeader

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

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.offsets)

    def select(self, records: Selection) -> "RecordTable":
        """Return some of the records."""
        if isinstance(records, np.ndarray) and records.dtype == bool and records.all():
            return self
        return RecordTable(*(getattr(self, field.name)[records] for field in fields(self)))

    def of_channel(self, channel: ChannelId) -> "RecordTable":
        """Return the records of a channel that have samples."""
        return self.select((self.ids == channel.seed_id) & (self.npts > 0))

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """The times of the last samples in ns since 1970."""
        steps = (self.npts - 1) * 1e9 / np.where(self.rates > 0, self.rates, np.inf)
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
    )


def join_tables(parts: Sequence[RecordTable]) -> RecordTable:
    """Return all entries of some tables."""
    names = [field.name for field in fields(RecordTable)]
    return RecordTable(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
