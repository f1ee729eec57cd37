"""The runs of a day's decoded records, and those near a time span."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from obspy.core import Stats

from shared.waveforms._record_table import IntArray, RecordTable
from shared.waveforms._record_times import Run
from shared.waveforms._samples import Decoded
from shared.waveforms.traces import attributes, trace_like

_ENCODINGS = {1: "INT16", 3: "INT32", 4: "FLOAT32", 5: "FLOAT64", 10: "STEIM1", 11: "STEIM2"}
"""ObsPy's names of encoding formats."""

_KIND = ("ids", "rates", "qualities", "encodings", "little", "lengths")
"""Columns of a table of records that the header of a trace repeats."""

_MOST_KEPT = 64  # runs, each with 24 bytes for each of its records


class Runs:
    """Runs of decoded records, each made when it is asked for: a day may have thousands.

    Args:
        records: in the order in which ObsPy reads them; all of them sound.
        decoded: their samples, and those of others.
        places: the number of each record in `decoded`.
        begins: the first record of each run.
        stops: the record after the last one of each run.
        size: of the content in bytes.
    """

    def __init__(
        self,
        records: RecordTable,
        decoded: Decoded,
        places: IntArray,
        begins: IntArray,
        stops: IntArray,
        size: int,
    ) -> None:
        self._records, self._decoded, self._places = records, decoded, places
        self._begins, self._stops, self._size = begins, stops, size
        self._headers: dict[tuple[Any, ...], Stats] = {}
        self._made: dict[int, Run] = {}

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._begins)

    def __getitem__(self, number: int) -> Run:
        """Return a run; windows in order of time ask for the same one again and again."""
        if number not in self._made:
            if len(self._made) == _MOST_KEPT:
                self._made.clear()
            self._made[number] = self._make(number)
        return self._made[number]

    def _make(self, number: int) -> Run:
        first, end = int(self._begins[number]), int(self._stops[number])
        places = self._places
        samples = self._decoded.samples(int(places[first]), int(places[end - 1]) + 1)
        starts, npts = self._records.starts[first:end], self._records.npts[first:end]
        header = self._common_header or self._header(first)
        trace = trace_like(header, samples, int(starts[0]))
        trace.stats.__dict__["mseed"] = attributes(
            **{**header.mseed, "number_of_records": end - first}
        )
        return Run(trace, starts, np.cumsum(npts) - npts)

    def __iter__(self) -> Iterator[Run]:
        """Yield the runs in order."""
        return map(self.__getitem__, range(len(self)))

    @cached_property
    def first_ns(self) -> IntArray:
        """The time of the first sample of each run by its records, in ns since 1970."""
        return self._records.starts[self._begins]

    @cached_property
    def last_ns(self) -> IntArray:
        """The time of the last sample of each run by its records, in ns since 1970."""
        last, deltas = self._stops - 1, 1e9 / self._records.rates[self._begins]
        steps = np.round((self._records.npts[last] - 1) * deltas).astype(np.int64)
        return self._records.starts[last] + steps

    @property
    def records(self) -> RecordTable:
        """The headers of the runs' records, in the content's order."""
        spans = zip(self._begins.tolist(), self._stops.tolist(), strict=True)
        records = self._records.select(np.concatenate([np.arange(*span) for span in spans]))
        return records.select(np.argsort(records.offsets, kind="stable"))

    def select(self, which: npt.NDArray[np.bool_]) -> "Runs":
        """Return some of the runs."""
        begins, stops = self._begins[which], self._stops[which]
        return Runs(self._records, self._decoded, self._places, begins, stops, self._size)

    def first_until(self, time_ns: int) -> int | None:
        """Return the earliest run that ends at a time or later, in ns since 1970; None if none."""
        place = int(np.searchsorted(self._latest, time_ns))
        return int(self._order[place]) if place < len(self) else None

    def near(self, first_ns: int, last_ns: int) -> list[int]:
        """Return the runs of a time span, those that overlap them, and the next ones beside.

        Args:
            first_ns: the start of the span, in ns since 1970.
            last_ns: its end, included.
        """
        first = int(np.searchsorted(self._latest, first_ns))
        end = int(np.searchsorted(self.first_ns[self._order], last_ns, side="right"))
        groups = self._groups
        begin = groups[max(0, int(np.searchsorted(groups, first, side="right")) - 2)]
        stop = groups[min(len(groups) - 1, int(np.searchsorted(groups, max(first, end))) + 1)]
        return sorted(self._order[int(begin) : int(stop)].tolist())

    @cached_property
    def _order(self) -> IntArray:
        """The runs in the order of their starts."""
        return np.argsort(self.first_ns, kind="stable")

    @cached_property
    def _latest(self) -> IntArray:
        """The latest end of all runs up to each place in that order."""
        latest: IntArray = np.maximum.accumulate(self.last_ns[self._order])
        return latest

    @cached_property
    def _groups(self) -> IntArray:
        """The places in that order before which no run overlaps a later one, and the last one."""
        near = 0.5e9 / self._records.rates[self._begins[self._order[1:]]]
        apart = self.first_ns[self._order][1:] > self._latest[:-1] + near
        return np.concatenate([[0], np.flatnonzero(apart) + 1, [len(self)]])

    @cached_property
    def _common_header(self) -> Stats | None:
        """The header of all traces; None if they differ by more than times and samples."""
        columns = [getattr(self._records, name) for name in _KIND]
        return self._header(0) if all((of == of[0]).all() for of in columns) else None

    def _header(self, record: int) -> Stats:
        """Return the header of a trace, with the fields that ObsPy's reader gives."""
        kind = tuple(getattr(self._records, name)[record].item() for name in _KIND)
        if kind not in self._headers:
            self._headers[kind] = _stats(kind, self._size)
        return self._headers[kind]


def _stats(kind: tuple[Any, ...], size: int) -> Stats:
    """Return the header of a trace from the values of `_KIND`."""
    seed_id, rate, quality, encoding, little, length = kind
    network, station, location, channel = seed_id.split(".")
    return Stats(
        {
            "network": network,
            "station": station,
            "location": location,
            "channel": channel,
            "sampling_rate": rate,
            "_format": "MSEED",
            "mseed": {
                "dataquality": quality.decode(),
                "number_of_records": 0,
                "encoding": _ENCODINGS[encoding],
                "byteorder": "<" if little else ">",
                "record_length": length,
                "filesize": size,
            },
        }
    )
