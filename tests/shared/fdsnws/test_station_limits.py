"""The limits of the station service: files, bytes, and the length of an answer."""

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.errors import TooLargeError
from shared.fdsnws import _station_files, _station_reading, _station_xml, station_service
from shared.fdsnws._station_limits import MAX_WILDCARDS
from shared.fdsnws.routes import ROUTES
from shared.invocation import http_event, lambda_handler
from shared.station_index.warm import forget_index, index_key, recent_index
from tests.support.http_api import http_api_event
from tests.support.invocations import fetch
from tests.support.station_files import PATH, ask, codes, inventory, lines, valid


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


def test_stations_by_name(with_index: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few are read from their files; more are found by the index, or bounded without one."""
    monkeypatch.setattr(_station_reading, "FEW_STATIONS", 1)
    assert recent_index(SCEDC)
    with monkeypatch.context() as patched:
        patched.setattr(s3_read, "read_unless", lambda *_: pytest.fail("read"))
        assert codes("net=CI&sta=AAA,BBB") == ["CI.AAA", "CI.BBB"]
    monkeypatch.setattr(_station_reading, "MAX_FILE_BYTES", 3_000)
    with pytest.raises(TooLargeError, match="at most 200 files and 3,000 bytes"):
        ask("net=CI&sta=AAA,BBB&level=response")
    with_index.client.delete_object(Bucket=OUTPUT_BUCKET, Key=index_key(SCEDC))
    forget_index()
    assert codes("net=CI&sta=AAA,BBB") == ["CI.AAA", "CI.BBB"]
    monkeypatch.setattr(_station_files, "MAX_FILE_BYTES", 0)
    monkeypatch.setattr(_station_files, "in_threads", lambda do, items, **_: [*map(do, items)])
    with pytest.raises(TooLargeError, match="more than 0 bytes: ask for fewer stations"):
        ask("net=CI&sta=AAA,BBB&level=response")


def test_a_document_that_is_too_long(stations: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_station_xml, "MAX_ANSWER_BYTES", 3_000)
    with pytest.raises(TooLargeError, match="more than 3,000 bytes: ask for fewer"):
        ask("level=response")
    assert ask("level=network").value


EVER = "1900-01-01 2100-01-01"


def codes_of(*rows: str) -> list[str]:
    found = lines("", "\n".join(["level=channel", *rows]).encode())
    return [".".join(line.split("|")[:4]) for line in found]


def test_many_lines_of_the_same_stations(stations: S3Server) -> None:
    """Spans of the same codes are compared at once, exact stations found by a table."""
    times = [f"20{10 + n % 10}-0{1 + n % 9}-01 20{10 + n % 10}-0{1 + n % 9}-02" for n in range(900)]
    rows = [f"CI AAA 00 BHZ {time}" for time in times]
    rows += [f"CI S{n} * * {EVER}" for n in range(900)]
    assert codes_of(*rows, f"CI B?? * * {EVER}") == ["CI.AAA.00.BHZ"] * 2 + ["CI.BBB..HHZ"]


def test_more_lines_with_wildcards_than_are_compared() -> None:
    with pytest.raises(TooLargeError, match="101 different lines with wildcards .* at most 100"):
        codes_of(*(f"CI S{n}* * * {EVER}" for n in range(MAX_WILDCARDS + 1)))


def test_more_lookups_of_data_than_a_request_may_need() -> None:
    rows = [f"CI S{n} * * 2020-01-01 2020-12-31" for n in range(11)]
    with pytest.raises(TooLargeError, match="in each of its days: at most 4,000 times"):
        codes_of("matchtimeseries=true", *rows)


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
