"""ObsPy's client against the station service, over HTTP."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import obspy
import pytest
from obspy import UTCDateTime
from obspy.clients.fdsn import Client
from obspy.clients.fdsn.header import FDSNNoDataException, FDSNRequestTooLargeException
from obspy.clients.fdsn.mass_downloader import MassDownloader, RectangularDomain, Restrictions

from local.cloud.s3_server import S3Server
from shared.fdsnws import _station_reading
from shared.holdings import day_holdings
from tests.shared.fdsnws.conftest import FILES
from tests.support.builders import make_trace, noise, put_day
from tests.support.http_api import http_api
from tests.support.station_files import key_of


@pytest.fixture
def client(with_index: S3Server, timewindow_handler: Callable[[Any], Any]) -> Iterator[Client]:
    with http_api(timewindow_handler) as server:
        yield Client(server.url, _discover_services=False)


def test_every_level_and_format(client: Client) -> None:
    for level in ("network", "station", "channel", "response"):
        read = client.get_stations(network="CI", station="*", level=level)
        contents = read.get_contents()
        assert contents["networks"] == ["CI"]
        assert len(contents["stations"]) == (0 if level == "network" else 2)
        assert len(contents["channels"]) == (5 if level in ("channel", "response") else 0)
        if level != "response":
            text = client.get_stations(network="CI", station="*", level=level, format="text")
            found = text.get_contents()
            for kind in ("networks", "stations", "channels"):
                named = [each.partition(" ")[0] for each in contents[kind]]
                assert sorted(each.partition(" ")[0] for each in found[kind]) == sorted(named)
    by_time = client.get_stations(
        network="CI", station="AAA", location="00", channel="BHZ", level="response",
        starttime=UTCDateTime(2014, 1, 1), endtime=UTCDateTime(2014, 1, 2),
    )  # fmt: skip
    own = obspy.read_inventory(io.BytesIO(FILES[key_of("CI", "AAA")]))
    when = UTCDateTime(2014, 1, 1)
    seed_id = "CI.AAA.00.BHZ"
    assert len(by_time[0][0].channels) == 1
    assert by_time.get_response(seed_id, when) == own.get_response(seed_id, when)
    line = ("CI", "AAA", "--", "LOG", UTCDateTime(2012, 1, 1), UTCDateTime(2013, 1, 1))
    bulk = client.get_stations_bulk([line], level="channel")
    assert bulk.get_contents()["channels"] == ["CI.AAA..LOG"]


def test_errors(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FDSNNoDataException):
        client.get_stations(network="ZZ")
    monkeypatch.setattr(_station_reading, "MAX_FILES", 1)
    with pytest.raises(FDSNRequestTooLargeException, match="at most 1 files"):
        client.get_stations(network="*", level="response")


def test_the_mass_downloader(
    with_index: S3Server, timewindow_handler: Callable[[Any], Any], tmp_path: Path
) -> None:
    """It asks for channels with data in a box as text, then for data, then for responses."""
    nscl = "CI.AAA.BHZ.00"
    trace = make_trace(nscl, "2022-01-02T00:00:00.0195", noise(4_000))
    put_day(with_index, nscl, "2022,002", trace)
    day_holdings.forget_holdings()
    restrictions = Restrictions(
        UTCDateTime(2022, 1, 2), UTCDateTime(2022, 1, 2, 0, 1), minimum_length=0.0,
        location_priorities=["00", ""], channel_priorities=["[BH]H[ZN]"],
    )  # fmt: skip
    domain = RectangularDomain(33, 37, -120, -116)
    with http_api(timewindow_handler) as server:
        MassDownloader([server.url], configure_logging=False).download(
            domain, restrictions, str(tmp_path / "waveforms"), str(tmp_path / "stations")
        )
        queries = [event["rawQueryString"] for event in server.events if event["rawQueryString"]]
    assert "matchtimeseries=" in queries[0]
    (data,) = (tmp_path / "waveforms").iterdir()
    (found,) = obspy.read(str(data))
    assert found.data.tolist() == trace.data[: found.stats.npts].tolist()
    (metadata,) = (tmp_path / "stations").iterdir()
    read = obspy.read_inventory(str(metadata))
    assert read.get_response("CI.AAA.00.BHZ", UTCDateTime(2022, 1, 2)).response_stages
