"""Answers of the station service: documents, text, limits and caching."""

import io
import json
import re

import obspy
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError, TooLargeError, UnreadableObjectError
from shared.fdsnws import _station_reading, _station_xml, station_service
from shared.fdsnws.routes import ROUTES
from shared.invocation.handler import lambda_handler
from shared.station_index.update import update_index
from shared.station_index.warm import forget_index, index_key
from tests.shared.fdsnws.conftest import COPIES, FILES
from tests.support.http_front import http_api_event
from tests.support.station_files import (
    ask,
    channel,
    codes,
    content,
    document,
    inventory,
    key_of,
    network,
    station,
    valid,
    without_head,
)


@pytest.mark.parametrize("level", ["network", "station", "channel", "response"])
def test_documents(stations: S3Server, level: str) -> None:
    """At each level, ObsPy reads all that the files have down to the level."""
    read = inventory(f"level={level}")
    assert [each.code for each in read] == (
        ["CI", "NC", "XX"] if level == "network" else ["CI", "NC"]
    )
    ci = read[0]
    assert (ci.description, ci.total_number_of_stations, ci.selected_number_of_stations) == (
        "Southern California", 2, 2,
    )  # fmt: skip
    if level == "network":
        assert not ci.stations
        return
    assert [each.code for each in ci] == ["AAA", "BBB"]
    assert [each.total_number_of_channels for each in ci] == [4, 1]
    assert [each.selected_number_of_channels for each in ci] == [4, 1]
    assert ci[1].end_date is None
    assert [len(each.channels) for each in ci] == ([0, 0] if level == "station" else [4, 1])
    if level == "station":
        return
    own = obspy.read_inventory(io.BytesIO(FILES[key_of("CI", "AAA")]))[0][0]
    if level == "channel":
        for epoch in own:
            epoch.response.response_stages = []
    assert ci[0].channels == own.channels


def test_counts_are_those_of_the_request(stations: S3Server) -> None:
    for query in ("cha=BHZ&end=2011-01-01", "level=channel&cha=BHZ&end=2011-01-01&sta=*"):
        ci = inventory(query)[0]
        assert (ci.total_number_of_stations, ci.selected_number_of_stations) == (2, 1)
        assert (ci[0].total_number_of_channels, ci[0].selected_number_of_channels) == (4, 1)
    assert inventory("level=network&sta=B*")[0].selected_number_of_stations == 1


def test_the_head_is_the_services_own(stations: S3Server) -> None:
    text = content(ask("level=network&net=CI")).decode()
    assert "<Source>s3://scedc-pds</Source>" in text
    assert "<Module>fdsnws-station 1.1" in text
    assert "query?level=network&amp;net=CI</ModuleURI>" in text
    assert re.search(r"<Created>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ</Created>", text)
    assert 'schemaVersion="1.2"' in text


def test_stations_of_the_same_network_are_joined(without_index: S3Server) -> None:
    extra = {
        key_of("CI", "DDD"): document(network("CI", station("DDD"), startDate="1926-01-01")),
        key_of("CI", "EEE"): document(network("CI", station("EEE"), startDate="")),
        key_of("YY", "A"): document(network("YY", station("A"), startDate="")),
        key_of("YY", "B"): document(
            network("YY", station("B", startDate="1995-01-01T00:00:00"), startDate="")
        ),
        key_of("ZZ", "A"): document(
            network("ZZ", station("A"), startDate="2000-01-01", endDate="2001-01-01"),
            network("ZZ", station("A", startDate="2010-01-01T00:00:00"), startDate="2010-01-01"),
        ),
    }
    for key, file in extra.items():
        without_index.put(key, file)
    try:
        for _ in range(2):
            read = inventory("net=CI,YY,ZZ&sta=*")
            assert [(each.code, str(each.start_date)[:4], len(each)) for each in read] == [
                ("CI", "1926", 4),
                ("YY", "1995", 2),
                ("ZZ", "2000", 1),
                ("ZZ", "2010", 1),
            ]
            update_index(SCEDC)
    finally:
        for key in extra:
            without_index.client.delete_object(Bucket=SCEDC.bucket, Key=key)


def test_the_authoritative_file_wins(without_index: S3Server) -> None:
    copy = f"{COPIES}/NC_FFF.xml", document(network("NC", station("FFF", site="a copy")))
    own = key_of("NC", "FFF"), document(network("NC", station("FFF", site="its own")))
    elsewhere = key_of("CI", "FFF"), document(network("NC", station("GGG", site="elsewhere")))
    try:
        for key, file in (copy, own, elsewhere):
            without_index.put(key, file)
        for _ in range(2):
            for query in ("net=NC&sta=FFF", "net=NC&sta=FF?"):
                assert [each.site.name for each in inventory(query)[0]] == ["its own"]
            assert codes("net=NC&sta=G*") == ["NC.GGG"]
            update_index(SCEDC)
        assert codes("net=NC&sta=GGG") == ["NC.GGG"]  # by the index, as its key is another
    finally:
        for key, _ in (copy, own, elsewhere):
            without_index.client.delete_object(Bucket=SCEDC.bucket, Key=key)


def test_files_that_cannot_be_read(
    without_index: S3Server, caplog: pytest.LogCaptureFixture
) -> None:
    key = key_of("CI", "BAD")
    without_index.put(key, b"<bad --")
    try:
        found = content(ask("level=channel")).decode()
        assert f"<!-- s3://scedc-pds/{key} is not StationXML" in found.splitlines()[1]
        assert f"{key} is not StationXML" in caplog.text
        valid(found.encode())
        with pytest.raises(UnreadableObjectError, match="BAD"):
            ask("net=CI&sta=BAD")
        assert codes("net=CI&sta=BAD,AAA") == ["CI.AAA"]
        report = update_index(SCEDC)
        assert report["unreadable"][0]["object"].endswith("CI_BAD.xml")
        assert codes("net=CI") == ["CI.AAA", "CI.BBB"]
    finally:
        without_index.client.delete_object(Bucket=SCEDC.bucket, Key=key)


def test_etags(stations: S3Server) -> None:
    first, again = ask("level=channel"), ask("level=channel")
    assert first.etag == again.etag
    assert first.etag != ask("level=station").etag
    reply = ask("level=channel", **{"if-none-match": f'"x", {first.etag}'})
    assert (reply.status, reply.value) == (304, None)
    stations.put(key_of("CI", "BBB"), FILES[key_of("CI", "BBB")] + b"\n")
    try:
        update_index(SCEDC)
        assert ask("level=channel").etag != first.etag
    finally:
        stations.put(key_of("CI", "BBB"), FILES[key_of("CI", "BBB")])


def test_no_data(stations: S3Server) -> None:
    assert ask("net=ZZ").status == 204
    assert ask("net=ZZ&nodata=404").status == 404


def test_text_has_no_responses() -> None:
    with pytest.raises(BadRequestError, match="format=text has no responses"):
        ask("level=response&format=text")


# Limits


def test_more_files_than_a_request_may_read(
    with_index: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_station_reading, "MAX_FILES", 1)
    with pytest.raises(TooLargeError, match=r"needs 3 StationXML files .*: at most 1 files"):
        ask("level=response")
    assert codes("level=channel&cha=BHZ&net=CI")  # text needs none
    assert len(inventory("level=station")) == 2
    assert len(inventory("level=response&cha=HHZ")) == 1
    forget_index()
    with_index.client.delete_object(Bucket=OUTPUT_BUCKET, Key=index_key(SCEDC))
    for query in ("level=network", "net=CI&sta=A*&format=text"):
        with pytest.raises(TooLargeError, match="station index is missing.*station-index"):
            ask(query)
    assert codes("net=CI&sta=AAA") == ["CI.AAA"]


def test_more_bytes_than_a_request_may_read(
    with_index: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_station_reading, "MAX_FILE_BYTES", 3_000)
    with pytest.raises(TooLargeError, match="at most 200 files and 3,000 bytes"):
        ask("level=response")


def test_a_document_that_is_too_long(stations: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_station_xml, "MAX_ANSWER_BYTES", 3_000)
    with pytest.raises(TooLargeError, match="more than 3,000 bytes: ask for fewer"):
        ask("level=response")
    assert ask("level=network").value


def test_the_limits_are_in_the_service_description() -> None:
    assert str(_station_reading.MAX_FILES) in station_service.STATION.limits


# The matter of data


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


# The whole way


def test_an_answer_beyond_the_limit_is_a_link(with_index: S3Server) -> None:
    many = "".join(channel("BHZ", body=f"<Description>{'x' * 9_000}</Description>") * 700)
    key = key_of("CI", "BIG")
    with_index.put(key, document(network("CI", station("BIG", many))))
    try:
        handler = lambda_handler(lambda _: None, routes=ROUTES, large_folder="windows")
        query = "net=CI&sta=BIG&level=response"
        got = handler(http_api_event("GET", "/fdsnws/station/1/query", query), None)
        assert got["statusCode"] == 303
        assert got["headers"]["Location"].startswith("http")
        body = b"level=response\nCI BIG * * 2000-01-01 2100-01-01"
        posted = handler(http_api_event("POST", "/fdsnws/station/1/query", body=body), None)
        assert posted["statusCode"] == 413
    finally:
        with_index.client.delete_object(Bucket=SCEDC.bucket, Key=key)


def test_the_same_document_by_the_index_and_by_the_files(with_index: S3Server) -> None:
    queries = ("level=network", "level=station", "level=response&cha=BHZ", "net=CI&level=channel")
    by_index = [without_head(content(ask(query))) for query in queries]
    with_index.client.delete_object(Bucket=OUTPUT_BUCKET, Key=index_key(SCEDC))
    forget_index()
    assert [without_head(content(ask(query))) for query in queries] == by_index
    assert json.dumps(codes("")) == '["CI.AAA", "CI.BBB", "NC.CCC"]'
