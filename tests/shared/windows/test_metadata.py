"""Row 16 of docs/correctness.md: counts as SAC have coordinates where the archive has them."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import obspy
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.errors import S3Error
from shared.stations import inventories
from tests.support.builders import make_trace, noise, put_day
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import call, window

NSCL = "CI.BOM.BHZ."
START = "2024-01-01T00:00:00"
WINDOWS = [window(NSCL, START, "2024-01-01T00:00:10"), window("CI.NONE.BHZ.", START, START)]
Handler = Callable[[Any], Any]


@pytest.fixture
def downloads(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The channels whose StationXML is downloaded; a day of counts is in the archive."""
    put_day(archive, NSCL, "2024,001", make_trace(NSCL, START, noise(4_000)))
    made: list[str] = []
    download = inventories.download_stationxml

    def spy(archive: Archive, channel: ChannelId) -> Any:
        made.append(channel.nscl)
        return download(archive, channel)

    monkeypatch.setattr(inventories, "download_stationxml", spy)
    return made


def as_sac(handler: Handler) -> tuple[Any, list[dict[str, Any]]]:
    """The header of the SAC file, and the description beside it."""
    content, beside = call(handler, {"Windows": WINDOWS, "Format": "sac"})
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".sac")]
        header = obspy.read(io.BytesIO(files.read(name)))[0].stats.sac
        assert json.loads(files.read("windows.json")) == beside["windows"]
    described: Any = beside["windows"]
    return header, described


def test_sac_takes_one_file_and_other_formats_none(
    archive: S3Server, downloads: list[str], timewindow_handler: Handler
) -> None:
    PlainSeismometer().put(archive, NSCL, 40.0)
    for file_format in ("json", "mseed"):
        call(timewindow_handler, {"Windows": WINDOWS * 3, "Format": file_format})
    assert downloads == []
    header, (described, _) = as_sac(timewindow_handler)
    assert header["stla"] == 34.25
    assert "warnings" not in described
    assert downloads == [NSCL]  # of the window that has samples


def test_counts_without_metadata_are_delivered(
    downloads: list[str], timewindow_handler: Handler
) -> None:
    header, (described, _) = as_sac(timewindow_handler)
    assert "stla" not in header
    assert "warnings" not in described


def test_metadata_that_cannot_be_read_are_a_warning(
    downloads: list[str], timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise S3Error("could not read s3://scedc-pds/x.xml: SlowDown")

    monkeypatch.setattr(inventories, "download_stationxml", fail)
    header, (described, _) = as_sac(timewindow_handler)
    assert "stla" not in header
    assert described["warnings"] == [
        "CI.BOM.BHZ.: no coordinates: could not read s3://scedc-pds/x.xml: SlowDown"
    ]
