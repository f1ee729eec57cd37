"""Updates of the station index: files that are read, left, kept and refused."""

from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.aws import deadline, s3_read, s3_write
from shared.errors import BadRequestError, S3Error, SettingsError, TooLargeError
from shared.fdsnws.updates import UPDATES
from shared.invocation import lambda_handler
from shared.station_index import update, warm
from shared.station_index.update import update_index
from tests.support.faulty_s3 import faulty_s3
from tests.support.http_api import http_api_event
from tests.support.s3_faults import forbid
from tests.support.station_files import ask, channel, codes, document, key_of, network, station

NAMES = ["AAA", "BBB", "CCC", "DDD"]


@pytest.fixture(autouse=True)
def _new_container() -> None:
    warm.forget_index()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the StationXML files that are read."""
    keys: list[str] = []
    real = s3_read.read_unless

    def spy(source: Any, etag: str) -> Any:
        if source.key.endswith(".xml"):
            keys.append(source.key)
        return real(source, etag)

    monkeypatch.setattr(s3_read, "read_unless", spy)
    return keys


def put(server: S3Server, name: str, code: str = "BHZ") -> str:
    key = key_of("CI", name)
    server.put(key, document(network("CI", station(name, channel(code)))))
    return key


def test_only_new_and_changed_files_are_read(
    listable: S3Server, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [put(listable, name) for name in NAMES]
    report = update_index(SCEDC)
    assert {name: report[name] for name in ("files", "stations", "read", "missing")} == {
        "files": 4, "stations": 4, "read": 4, "missing": 0,
    }  # fmt: skip
    assert report["index"] == f"s3://{OUTPUT_BUCKET}/{warm.index_key(SCEDC)}"
    reads.clear()
    with monkeypatch.context() as patched:  # nor is an index written that has not changed
        patched.setattr(s3_write, "upload", lambda *_: pytest.fail("written"))
        assert update_index(SCEDC)["read"] == 0
    assert reads == []
    put(listable, "BBB", "HHZ")
    listable.client.delete_object(Bucket=SCEDC.bucket, Key=keys[3])
    report = update_index(SCEDC)
    assert (report["read"], report["files"]) == (1, 3)
    assert reads == [keys[1]]
    assert codes("net=CI&sta=*&level=channel") == ["CI.AAA..BHZ", "CI.BBB..HHZ", "CI.CCC..BHZ"]


def test_more_keys_than_a_page(
    listable: S3Server, monkeypatch: pytest.MonkeyPatch, reads: list[str]
) -> None:
    for name in NAMES:
        put(listable, name)
    listed = listable.client.list_objects_v2(Bucket=SCEDC.bucket, Prefix=SCEDC.stationxml_prefix)
    assert listed["KeyCount"] == 4
    from shared.aws import s3_client

    real = s3_client.client(signed=False, region=SCEDC.region)
    paged = real.list_objects_v2
    monkeypatch.setattr(real, "list_objects_v2", lambda **options: paged(**options, MaxKeys=3))
    assert update_index(SCEDC)["files"] == 4


def test_an_update_stops_in_time_and_the_next_goes_on(
    listable: S3Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in NAMES:
        put(listable, name)
    left = iter([30.0, 20.0, 20.0, 1.0, 1.0])
    with monkeypatch.context() as patched:
        patched.setattr(update, "deadline", SimpleNamespace(left_s=lambda: next(left)))
        report = update_index(SCEDC)
    assert (report["files"], report["read"], report["missing"]) == (2, 2, 2)
    found = warm.read_index(SCEDC)
    assert found is not None
    assert found.missing == 2
    report = update_index(SCEDC)
    assert (report["files"], report["read"], report["missing"]) == (4, 2, 0)


def test_a_file_that_s3_does_not_give_is_left_to_the_next_update(
    listable: S3Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in NAMES:
        put(listable, name)
    update_index(SCEDC)
    put(listable, "AAA", "HHZ")
    real = s3_read.read_unless

    def fail(source: Any, etag: str) -> Any:
        if source.key.endswith(".xml"):
            raise S3Error("S3 is down")
        return real(source, etag)

    with monkeypatch.context() as patched:
        patched.setattr(s3_read, "read_unless", fail)
        report = update_index(SCEDC)
    assert (report["files"], report["read"], report["missing"]) == (4, 0, 1)
    assert "S3 is down" in caplog.text
    assert codes("sta=A*&level=channel") == ["CI.AAA..BHZ"]  # the older state
    assert update_index(SCEDC)["read"] == 1
    assert codes("sta=A*&level=channel") == ["CI.AAA..HHZ"]


def test_a_file_that_becomes_unreadable_is_named_and_its_older_state_kept(
    listable: S3Server, reads: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    key = put(listable, "AAA")
    update_index(SCEDC)
    listable.put(key, b"<bad")
    report = update_index(SCEDC)
    assert (report["files"], report["unreadable_files"]) == (1, 1)
    assert report["unreadable"][0]["object"] == f"s3://{SCEDC.bucket}/{key}"
    assert f"cannot read {key}" in caplog.text
    reads.clear()
    assert update_index(SCEDC)["unreadable_files"] == 1
    assert reads == []  # before it changes
    assert codes("sta=A*") == ["CI.AAA"]


def test_a_short_invocation(listable: S3Server) -> None:
    put(listable, "AAA")
    with deadline.invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: 3_000)):
        assert update_index(SCEDC)["missing"] == 0


def test_the_output_bucket_must_be_set(listable: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    with pytest.raises(SettingsError, match="S3_OUTPUT_BUCKET"):
        update_index(SCEDC)


def test_an_archive_that_cannot_be_listed(
    archive: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(archive, "AAA")
    with faulty_s3(archive) as proxy:
        proxy.add(forbid, part="list-type")
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        with pytest.raises(S3Error, match="list"):
            update_index(SCEDC)
        with pytest.raises(TooLargeError, match="index is missing.*cannot be listed either"):
            ask("net=CI")
        assert codes("net=CI&sta=AAA") == ["CI.AAA"]


# The event


def test_the_event_of_an_update(listable: S3Server) -> None:
    put(listable, "AAA")
    handler = lambda_handler(lambda request: request, updates=UPDATES)
    assert handler({"update": "station-index"}, None)["files"] == 1
    assert handler({"update": "station-index", "and": 1}, None) == {
        "update": "station-index",
        "and": 1,
    }
    for wrong in ("stations", 5, None, ["station-index"]):
        with pytest.raises(BadRequestError, match="must be 'station-index'"):
            handler({"update": wrong}, None)


def test_no_update_over_http(listable: S3Server) -> None:
    handler = lambda_handler(lambda request: {"got": request}, updates=UPDATES)
    reply = handler(http_api_event("POST", "/", body=b'{"update": "station-index"}'), None)
    assert reply["body"] == '{"got":{"update":"station-index"}}'
    assert warm.read_index(SCEDC) is None


def test_functions_without_updates_get_the_event_as_a_request() -> None:
    handler = lambda_handler(lambda request: request)
    assert handler({"update": "station-index"}, None) == {"update": "station-index"}
