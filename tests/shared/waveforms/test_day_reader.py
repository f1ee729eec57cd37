"""Time spans of a day object, compared with the whole object that ObsPy reads and trims."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms.day_reader import read_span
from tests.support.builders import mseed
from tests.support.compared_days import DAY_OBJECT, KEY, cold_reader, compare, hour
from tests.support.generated_days import MIDNIGHT, days, segments, spans
from tests.support.plugins.real_data import REAL_DATA


@pytest.mark.usefixtures("small_reads")
@settings(
    max_examples=60,
    derandomize=True,  # the same days each time, so that a failure is due to a change of the code
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
    # One reader for all spans.
    reader = cold_reader()
    if data.draw(st.booleans(), "prefetch"):
        reader.prefetch(wanted)
        before = reader.reads
        for starttime, endtime in wanted:
            compare(content, starttime, endtime, reader)
        assert reader._whole or reader.reads == before
    for starttime, endtime in wanted:
        compare(content, starttime, endtime, reader)


@pytest.mark.parametrize("content", [b"", b"x", b"<html>" * 200, bytes(4096)])
def test_what_is_not_miniseed_is_an_error(put, content: bytes) -> None:
    put(content)
    with pytest.raises(UnreadableObjectError, match="CIBOM__BHZ___2024001"):
        read_span(DAY_OBJECT, MIDNIGHT, MIDNIGHT + 300)


def test_records_of_another_channel_are_not_taken(put) -> None:
    put(b"".join(record.replace(b"BHZ", b"BHN") for record in hour()))
    with pytest.raises(NoWaveformError, match=r"no samples of CI.BOM..BHZ, but CI.BOM..BHN"):
        read_span(DAY_OBJECT, MIDNIGHT, MIDNIGHT + 300)


def test_no_object(archive: S3Server) -> None:
    for length_s in (300, 86_400):
        with pytest.raises(NoWaveformError, match="no data of CI.BOM.BHZ. on 2024,001") as caught:
            read_span(DAY_OBJECT, MIDNIGHT, MIDNIGHT + length_s)
        assert caught.value.details["object"] == f"s3://{SCEDC.bucket}/{KEY}"


def test_no_sample_in_the_span(put) -> None:
    put(b"".join(map(mseed, segments(1.0, 3600.25, [(0.0, 1_000), (600.0, 1_000)]))))

    def message(start: float, end: float) -> str:
        with pytest.raises(NoWaveformError) as caught:
            read_span(DAY_OBJECT, MIDNIGHT + start, MIDNIGHT + end)
        return caught.value.message.partition(", but ")[2]

    assert message(0, 3599) == "from 2024-01-01T01:00:00.250000Z"
    assert message(4700, 4800) == (
        "up to 2024-01-01T01:16:39.250000Z and from 2024-01-01T01:26:40.250000Z"
    )
    assert message(80_000, 86_400) == "up to 2024-01-01T01:43:19.250000Z"
    assert message(200_000, 200_300) == "up to 2024-01-01T01:43:19.250000Z"
    assert message(-200_000, -100_000) == "from 2024-01-01T01:00:00.250000Z"


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("jitter_us", [1, 2, 99])
def test_times_are_those_of_the_segment(put, jitter_us: int) -> None:
    """As in ObsPy, the first record sets the times, although those of later records jitter."""
    records = [bytearray(record) for record in hour()]
    assert records[0][48:50] == (1001).to_bytes(2, "big")
    for number, record in enumerate(records[1:], 1):
        # The start is 36 microseconds past a tick of 0.1 ms.
        record[53] = (36 + (-1) ** number * (number % 2) * jitter_us) & 0xFF
    content = b"".join(map(bytes, records))
    put(content)
    for start in range(300, 3300, 271):
        reader = compare(content, MIDNIGHT + start, MIDNIGHT + start + 100)
        assert reader._whole is None


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
