"""A span of a day object read by ranges, against the whole object read and trimmed by ObsPy."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.errors import NoWaveformError, S3Error, UnreadableObjectError
from shared.waveforms._record_header import parse_header
from shared.waveforms.day_reader import DayReader, read_span
from shared.waveforms.read_day import read_day
from tests.support.builders import forget_objects, make_trace, mseed
from tests.support.generated_days import MIDNIGHT, NSCL, days, segments, spans
from tests.support.plugins.real_data import REAL_DATA

CHANNEL, DAY = ChannelId.parse(NSCL), Day.parse("2024,001")
KEY = SCEDC.waveform_key(CHANNEL, DAY)


def trimmed(stream: Stream, starttime: UTCDateTime, endtime: UTCDateTime) -> list[object]:
    """What is left of each trace in a span, its times to the nanosecond."""
    left: list[object] = []
    for segment in stream:
        trace = Trace(segment.data, segment.stats.copy())
        with suppress(ValueError):  # how `trim` meets a span that lies just between two samples
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
    """Read a span of the archive's object, and require what the whole object has."""
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
def whole_object(source: DayObject, content: bytes) -> Stream:
    return read_day(source, content).stream


def cold_reader(channel: ChannelId = CHANNEL, day: Day = DAY) -> DayReader:
    """A reader for which no earlier one has learned anything."""
    forget_objects()
    return DayReader(SCEDC.day_object(channel, day))


@pytest.fixture
def put(archive: S3Server) -> Callable[[bytes], None]:
    return lambda content: archive.put(KEY, content)


@pytest.fixture
def read_whole(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Says why an object was read whole; "" if none was."""
    caplog.set_level(logging.INFO, "shared.waveforms.day_reader")

    def reasons() -> str:
        return "".join(record.getMessage() for record in caplog.records)

    return reasons


# Any day, any span


@pytest.mark.usefixtures("small_reads")
@settings(
    max_examples=60,
    derandomize=True,  # the same days each time, so that a failure is one of the change
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_span_of_any_day(put: Callable[[bytes], None], data: st.DataObject) -> None:
    content = data.draw(days(), "day")
    put(content)
    wanted = data.draw(st.lists(spans(content), min_size=1, max_size=4), "spans")
    for starttime, endtime in wanted:
        reader = compare(content, starttime, endtime)
        event("whole" if reader._whole else f"{reader.reads} reads")
    # One reader for all of them, which remembers.
    reader = cold_reader()
    if data.draw(st.booleans(), "prefetch"):
        reader.prefetch(wanted)
        before = reader.reads
        for starttime, endtime in wanted:
            compare(content, starttime, endtime, reader)
        assert reader._whole or reader.reads == before
    for starttime, endtime in wanted:
        compare(content, starttime, endtime, reader)


# Disorder


def hour(**layout: object) -> list[bytes]:
    """Records of an hour of samples at 40 Hz, which do not compress well."""
    (trace,) = segments(40.0, 0.019536, [(0.0, 144_000)])
    content = mseed(trace, **layout)
    length = parse_header(content).record_length
    return [content[offset : offset + length] for offset in range(0, len(content), length)]


def start_of(record: bytes) -> UTCDateTime:
    return parse_header(record).starttime


five_minutes = pytest.mark.parametrize("minute", [0, 20, 31, 54])


@pytest.mark.usefixtures("small_reads")
@five_minutes
def test_late_records_at_the_end_are_found(put, read_whole, minute: int) -> None:
    """They are missing where they belong, which is where the last record is looked at."""
    records = hour()
    starttime = MIDNIGHT + minute * 60
    number = next(i for i, record in enumerate(records) if start_of(record) > starttime + 100)
    late = records[number : number + 3]
    content = b"".join(records[:number] + records[number + 3 :] + late)
    put(content)
    compare(content, starttime, starttime + 300)
    assert "not in the order" in read_whole()


@pytest.mark.usefixtures("small_reads")
@five_minutes
def test_swapped_records_are_seen(put, read_whole, minute: int) -> None:
    records = hour()
    starttime = MIDNIGHT + minute * 60
    number = next(i for i, record in enumerate(records) if start_of(record) > starttime + 100)
    records[number], records[number + 1] = records[number + 1], records[number]
    put(b"".join(records))
    compare(b"".join(records), starttime, starttime + 300)
    assert "not in the order" in read_whole()


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("overlap", [1, 30, 55])
def test_an_overlap_next_to_the_span_is_seen(put, read_whole, overlap: int) -> None:
    traces = segments(40.0, 0.019536, [(0.0, 72_000), (-overlap, 72_000)])
    content = b"".join(map(mseed, traces))
    put(content)
    border = traces[1].stats.starttime
    compare(content, border + overlap / 2, border + overlap / 2 + 0.1)
    compare(content, border - 300, border + overlap / 10)
    compare(content, border + overlap * 0.9, border + 300)
    assert "not in the order" in read_whole()


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda records: [*records[:-1], records[-1][:100]], "are not records of 512 bytes"),
        (lambda records: [*records, b"text"], "are not records of 512 bytes"),
        (lambda records: [*records[:300], b"\0" * 512, *records[300:]], "no miniSEED 2 record"),
        (lambda records: [r.replace(b"BHZ", b"BHN") for r in records[:9]] + records[9:], "BHN"),
        (lambda records: records[:9] + [r.replace(b"BHZ", b"BHN") for r in records[9:]], "BHN"),
        (lambda records: [records[0].replace(b"D", b"Q", 1), *records[1:]], "quality='D'"),
        (lambda records: records[:400] + hour(reclen=1024)[200:], "not records|among those"),
    ],
    ids=["cut", "text", "hole", "other first", "other later", "quality", "lengths"],
)
def test_what_is_odd_is_read_whole(put, read_whole, change, reason: str) -> None:
    content = b"".join(change(hour()))
    put(content)
    middle = start_of(hour()[300])
    reader = compare(content, middle, middle + 300)
    assert reader._whole
    assert reader._whole.warnings == read_day(SCEDC.day_object(CHANNEL, DAY), content).warnings
    assert re.search(reason, read_whole())


@pytest.mark.parametrize("content", [b"", b"x", b"<html>" * 200, bytes(4096)])
def test_what_is_not_miniseed_is_an_error(put, content: bytes) -> None:
    put(content)
    with pytest.raises(UnreadableObjectError, match="CIBOM__BHZ___2024001"):
        read_span(SCEDC.day_object(CHANNEL, DAY), MIDNIGHT, MIDNIGHT + 300)


def test_records_of_another_channel_are_not_taken(put) -> None:
    put(b"".join(record.replace(b"BHZ", b"BHN") for record in hour()))
    with pytest.raises(NoWaveformError, match=r"no samples of CI.BOM..BHZ, but CI.BOM..BHN"):
        read_span(SCEDC.day_object(CHANNEL, DAY), MIDNIGHT, MIDNIGHT + 300)


def test_no_object(archive: S3Server) -> None:
    for length_s in (300, 86_400):
        with pytest.raises(NoWaveformError, match="no data of CI.BOM.BHZ. on 2024,001") as caught:
            read_span(SCEDC.day_object(CHANNEL, DAY), MIDNIGHT, MIDNIGHT + length_s)
        assert caught.value.details["object"] == f"s3://{SCEDC.bucket}/{KEY}"


def test_no_sample_in_the_span(put) -> None:
    put(b"".join(map(mseed, segments(1.0, 3600.25, [(0.0, 1_000), (600.0, 1_000)]))))

    def message(start: float, end: float) -> str:
        with pytest.raises(NoWaveformError) as caught:
            read_span(SCEDC.day_object(CHANNEL, DAY), MIDNIGHT + start, MIDNIGHT + end)
        return caught.value.message.partition(", but ")[2]

    assert message(0, 3599) == "from 2024-01-01T01:00:00.250000Z"
    assert message(4700, 4800) == (
        "up to 2024-01-01T01:16:39.250000Z and from 2024-01-01T01:26:40.250000Z"
    )
    assert message(80_000, 86_400) == "up to 2024-01-01T01:43:19.250000Z"
    assert message(200_000, 200_300) == "up to 2024-01-01T01:43:19.250000Z"
    assert message(-200_000, -100_000) == "from 2024-01-01T01:00:00.250000Z"


# Objects that change


@pytest.fixture
def replace_after(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has the object replaced by others in turn, after each n-th read of a part."""

    def schedule(contents: Iterator[bytes], every: int) -> None:
        count = 0
        read_part = s3_read.read_part

        def read(*args: object, **kwargs: object) -> s3_read.ObjectPart:
            nonlocal count
            part = read_part(*args, **kwargs)
            count += 1
            if count % every == 0 and (content := next(contents, None)) is not None:
                archive.put(KEY, content)
            return part

        monkeypatch.setattr(s3_read, "read_part", read)

    return schedule


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("every", [1, 2])
def test_a_replaced_object_is_read_anew(put, replace_after, every: int) -> None:
    old, new = hour(), b"".join(hour(encoding="STEIM1"))
    put(b"".join(old))
    replace_after(iter([new]), every)
    reader = compare(new, MIDNIGHT + 1800, MIDNIGHT + 2100)
    assert reader._whole is None


@pytest.mark.usefixtures("small_reads")
def test_an_object_that_is_replaced_again_and_again(put, replace_after) -> None:
    contents = [b"".join(hour(encoding=name)) for name in ("STEIM1", "STEIM2", "INT32")]
    put(contents[0])
    replace_after(iter(contents * 3), 1)
    with pytest.raises(S3Error, match="was replaced 3 times while it was read"):
        read_span(SCEDC.day_object(CHANNEL, DAY), MIDNIGHT + 1800, MIDNIGHT + 2100)


@pytest.mark.usefixtures("small_reads")
def test_an_object_that_is_removed_meanwhile(archive, put, monkeypatch) -> None:
    put(b"".join(hour()))
    reader = cold_reader()
    reader.read(MIDNIGHT + 600, MIDNIGHT + 700)
    archive.client.delete_object(Bucket=SCEDC.bucket, Key=KEY)
    with pytest.raises(NoWaveformError, match="no data of CI.BOM.BHZ. on 2024,001"):
        reader.read(MIDNIGHT + 2600, MIDNIGHT + 2700)


# What is read


@pytest.fixture(scope="module")
def quiet_day() -> np.ndarray:
    """A day at 100 Hz, of a standard deviation of 1."""
    return np.random.default_rng(1).standard_normal(8_640_000).astype(np.float32)


def day_of(samples: np.ndarray) -> bytes:
    return mseed(make_trace(NSCL, "2024-01-01T00:00:00.0083", np.round(samples), 100.0))


def reads_of_five_minutes(content: bytes, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many reads, and which part of the object in percent, at each time of the day."""
    readers = [compare_first(content, MIDNIGHT + float(start)) for start in starts]
    reads = np.array([reader.reads for reader in readers])
    return reads, np.array([reader.bytes_read for reader in readers]) / len(content) * 100


def compare_first(content: bytes, starttime: UTCDateTime) -> DayReader:
    reader = cold_reader()
    found = reader.read(starttime, starttime + 300)
    assert found.stream[0].stats.starttime <= starttime
    assert found.stream[-1].stats.endtime >= min(starttime + 300, MIDNIGHT + 86_399.9)
    assert len(found.stream) == 1
    return reader


def test_five_minutes_of_an_ordinary_day(put, quiet_day: np.ndarray, measured) -> None:
    """More noise by day than by night, twice as much, and now and then."""
    hours = np.arange(quiet_day.size) / 360_000
    level = 100 * np.exp2(np.sin(hours * np.pi / 12) / 2)
    level *= np.repeat(np.exp(0.3 * np.random.default_rng(2).standard_normal(1440)), 6000)
    content = day_of(quiet_day * level)
    put(content)
    reads, percent = reads_of_five_minutes(content, np.linspace(1, 86_000, 40))
    measured(f"{len(content) / 1e6:.1f} MB: {reads.max()} reads, {percent.max():.2f} %")
    assert (reads <= 3).mean() >= 0.9
    assert reads.max() <= 4
    assert percent.max() <= 2.5


def test_five_minutes_of_a_day_with_an_earthquake(put, quiet_day: np.ndarray, measured) -> None:
    """A large one at a quiet place: in its first hours there are seven times as many bytes."""
    level = np.full(quiet_day.size, 4.0)
    onset = 3_700_000
    level[onset:] += 3e6 * np.exp(-np.arange(quiet_day.size - onset) / 60_000)
    content = day_of(quiet_day * level)
    put(content)
    around = 37_000 + np.array([-600, -301, -300, -200, -1, 0, 1, 60, 600, 3600, 7200, 14_400])
    starts = np.concatenate([np.linspace(1, 86_000, 30), around])
    reads, percent = reads_of_five_minutes(content, starts)
    measured(f"{len(content) / 1e6:.1f} MB: {reads.max()} reads, {percent.max():.2f} %")
    assert reads.max() <= 5
    assert percent.max() <= 5


def test_edges_of_neighbouring_days(put, quiet_day: np.ndarray) -> None:
    content = day_of(quiet_day * 100)
    put(content)
    for starttime in (MIDNIGHT - 1200, MIDNIGHT + 86_400 - 600):
        reader = cold_reader()
        found = reader.read(starttime, starttime + 1800)
        assert sum(trace.stats.npts for trace in found.stream) >= 60_000 - 1
        assert reader.reads <= 3
        assert reader.bytes_read <= 0.03 * len(content)


def test_most_of_a_day_is_read_whole(put, read_whole) -> None:
    (trace,) = segments(1.0, 0.0, [(0.0, 86_400)])
    put(mseed(trace))
    reader = cold_reader()
    assert reader.read(MIDNIGHT + 100, MIDNIGHT + 50_000).stream[0].stats.npts == 86_400
    assert reader.reads == 1
    assert "a span of most of the day" in read_whole()


def test_a_small_object_takes_two_reads(put) -> None:
    content = b"".join(hour())
    content = content[: 256 * 1024]
    put(content)
    reader = cold_reader()
    for minute in (50, 10, 30):
        compare(content, MIDNIGHT + minute * 60, MIDNIGHT + minute * 60 + 300, reader)
    assert reader.reads == 2
    assert reader.bytes_read == len(content)


@pytest.mark.usefixtures("small_reads")
def test_neighbouring_spans_are_read_together(put) -> None:
    content = b"".join(hour())
    put(content)
    spans = [(MIDNIGHT + 60.0 * minute, MIDNIGHT + 60.0 * minute + 30) for minute in (40, 30, 35)]
    one = cold_reader()
    one.prefetch([(MIDNIGHT + 1800, MIDNIGHT + 2430)])
    many = cold_reader()
    many.prefetch(spans)
    assert many.reads == one.reads
    for starttime, endtime in spans:
        compare(content, starttime, endtime, many)
    assert many.reads == one.reads


@pytest.mark.usefixtures("small_reads")
def test_a_long_gap_does_not_mislead(put) -> None:
    traces = segments(40.0, 0.019536, [(0.0, 400_000), (30_000.0, 1_500_000)])
    content = b"".join(map(mseed, traces))
    put(content)
    for start in (5_000, 9_800, 20_000, 39_000, 40_500, 70_000):
        reader = compare(content, MIDNIGHT + start, MIDNIGHT + start + 300)
        assert reader.reads <= 10
        assert reader.bytes_read <= 0.1 * len(content)


# Times


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("jitter_us", [1, 2, 99])
def test_times_are_those_of_the_segment(put, jitter_us: int) -> None:
    """As ObsPy has it: by its first record, although others' own times jitter around that."""
    records = [bytearray(record) for record in hour()]
    assert records[0][48:50] == (1001).to_bytes(2, "big")
    for number, record in enumerate(records[1:], 1):
        # The start has 36 microseconds beyond the ticks of 0.1 ms.
        record[53] = (36 + (-1) ** number * (number % 2) * jitter_us) & 0xFF
    content = b"".join(map(bytes, records))
    put(content)
    for start in range(300, 3300, 271):
        reader = compare(content, MIDNIGHT + start, MIDNIGHT + start + 100)
        assert reader._whole is None


# Real objects


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("nscl", "day"),
    [
        ("CI.HEC.BHN.", "2022,002"),
        ("CI.NCH.LHZ.", "2022,002"),
        ("CI.WBM.LHZ.", "2022,001"),
        ("CI.WBM.LHZ.", "2022,002"),
        ("CI.WBM.LHZ.", "2022,003"),
    ],
)
def test_real_objects(archive: S3Server, read_whole, measured, nscl: str, day: str) -> None:
    channel, date = ChannelId.parse(nscl), Day.parse(day)
    key = SCEDC.waveform_key(channel, date)
    content = (REAL_DATA / key).read_bytes()
    archive.put(key, content)
    random = np.random.default_rng(1)
    starts = [0, 82_391, 86_100, *random.uniform(-100, 86_400, 30).round(3)]
    readers = [
        compare(content, start, start + 300, channel=channel, day=date)
        for start in (date.starttime + float(second) for second in starts)
    ]
    assert max(reader.reads for reader in readers) <= (4 if channel.station == "HEC" else 2)
    assert read_whole() == ""
    read = np.mean([reader.bytes_read for reader in readers]) / len(content)
    reads = np.mean([reader.reads for reader in readers])
    measured(f"{nscl} {day}: {reads:.1f} reads, {read:.1%} of {len(content):,} bytes")
