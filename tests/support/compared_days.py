"""A day object in the archive, and spans of it compared with the whole object."""

from contextlib import suppress
from functools import lru_cache

from obspy import Stream, Trace, UTCDateTime

from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import NoWaveformError
from shared.waveforms._record_header import parse_header
from shared.waveforms.day_reader import DayReader
from shared.waveforms.read_day import read_day
from tests.support.builders import forget_objects, mseed
from tests.support.generated_days import NSCL, segments

CHANNEL, DAY = ChannelId.parse(NSCL), Day.parse("2024,001")
DAY_OBJECT = SCEDC.day_object(CHANNEL, DAY)
KEY = DAY_OBJECT.key


def trimmed(stream: Stream, starttime: UTCDateTime, endtime: UTCDateTime) -> list[object]:
    """Return the part of each trace within a span, with times in nanoseconds."""
    left: list[object] = []
    for segment in stream:
        trace = Trace(segment.data, segment.stats.copy())
        with suppress(ValueError):  # raised by `trim` for a span between two samples
            trace.trim(starttime, endtime)
            if trace.stats.npts:
                times = (trace.stats.starttime.ns, trace.stats.sampling_rate)
                left.append((trace.id, *times, trace.data.dtype, trace.data.tolist()))
    return left


def compare(
    content: bytes,
    starttime: UTCDateTime,
    endtime: UTCDateTime,
    reader: DayReader | None = None,
    channel: ChannelId = CHANNEL,
    day: Day = DAY,
) -> DayReader:
    """Read a span of the object in the archive, and check it against the whole object."""
    reader = reader or cold_reader(channel, day)
    whole = whole_object(SCEDC.day_object(channel, day), content)
    try:
        found = reader.read(starttime, endtime)
    except NoWaveformError:
        assert trimmed(whole, starttime, endtime) == []
    else:
        assert found.uri == reader.uri
        assert trimmed(found.stream, starttime, endtime) == trimmed(whole, starttime, endtime)
    return reader


@lru_cache(maxsize=1)  # a test compares several spans of one object
def whole_object(day_object: DayObject, content: bytes) -> Stream:
    return read_day(day_object, content).stream


def cold_reader(channel: ChannelId = CHANNEL, day: Day = DAY) -> DayReader:
    """Return a reader in a container that has not seen any object."""
    forget_objects()
    return DayReader(SCEDC.day_object(channel, day))


def hour(**layout: object) -> list[bytes]:
    """Return the records of an hour of noise at 40 Hz."""
    (trace,) = segments(40.0, 0.019536, [(0.0, 144_000)])
    content = mseed(trace, **layout)
    length = parse_header(content).record_length
    return [content[offset : offset + length] for offset in range(0, len(content), length)]


def start_of(record: bytes) -> UTCDateTime:
    return parse_header(record).starttime
