"""Metadata of channels with data, and the extents of their data, by the archive's daily index."""

import obspy
import pytest

from local.cloud.s3_server import S3Server
from shared.errors import TooLargeError
from tests.support.station_files import ask, codes, inventory

WITH_DAYS = "start=2022-01-01&end=2022-01-03T12:00:00"


def put_index(server: S3Server, day: int, *channels: str) -> str:
    """Put the archive's index of a day of January 2022."""
    key = (
        f"continuous_waveforms/index/csv/year=2022/year_doy=2022_{day:03d}/"
        f"2022_{day:03d}_waveform_index.csv"
    )
    rows = [f"{name}_2022{day:03d}.ms" for name in channels]
    server.put(key, "\n".join(["ms_filename,net,sta,seedchan,location,lat,lon,sample_rate",
                               *(f"{name},,,,,,," for name in rows)]).encode())  # fmt: skip
    return key


@pytest.fixture
def days(stations: S3Server) -> S3Server:
    """Two days of data of CI.AAA.00.BHZ, and one of CI.BBB..HHZ."""
    put_index(stations, 1, "CIAAA__BHZ00", "CIBBB__HHZ__")
    put_index(stations, 2, "CIAAA__BHZ00")
    put_index(stations, 3)
    return stations


def test_only_channels_with_data(days: S3Server) -> None:
    assert codes(f"level=channel&matchtimeseries=true&{WITH_DAYS}") == [
        "CI.AAA.00.BHZ",
        "CI.BBB..HHZ",
    ]
    later = WITH_DAYS.replace("start=2022-01-01", "start=2022-01-02")
    assert codes(f"matchtimeseries=true&{later}") == ["CI.AAA"]
    assert codes(f"matchtimeseries=true&level=network&{later}&net=CI,NC") == ["CI"]
    assert codes(f"matchtimeseries=true&{later}&cha=HHZ") == []


def test_the_extents_of_data(days: S3Server) -> None:
    read = inventory(f"level=channel&includeavailability=true&net=CI&sta=AAA&{WITH_DAYS}")
    found = [(each.code, each.data_availability) for each in read[0][0]]
    (extent,) = [extent for code, extent in found if code == "BHZ"]
    assert (extent.start, extent.end) == (
        obspy.UTCDateTime(2022, 1, 1),
        obspy.UTCDateTime(2022, 1, 2, 23, 59, 59, 999999),
    )
    assert [extent for code, extent in found if code != "BHZ"] == [None, None]
    by_station = inventory(f"includeavailability=true&{WITH_DAYS}")[0]
    assert by_station[1].data_availability.end == obspy.UTCDateTime(2022, 1, 1, 23, 59, 59, 999999)
    assert ask(f"includeavailability=true&{WITH_DAYS}").etag == ""


def test_data_need_a_time_span() -> None:
    for query in ("matchtimeseries=true", "includeavailability=true&start=2020-01-01"):
        with pytest.raises(TooLargeError, match="starttime and endtime, at most 400 days"):
            ask(query)
    with pytest.raises(TooLargeError, match="400"):
        ask("matchtimeseries=true&start=2000-01-01&end=2020-01-01")


def test_times_beyond_all_data_have_none(days: S3Server) -> None:
    for times in ("start=1000-01-01&end=1899-12-31", "start=2300-01-01&end=9999-12-31"):
        assert codes(f"matchtimeseries=true&{times}") == []
    last_day = obspy.UTCDateTime().date
    assert codes(f"matchtimeseries=true&start={last_day}&end=2599-12-31&net=CI") == []
