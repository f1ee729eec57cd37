"""Whole day objects, read from the archive."""

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.read_day import download_day, read_day
from tests.support.builders import make_trace, mseed, noise, put_day
from tests.support.compared_days import DAY_OBJECT

NSCL = "CI.BOM.BHZ."
KEY = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"


def fetch() -> DayWaveform:
    return read_day(DAY_OBJECT, download_day(DAY_OBJECT))


def test_segments_are_read_as_they_are(archive: S3Server) -> None:
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00.019536", noise(1_000)),
        make_trace(NSCL, "2024-01-01T00:10:00.027000", noise(1_000, 2)),
    ]
    assert put_day(archive, NSCL, "2024,001", *traces) == KEY
    day = fetch()
    assert day.uri == f"s3://{SCEDC.bucket}/{KEY}"
    assert day.warnings == ()
    assert [trace.stats.starttime for trace in day.stream] == [t.stats.starttime for t in traces]
    for trace, written in zip(day.stream, traces, strict=True):
        assert trace.data.tolist() == written.data.tolist()


@pytest.mark.parametrize(
    ("encoding", "dtype", "reclen"),
    [("INT16", "int16", 256), ("INT32", "int32", 512), ("FLOAT64", "float64", 4096)],
)
def test_other_encodings_and_record_lengths(
    archive: S3Server, encoding: str, dtype: str, reclen: int
) -> None:
    trace = make_trace(NSCL, "2024-01-01", noise(1_000), dtype=dtype)
    put_day(archive, NSCL, "2024,001", trace, encoding=encoding, reclen=reclen)
    assert fetch().stream[0].data.tolist() == trace.data.tolist()


def test_no_object(archive: S3Server) -> None:
    with pytest.raises(NoWaveformError, match=r"no data of CI.BOM.BHZ. on 2024,001") as caught:
        fetch()
    assert caught.value.details["object"] == f"s3://{SCEDC.bucket}/{KEY}"


def test_an_object_of_another_channel_is_not_taken(archive: S3Server) -> None:
    archive.put(KEY, mseed(make_trace("CI.BOM.BHN.", "2024-01-01", noise(100))))
    with pytest.raises(NoWaveformError, match=r"no samples of CI.BOM..BHZ, but CI.BOM..BHN"):
        fetch()


@pytest.mark.parametrize(
    "content", [b"", b"x", b"<html>" * 200, bytes(4096), b"000001D " + bytes(504), bytes(40)]
)
def test_what_is_not_miniseed_is_an_error(archive: S3Server, content: bytes) -> None:
    archive.put(KEY, content)
    with pytest.raises((UnreadableObjectError, NoWaveformError), match="CIBOM__BHZ___2024001"):
        fetch()


def test_what_obspy_finds_odd_is_told(archive: S3Server) -> None:
    records = mseed(make_trace(NSCL, "2024-01-01", noise(4_000)))
    archive.put(KEY, records + b"trailing text that is no record")
    day = fetch()
    assert sum(trace.stats.npts for trace in day.stream) == 4_000
    assert day.warnings


def test_a_truncated_object_is_not_taken_for_whole(archive: S3Server) -> None:
    records = mseed(make_trace(NSCL, "2024-01-01", noise(4_000)))
    archive.put(KEY, records[:-100])
    assert fetch().warnings


@pytest.mark.parametrize("year", [1970, 2023, 2025, 65535])
def test_a_record_of_another_year_is_left_out_and_told(archive: S3Server, year: int) -> None:
    """Merging it with the others would make a trace of gigabytes."""
    records = bytearray(mseed(make_trace(NSCL, "2024-01-01", noise(4_000))))
    records[512 + 20 : 512 + 22] = year.to_bytes(2, "big")
    archive.put(KEY, bytes(records))
    day = fetch()
    assert all(trace.stats.starttime.year == 2024 for trace in day.stream)
    assert any("samples of another day, which were left out" in note for note in day.warnings)


def test_records_of_text_are_an_error(archive: S3Server) -> None:
    records = bytearray(mseed(make_trace(NSCL, "2024-01-01", noise(4_000))))
    for record in range(0, len(records), 512):
        records[record + 52] = 0  # blockette 1000: encoding ASCII
    archive.put(KEY, bytes(records))
    with pytest.raises(UnreadableObjectError, match="records of text"):
        fetch()
