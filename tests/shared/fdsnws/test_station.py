"""Answers of the station service: documents, text, limits and caching."""

import io
import json
import re

import obspy
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError, UnreadableObjectError
from shared.station_index.index import write_index
from shared.station_index.update import update_index
from shared.station_index.warm import forget_index, index_key, read_index
from shared.windows.headers import WARNINGS_HEADER
from tests.shared.fdsnws.conftest import COPIES, FILES
from tests.support.station_files import (
    ask,
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


def test_the_source_is_that_of_the_setting(
    stations: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_SOURCE", "files of the folder B&O\n<1>")
    text = content(ask("level=network&net=CI")).decode()
    assert "<Source>files of the folder B&amp;O &lt;1&gt;</Source>" in text


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
        left_out = ask("net=CI&sta=BAD,AAA&format=text").headers[WARNINGS_HEADER]
        assert "CI_BAD.xml is not StationXML" in left_out
        report = update_index(SCEDC)
        assert report["unreadable"][0]["object"].endswith("CI_BAD.xml")
        assert codes("net=CI") == ["CI.AAA", "CI.BBB"]
    finally:
        without_index.client.delete_object(Bucket=SCEDC.bucket, Key=key)


def test_an_index_that_lacks_files_says_so(with_index: S3Server) -> None:
    index = read_index(SCEDC)
    assert index is not None
    files = [index.with_shells(file) for file in index.files]
    content_of_part = write_index(SCEDC, files, 1_234, [])
    with_index.client.put_object(Bucket=OUTPUT_BUCKET, Key=index_key(SCEDC), Body=content_of_part)
    forget_index()
    note = "the station index lacks 1,234 files, until it is updated again"
    assert ask("format=text").headers == {WARNINGS_HEADER: json.dumps([note])}
    for level in ("station", "response"):
        assert f"<!-- {note} -->" in content(ask(f"level={level}")).decode()
    etag = ask("level=response").etag
    assert update_index(SCEDC)["missing"] == 0
    assert ask("level=response").etag != etag
    assert ask("format=text").headers == {}


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


def test_the_same_document_by_the_index_and_by_the_files(with_index: S3Server) -> None:
    queries = ("level=network", "level=station", "level=response&cha=BHZ", "net=CI&level=channel")
    by_index = [without_head(content(ask(query))) for query in queries]
    with_index.client.delete_object(Bucket=OUTPUT_BUCKET, Key=index_key(SCEDC))
    forget_index()
    assert [without_head(content(ask(query))) for query in queries] == by_index
    assert json.dumps(codes("")) == '["CI.AAA", "CI.BBB", "NC.CCC"]'
