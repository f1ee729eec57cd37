"""A channel's day whose every sample is known, as records in any order and state."""

import io
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from obspy import UTCDateTime
from obspy.core.inventory import (
    Channel,
    InstrumentPolynomial,
    Inventory,
    Network,
    Response,
    Site,
    Station,
)

from local.synthetic import instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.builders import METADATA_START, make_trace, mseed, noise
from tests.support.known_records import Clock, Layout, ReadRecord, read_records, records

NSCL = "CI.BOM.BHZ."
OTHER_NSCL = "CI.BOM.BHN."
DAY = "2024,001"
MIDNIGHT = UTCDateTime(2024, 1, 1)
KEY = SCEDC.waveform_key(ChannelId.parse(NSCL), Day.parse(DAY))
STATIONXML_KEY = SCEDC.stationxml_keys("CI", "BOM")[0]
GAIN = 4.0
"""Counts per unit of the plain polynomial response: a power of two, so that nothing is rounded."""

_DTYPES = {"INT16": np.int16, "FLOAT32": np.float32, "FLOAT64": np.float64}


@dataclass(frozen=True)
class KnownDay:
    """Segments of one channel and their records.

    Attributes:
        encoding: of the records, by ObsPy's name.
        rate: in Hz.
        segments: for each, its start in s after midnight, and its number of samples.
        record_length: in bytes.
        scale: of the samples.
        blockette_100: whether records give their rate in a blockette 100 as well; as INT32 alone.
        byte_order: ">" or "<".
        longer: the length of the last segment's records, in bytes; 0 for those of all others.
        has_others: whether a record of another channel follows each record.
    """

    encoding: str = "STEIM2"
    rate: float = 40.0
    segments: tuple[tuple[float, int], ...] = ((0.019536, 4_000), (150.019536, 3_000))
    record_length: int = 512
    scale: float = 1000.0
    blockette_100: bool = False
    byte_order: str = ">"
    longer: int = 0
    has_others: bool = False

    @cached_property
    def values(self) -> list[npt.NDArray[np.float64]]:
        """The samples of each segment."""
        return [
            noise(npts, seed, self.scale).astype(np.float64)
            for seed, (_, npts) in enumerate(self.segments, 1)
        ]

    @cached_property
    def content(self) -> bytes:
        """The undamaged object."""
        own = b"".join(
            self._records(NSCL, number, values) for number, values in enumerate(self.values)
        )
        if not self.has_others:
            return own
        other = b"".join(
            self._records(OTHER_NSCL, number, -values) for number, values in enumerate(self.values)
        )
        return b"".join(
            records[place : place + self.record_length]
            for place in range(0, max(len(own), len(other)), self.record_length)
            for records in (own, other)
        )

    def _records(self, nscl: str, number: int, values: npt.NDArray[np.float64]) -> bytes:
        """Write a segment."""
        start = MIDNIGHT + self.segments[number][0]
        if self.blockette_100:
            layout = Layout(self.record_length, blockette_100=self.rate)
            return records(nscl, values, Clock(start, self.rate), layout)
        trace = make_trace(
            nscl, str(start), values, self.rate, _DTYPES.get(self.encoding, np.int32)
        )
        length = self.longer if number == len(self.segments) - 1 else 0
        return mseed(
            trace,
            encoding=self.encoding,
            reclen=length or self.record_length,
            byteorder=self.byte_order,
        )

    @cached_property
    def headers(self) -> list[ReadRecord]:
        """The headers of the undamaged records, those of other channels included."""
        big = self if self.byte_order == ">" else replace(self, byte_order=">")
        return list(read_records(big.content))

    @cached_property
    def offsets(self) -> list[int]:
        """Where each record begins in the object, in bytes."""
        lengths = [header.length for header in self.headers]
        return [sum(lengths[:number]) for number in range(len(lengths))]

    @property
    def count(self) -> int:
        """The number of records."""
        return len(self.headers)

    def locate(self, place: int) -> tuple[int, int]:
        """Return the number of the record at a place of the object, and the place in it."""
        number = bisect_right(self.offsets, place) - 1
        return number, place - self.offsets[number]

    @property
    def end(self) -> UTCDateTime:
        """The time of the last sample."""
        start, npts = self.segments[-1]
        return MIDNIGHT + start + (npts - 1) / self.rate

    def span(self, record: int) -> tuple[UTCDateTime, UTCDateTime]:
        """The times of the first and the last sample of a record."""
        header = self.headers[record]
        start = UTCDateTime(ns=header.time_ns)
        return start, start + (header.npts - 1) / self.rate

    def lookup(self, times_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """The true samples at some times; NaN where there is none within a twentieth of one."""
        found = np.full(times_ns.shape, np.nan)
        for (start, npts), values in zip(self.segments, self.values, strict=True):
            place = (times_ns - (MIDNIGHT + start).ns) * 1e-9 * self.rate
            index = np.round(place)
            here = (np.abs(place - index) < 1 / 20) & (index >= 0) & (index < npts)
            found[here] = values[index[here].astype(np.int64)]
        return found


def polynomial_stationxml(gain: float = GAIN) -> bytes:
    """StationXML of the channel with a response that applies to each sample on its own."""
    bounds = dict.fromkeys(
        ("frequency_lower_bound", "approximation_lower_bound", "maximum_error"), -1e9
    )
    bounds |= {"frequency_upper_bound": 1e9, "approximation_upper_bound": 1e9}
    polynomial = InstrumentPolynomial("PA", "COUNTS", **bounds, coefficients=[0.0, 1 / gain])
    name, place = ChannelId.parse(NSCL), (34.0, -117.0, 100.0)
    channel = Channel(
        name.channel,
        name.location,
        *place,
        depth=0.0,
        sample_rate=40.0,
        start_date=METADATA_START,
        response=Response(instrument_polynomial=polynomial),
    )
    station = Station(
        name.station,
        *place,
        channels=[channel],
        site=Site(name="Generated"),
        start_date=METADATA_START,
    )
    document = io.BytesIO()
    inventory = Inventory([Network(name.network, [station], start_date=METADATA_START)])
    inventory.write(document, format="STATIONXML")
    return document.getvalue()


def seismometer_stationxml(rate: float = 40.0) -> bytes:
    """StationXML of the channel with a seismometer's response."""
    name = ChannelId.parse(NSCL)
    epoch = instrument.ChannelEpoch(name.channel, name.location, rate, METADATA_START)
    return instrument.stationxml(name.network, name.station, [epoch])
