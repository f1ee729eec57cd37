"""ObsPy's client against the station service, over HTTP."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import obspy
import pytest
from obspy import UTCDateTime
from obspy.clients.fdsn import Client
from obspy.clients.fdsn.header import FDSNNoDataException, FDSNRequestTooLargeException

from local.cloud.s3_server import S3Server
from shared.fdsnws import _station_reading
from tests.shared.fdsnws.conftest import FILES
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
