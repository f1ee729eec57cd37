"""ObsPy's client: stations, their data, and the client's own description of the services."""

from typing import Any

import pytest
import requests
from obspy import Inventory, UTCDateTime
from obspy.clients.fdsn import Client
from obspy.clients.fdsn.header import FDSNNoDataException

from shared.fdsnws.services import SERVICES
from tests.clients.archive import CHANNELS, END, MIDNIGHT, START, assert_same, stations, truth
from tests.support.http_api import ServedHandler


@pytest.fixture
def client(served: ServedHandler) -> Client:
    return Client(served.url, timeout=60)


def channels(inventory: Inventory) -> list[str]:
    return sorted(inventory.get_contents()["channels"])


@pytest.mark.parametrize("level", ["network", "station", "channel", "response"])
def test_every_level(client: Client, level: str) -> None:
    """The file's own objects come back: networks, stations, channels and responses."""
    found = client.get_stations(network="*", station="*", channel="BH?", level=level)
    expected = stations()
    assert [each.code for each in found] == ["CI", "NC"]
    names = ["CI.AAA", "CI.BBB", "NC.CCC"]
    if level == "network":
        assert [len(each) for each in found] == [0, 0]
    else:
        places = [
            (f"{each.code}.{one.code}", one.latitude, one.longitude)
            for each in found
            for one in each
        ]
        assert [name for name, *_ in places] == names
        for name, latitude, longitude in places:
            (only,) = expected.select(*name.split("."))[0]
            assert (latitude, longitude) == (only.latitude, only.longitude)
    if level in ("channel", "response"):
        assert channels(found) == sorted(CHANNELS)
        for seed_id in CHANNELS:
            place = expected.get_channel_metadata(seed_id, MIDNIGHT)
            assert found.get_channel_metadata(seed_id, MIDNIGHT) == place
    if level == "response":
        for seed_id in CHANNELS:
            response = expected.get_response(seed_id, MIDNIGHT)
            assert found.get_response(seed_id, MIDNIGHT) == response


@pytest.mark.parametrize("level", ["network", "station", "channel"])
def test_every_level_as_text(client: Client, level: str) -> None:
    keywords = {"network": "CI,NC", "location": "--,10", "level": level}
    text = client.get_stations(format="text", **keywords)
    xml = client.get_stations(**keywords)
    shown, contents = text.get_contents(), xml.get_contents()
    assert shown["networks"] == contents["networks"] == ["CI", "NC"]
    assert channels(text) == channels(xml)
    if level == "channel":
        for seed_id in CHANNELS:
            place = xml.get_channel_metadata(seed_id, MIDNIGHT)
            assert text.get_channel_metadata(seed_id, MIDNIGHT) == place


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        ({"station": "AAA", "location": "", "channel": "*"}, ["CI.AAA..BHZ"]),
        ({"minlatitude": 36, "maxlongitude": -121.5}, ["NC.CCC..BHZ"]),
        ({"latitude": 34.5, "longitude": -117, "maxradius": 0.5}, ["CI.BBB..BHZ"]),
        ({"network": "CI", "channel": "BHN", "starttime": START, "endtime": END}, CHANNELS[1:2]),
        ({"startbefore": UTCDateTime(2016, 1, 1), "station": "BBB"}, ["CI.BBB..BHZ"]),
    ],
)
@pytest.mark.parametrize("form", ["xml", "text"])
def test_selections(client: Client, selection: Any, found: list[str], form: str) -> None:
    inventory = client.get_stations(level="channel", format=form, **selection)
    assert channels(inventory) == list(found)


def test_no_stations(client: Client) -> None:
    for selection in ({"network": "ZZ"}, {"endtime": UTCDateTime(2010, 1, 1)}):
        with pytest.raises(FDSNNoDataException):
            client.get_stations(**selection)


def test_bulk(client: Client) -> None:
    lines = [("CI", "AAA", "", "BHZ", START, END), ("NC", "C*", "*", "*", START, END)]
    for given in (lines, f"format=xml\nCI AAA -- BHZ {START} {END}\nNC C* * * {START} {END}"):
        found = client.get_stations_bulk(given, level="response") if given is lines else None
        found = found or client.get_stations_bulk(f"level=response\n{given}")
        assert channels(found) == ["CI.AAA..BHZ", "NC.CCC..BHZ"]
        response = stations().get_response("NC.CCC..BHZ", MIDNIGHT)
        assert found.get_response("NC.CCC..BHZ", MIDNIGHT) == response
    text = client.get_stations_bulk(lines, level="channel", format="text")
    assert channels(text) == ["CI.AAA..BHZ", "NC.CCC..BHZ"]


def test_what_has_data(client: Client) -> None:
    """ObsPy has no client of availability, but station takes two parameters of it."""
    day = {"starttime": MIDNIGHT - 100, "endtime": MIDNIGHT + 100}
    found = client.get_stations(level="channel", matchtimeseries=True, **day)
    assert channels(found) == sorted(CHANNELS)
    other = UTCDateTime("2023-01-01")
    with pytest.raises(FDSNNoDataException):
        client.get_stations(matchtimeseries=True, starttime=other, endtime=other + 86_400)
    found = client.get_stations(
        network="CI", station="AAA", level="channel", includeavailability=True, **day
    )
    for channel in found[0][0]:
        extent = channel.data_availability
        assert extent.start <= MIDNIGHT - 100
        assert extent.end >= MIDNIGHT + 100


def test_availability_as_a_bulk_request(client: Client, served: ServedHandler) -> None:
    query = f"network=CI,NC&starttime={START}&endtime={END}&format=request"
    lines = requests.get(f"{served.url}/fdsnws/availability/1/query?{query}", timeout=60).text
    assert len(lines.splitlines()) == len(CHANNELS) * 3  # one for each continuous segment
    # A client that does not join records gets each segment in one trace, as it asked for.
    assert_same(client.get_waveforms_bulk(lines), truth(START, END))


def test_what_the_client_prints(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    text = str(client)
    assert text.startswith("FDSN Webservice Client (base url: http://127.0.0.1:")
    assert "Available Services: " in text
    assert {"dataselect", "station"} <= set(client.services)
    for name in ("dataselect", "station"):
        client.help(name)
        shown = capsys.readouterr().out
        assert f"'{name}' service (v{SERVICES[name].version})" in shown
        if name == "dataselect":  # the extensions
            assert "units (str), Default value: VEL, Choices: VEL, DISP, ACC, DEF" in shown
            assert "correct (bool)" in shown
    assert client.get_webservice_version("station") == [1, 1, 0]
