"""The limits of the station service: files, bytes, and the length of an answer."""

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.errors import TooLargeError
from shared.fdsnws import _station_reading, _station_xml, station_service
from shared.fdsnws.routes import ROUTES
from shared.invocation import http_event, lambda_handler
from shared.station_index.warm import forget_index, index_key
from tests.support.http_api import http_api_event
from tests.support.invocations import fetch
from tests.support.station_files import PATH, ask, codes, inventory, valid


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


def test_an_answer_beyond_the_limit_is_a_link(
    with_index: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_event, "max_reply_bytes", lambda _: 2_000)
    handler = lambda_handler(lambda _: None, routes=ROUTES, large_folder="windows")
    got = handler(http_api_event("GET", PATH, "net=CI&sta=AAA&level=response"), None)
    assert got["statusCode"] == 303
    stored, _ = fetch(got["headers"]["Location"])
    assert valid(stored).count(b"<Channel ") == 4
    body = b"level=response\nCI AAA * * 2000-01-01 2100-01-01"
    posted = handler(http_api_event("POST", PATH, body=body), None)
    assert posted["statusCode"] == 413
