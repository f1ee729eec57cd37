"""Row 9 of docs/correctness.md: a window's samples keep the times of their own segments.

Whatever lies outside the window has no part in them.
"""

import io
from dataclasses import dataclass
from itertools import product

import numpy as np
import obspy
import pytest
from obspy import Stream, UTCDateTime

from local.cloud.s3_server import S3Server
from tests.support.known_records import Clock, put_records, records
from tests.support.messages import mention
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    FORMATS,
    MIDNIGHT,
    NSCL,
    READS,
    Asked,
    Handler,
    ask,
    call,
    corrected,
    from_traces,
    window,
)

pytestmark = pytest.mark.usefixtures("small_reads")

RATE = 1.0
HOUR = 3600
DAY_BEFORE = "2023,365"


@dataclass(frozen=True)
class Recorded:
    """Three segments of a channel, each on a grid of its own.

    Attributes:
        shift: of the last segment's grid against the second's, in samples.
    """

    shift: float

    @property
    def clocks(self) -> list[Clock]:
        """The clock of each: the hour before midnight, the hour after it, and an hour later."""
        starts = (-HOUR + 0.30, 0.07, 2 * HOUR + 0.07 + self.shift)
        return [Clock(MIDNIGHT + start, RATE) for start in starts]

    def put(self, archive: S3Server) -> None:
        """Put the segments into the archive; each sample's value is its number."""
        parts = [
            records(NSCL, number * HOUR + np.arange(HOUR), clock)
            for number, clock in enumerate(self.clocks)
        ]
        put_records(archive, NSCL, DAY_BEFORE, parts[0])
        put_records(archive, NSCL, DAY, *parts[1:])
        PlainSeismometer().put(archive, NSCL, RATE)

    def times(self, values: np.ndarray) -> np.ndarray:
        """The true times of samples by their values, in ns."""
        segment, sample = np.divmod(values.astype(np.int64), HOUR)
        times = np.array([clock.ns(np.arange(HOUR)) for clock in self.clocks])
        return times[segment, sample]

    def within(self, starttime: UTCDateTime, endtime: UTCDateTime) -> np.ndarray:
        """The samples of a span, by their values."""
        values = np.arange(3 * HOUR)
        times = self.times(values)
        return values[(times >= starttime.ns) & (times <= endtime.ns)]


SHIFTED = Recorded(0.48)

SPANS = {
    # No end lies halfway between two samples, so that the nearest are those within.
    "after the gap": (2 * HOUR + 10.4, 2 * HOUR + 70.7),
    "across the gap": (HOUR - 30.1, 2 * HOUR + 30.7),
    "from the day before": (-20.9, 2 * HOUR + 30.7),
    "before the gap": (100.9, 160.3),
}
each_span = pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)


def ends(span: tuple[float, float]) -> tuple[UTCDateTime, UTCDateTime]:
    return MIDNIGHT + span[0], MIDNIGHT + span[1]


def ask_by_records(
    handler: Handler, span: tuple[float, float], file_format: str, **options: str
) -> Asked:
    """Ask for a span; miniSEED is read record by record.

    ObsPy's reader puts segments on one grid where they are less than half a sample apart.
    """
    if file_format != "mseed":
        return ask(handler, *ends(span), file_format, **options)
    request = {"Windows": [window(NSCL, *ends(span))], "Format": file_format, **options}
    content, _ = call(handler, request)
    parts = (content[first : first + 512] for first in range(0, len(content), 512))
    return from_traces([obspy.read(io.BytesIO(part), format="MSEED")[0] for part in parts])


def check(asked: Asked, recorded: Recorded, span: tuple[float, float], way: str = "") -> None:
    """All samples of the span, each within a hundredth of a sample of its time."""
    expected = recorded.within(*ends(span))
    assert asked.values.astype(int).tolist() == expected.tolist(), way
    error = (asked.times_ns - recorded.times(expected)) * 1e-9 * RATE
    assert np.abs(error).max() <= 0.01, way


@each_span
def test_samples_have_their_own_times(
    archive: S3Server, timewindow_handler: Handler, span: tuple[float, float]
) -> None:
    SHIFTED.put(archive)
    for read, file_format in product(READS, FORMATS):
        asked = ask_by_records(timewindow_handler, span, file_format, Read=read)
        check(asked, SHIFTED, span, f"Read {read}, {file_format}")


def test_over_http_they_do_too(archive: S3Server, timewindow_handler: Handler) -> None:
    SHIFTED.put(archive)
    span = SPANS["across the gap"]
    for file_format in FORMATS:
        asked = ask(timewindow_handler, *ends(span), file_format, door="http")
        check(asked, SHIFTED, span, file_format)


def test_obspy_gives_each_segment_its_own_times(archive: S3Server) -> None:
    """Where segments are trimmed one by one; `Stream.merge` puts them on one grid."""
    SHIFTED.put(archive)
    stream = Stream()
    for day in ("2023/2023_365/CIBOM__LHZ___2023365", "2024/2024_001/CIBOM__LHZ___2024001"):
        content = archive.get(f"s3://scedc-pds/continuous_waveforms/{day}.ms")
        stream += obspy.read(io.BytesIO(content))
    for name, span in SPANS.items():
        check(from_traces(stream.copy().trim(*ends(span))), SHIFTED, span, name)


@pytest.mark.parametrize("shift", [0.48, 0.5, -0.3, 0.02])
def test_json_lists_segments_that_lie_off_its_grid(
    archive: S3Server, timewindow_handler: Handler, shift: float
) -> None:
    recorded = Recorded(shift)
    recorded.put(archive)
    span = HOUR - 30.1, 2 * HOUR + 0.07 + shift + 30.1
    asked = ask(timewindow_handler, *ends(span))
    check(asked, recorded, span)
    first, last = recorded.within(*ends(span))[[0, -1]]
    starts = [int(recorded.times(first)), recorded.clocks[2].start.ns]
    assert UTCDateTime(asked.reply["starttime"]).ns == starts[0]  # the grid is the first one's
    assert [UTCDateTime(each["starttime"]).ns for each in asked.reply["segments"]] == starts
    assert [each["samples"] for each in asked.reply["segments"]] == [30, last - 2 * HOUR + 1]
    assert mention(asked.warnings, shift, 1000 * shift)  # in seconds or samples, or in ms


def test_the_largest_shift_of_several_is_named(
    archive: S3Server, timewindow_handler: Handler
) -> None:
    """The grid is the day before's, 0.30 s: the others lie 0.23 s before and 0.25 s after it."""
    SHIFTED.put(archive)
    asked = ask(timewindow_handler, *ends(SPANS["from the day before"]))
    assert [UTCDateTime(each["starttime"]) for each in asked.reply["segments"]] == [
        MIDNIGHT - 19.7 - 1,
        MIDNIGHT + 0.07,
        MIDNIGHT + 2 * HOUR + 0.55,
    ]
    assert mention(asked.warnings, 0.25, 250)


def test_a_window_of_one_segment_has_one_grid(
    archive: S3Server, timewindow_handler: Handler
) -> None:
    SHIFTED.put(archive)
    for name in ("before the gap", "after the gap"):
        asked = ask(timewindow_handler, *ends(SPANS[name]))
        (first, *_) = SHIFTED.within(*ends(SPANS[name]))
        assert UTCDateTime(asked.reply["starttime"]).ns == SHIFTED.times(first), name
        assert "segments" not in asked.reply
        assert asked.warnings == []
        assert asked.gaps == []


@each_span
def test_ground_motion_has_the_times_of_its_counts(
    archive: S3Server, timewindow_handler: Handler, span: tuple[float, float]
) -> None:
    SHIFTED.put(archive)
    expected = SHIFTED.times(SHIFTED.within(*ends(span)))
    for file_format in FORMATS:
        asked = ask_by_records(timewindow_handler, span, file_format, Output="VEL")
        assert asked.times_ns.size == expected.size, file_format
        assert np.abs((asked.times_ns - expected) * 1e-9 * RATE).max() <= 0.01, file_format


def test_a_corrected_day_has_the_times_of_its_segments(
    archive: S3Server, response_handler: Handler
) -> None:
    SHIFTED.put(archive)
    stream, reply = corrected(response_handler, archive)
    assert [trace.stats.starttime for trace in stream] == [
        clock.start for clock in SHIFTED.clocks[1:]
    ]
    assert UTCDateTime(reply["endtime"]) == SHIFTED.clocks[2].time(HOUR - 1)
