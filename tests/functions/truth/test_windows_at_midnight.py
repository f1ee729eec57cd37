"""Row 10 of docs/correctness.md: both ends of a window are included at midnight, too.

The sample may be in the object of either day.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.known_records import Clock, put_records, records
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    FORMATS,
    MIDNIGHT,
    NSCL,
    READS,
    Handler,
    ask,
    from_traces,
)

DAYS = ("2023,365", DAY, "2024,002")
NEXT = MIDNIGHT + 86_400


@dataclass(frozen=True)
class Midnights:
    """A channel without a gap, whose samples lie near midnight and are stored by days.

    Attributes:
        rate: in Hz.
        phase: the time of the sample nearest to midnight, in s after it.
        own: the first sample of a day's object, counted from that one.
    """

    rate: float
    phase: float
    own: int = 0

    def clock(self, midnight: UTCDateTime) -> Clock:
        """Sample 0 is the one nearest to a midnight."""
        return Clock(midnight + self.phase, self.rate)

    def put(self, archive: S3Server, days: Sequence[str] = DAYS) -> None:
        """Put ten minutes around each midnight into the archive; values count from the first."""
        around = round(300 * self.rate)
        for number, day in enumerate(DAYS):
            if day not in days:
                continue
            midnight = MIDNIGHT + (number - 1) * 86_400
            first, end = self.own, around
            begin = records(NSCL, np.arange(first, end), self.clock(midnight), first=first)
            first, end = -around, self.own
            finish = records(
                NSCL, np.arange(first, end), self.clock(midnight + 86_400), first=first
            )
            put_records(archive, NSCL, day, begin, finish)
        PlainSeismometer().put(archive, NSCL, self.rate)

    def within(self, starttime: UTCDateTime, endtime: UTCDateTime) -> list[int]:
        """The samples of a span around the next midnight, by their values."""
        values = np.arange(-round(300 * self.rate), round(300 * self.rate))
        times = self.clock(NEXT).ns(values)
        return values[(times >= starttime.ns) & (times <= endtime.ns)].tolist()


ENDS = {
    "a sample at midnight": (Midnights(1.0, 0.0), 0.0),
    "one at midnight, at 40 Hz": (Midnights(40.0, 0.0), 0.0),
    "an object that begins 5 ms early": (Midnights(1.0, -0.005), 0.0),
    "the same, and an end before midnight": (Midnights(1.0, -0.005), -0.001),
    "an object that begins 300 ms early": (Midnights(1.0, -0.3), -0.1),
    "one that begins 5 ms early, at 40 Hz": (Midnights(40.0, -0.005), -0.004),
    "one that begins a whole sample early, at 40 Hz": (Midnights(40.0, 0.0, own=-1), -0.02),
    # These are right without another day's object.
    "a sample at midnight in the earlier object": (Midnights(1.0, 0.0, own=1), 0.0),
    "no sample until after midnight": (Midnights(40.0, 0.0195), 0.0),
}
each_end = pytest.mark.parametrize(("stored", "end"), ENDS.values(), ids=ENDS)

STARTS = {
    "the sample at midnight in the earlier object": (Midnights(1.0, 0.0, own=1), 0.0),
    "the same, and a start before the sample": (Midnights(1.0, 0.004, own=1), 0.001),
    "three seconds in the earlier object": (Midnights(1.0, 0.0, own=4), 0.0),
    "one at midnight in the earlier object, at 40 Hz": (Midnights(40.0, 0.0, own=1), 0.0),
    # These are right without another day's object.
    "a sample at midnight": (Midnights(1.0, 0.0), 0.0),
    "an object that begins 5 ms early": (Midnights(1.0, -0.005), -0.005),
}
each_start = pytest.mark.parametrize(("stored", "start"), STARTS.values(), ids=STARTS)


def test_obspy_has_the_same_samples_from_all_days(archive: S3Server) -> None:
    spans = [(stored, -9.31, end) for stored, end in ENDS.values()]
    spans += [(stored, start, 9.31) for stored, start in STARTS.values()]
    for stored, start, end in spans:
        stored.put(archive)
        keys = (SCEDC.waveform_key(ChannelId.parse(NSCL), Day.parse(day)) for day in DAYS)
        days = [archive.get(f"s3://{SCEDC.bucket}/{key}") for key in keys]
        stream = obspy.read(io.BytesIO(b"".join(days)), format="MSEED")
        trimmed = from_traces(stream.trim(NEXT + start, NEXT + end).sort(["starttime"]))
        assert trimmed.values.tolist() == stored.within(NEXT + start, NEXT + end)


@each_end
def test_the_end_is_included(
    archive: S3Server, timewindow_handler: Handler, stored: Midnights, end: float
) -> None:
    stored.put(archive)
    start = NEXT - 9.31  # between two samples, and nearer to the later one
    for read in READS:
        asked = ask(timewindow_handler, start, NEXT + end, Read=read)
        assert asked.values.tolist() == stored.within(start, NEXT + end), read
        assert asked.times_ns.tolist() == stored.clock(NEXT).ns(asked.values).tolist(), read
        assert asked.gaps == []


@each_start
def test_the_start_is_included(
    archive: S3Server, timewindow_handler: Handler, stored: Midnights, start: float
) -> None:
    stored.put(archive)
    end = NEXT + 9.31
    for read in READS:
        asked = ask(timewindow_handler, NEXT + start, end, Read=read)
        assert asked.values.tolist() == stored.within(NEXT + start, end), read
        assert asked.gaps == []


@pytest.mark.parametrize("options", [{}, {"Output": "VEL"}], ids=["counts", "ground motion"])
def test_in_every_format(
    archive: S3Server, timewindow_handler: Handler, options: dict[str, str]
) -> None:
    stored = Midnights(1.0, 0.0)
    stored.put(archive)
    for file_format in FORMATS:
        asked = ask(timewindow_handler, NEXT - 10, NEXT, file_format, door="http", **options)
        expected = stored.clock(NEXT).ns(np.arange(-10, 1)).tolist()
        assert asked.times_ns.tolist() == expected, file_format


def test_midnight_alone(archive: S3Server, timewindow_handler: Handler) -> None:
    for own in (0, 1):
        Midnights(1.0, 0.0, own).put(archive)
        assert ask(timewindow_handler, NEXT, NEXT).values.tolist() == [0]


def test_from_midnight_to_midnight(archive: S3Server, timewindow_handler: Handler) -> None:
    stored = Midnights(1.0, 0.0)
    stored.put(archive)
    asked = ask(timewindow_handler, MIDNIGHT, NEXT)
    assert asked.times_ns[[0, -1]].tolist() == [MIDNIGHT.ns, NEXT.ns]
    assert asked.values.tolist() == [*range(300), *range(-300, 1)]
    assert [gap["samples"] for gap in asked.gaps] == [86_400 - 600]


def test_without_the_next_day_its_sample_is_a_gap(
    archive: S3Server, timewindow_handler: Handler
) -> None:
    stored = Midnights(1.0, 0.0)
    stored.put(archive, [DAY])
    asked = ask(timewindow_handler, NEXT - 10, NEXT)
    assert asked.values.tolist() == list(range(-10, 0))
    (gap,) = asked.gaps
    assert (UTCDateTime(gap["starttime"]), gap["samples"]) == (NEXT, 1)
