"""The station index as an object, and in the memory of a container."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.errors import S3Error
from shared.station_index import warm
from shared.station_index.index import (
    NotAnIndexError,
    StationIndex,
    UnreadableFile,
    encode_file,
    write_index,
)
from shared.stations.station_file import StationFile
from tests.support.station_files import channel, document, network, station

CONTENT = document(
    network("CI", station("AAA", channel("BHZ"), channel("BHN", "10"), channel("BHN"), site="ä ü"))
)


def indexed(key: str, content: bytes = CONTENT) -> Any:
    file = StationFile(content, key)
    shells = [(file.network_xml(0), [file.station_xml(0, 0)])]
    return encode_file(key, f'"{key}"', 5 * 10**9, len(content), file.summary, shells)


KEYS = [*SCEDC.stationxml_keys("CI", "AAA"), "FDSNstationXML/XX/other.xml"]


def test_an_index_is_read_as_it_was_written() -> None:
    files = [indexed(key) for key in KEYS]
    refused = UnreadableFile("k", '"e"', "broken")
    content = write_index(SCEDC, files, 3, [refused])
    index = StationIndex(content, SCEDC, '"i"')
    assert (index.missing, index.unreadable, index.etag) == (3, (refused,), '"i"')
    assert [(each.key, each.etag, each.size) for each in index.files] == [
        (key, f'"{key}"', len(CONTENT)) for key in KEYS
    ]
    (found,) = index.files[0].summary.networks
    assert [row[:7] for row in found.stations[0].rows] == ["|BHN|35", "|BHZ|35", "10|BHN|"]
    ((network_xml, (station_xml,)),) = index.shells(index.files[0])
    assert network_xml.startswith(b"<Network")
    assert "ä ü".encode() in station_xml
    assert index.places == {("CI", "AAA"): index.files[0]}  # the authoritative one
    assert index.station_counts == {"CI": 1}
    assert write_index(SCEDC, files, 3, [refused]) == content


def test_an_index_of_nothing() -> None:
    index = StationIndex(write_index(SCEDC, [], 0, []), SCEDC)
    assert (index.files, index.places) == ([], {})


@pytest.mark.parametrize("content", [b"", b"not a ZIP file", b"PK\x05\x06" + bytes(18)])
def test_other_objects_are_no_index(content: bytes) -> None:
    with pytest.raises(NotAnIndexError):
        StationIndex(content, SCEDC)


def test_the_index_of_another_archive_is_not_used() -> None:
    content = write_index(replace(SCEDC, bucket="other"), [], 0, [])
    with pytest.raises(NotAnIndexError, match="other"):
        StationIndex(content, SCEDC)


# In a warm container


@pytest.fixture(autouse=True)
def _new_container() -> None:
    warm.forget_index()


def put(server: S3Server, *keys: str) -> None:
    content = write_index(SCEDC, [indexed(key) for key in keys], 0, [])
    server.client.put_object(Bucket=OUTPUT_BUCKET, Key=warm.index_key(SCEDC), Body=content)


def test_the_index_is_kept_for_a_minute(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(warm, "time", SimpleNamespace(time=lambda: now[0]))
    assert warm.recent_index(SCEDC) is None
    put(archive, KEYS[0])
    first = warm.recent_index(SCEDC)
    assert first is not None
    put(archive, KEYS[0], "FDSNstationXML/CI/b.xml")
    assert warm.recent_index(SCEDC) is first
    now[0] += 61
    second = warm.recent_index(SCEDC)
    assert second is not None
    assert len(second.files) == 2
    now[0] += 61
    assert warm.recent_index(SCEDC) is second  # not read again, as its ETag is the same


def test_a_failure_of_s3_leaves_the_known_index(
    archive: S3Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(archive, KEYS[0])
    known = warm.recent_index(SCEDC)

    def fail(*_: object) -> None:
        raise S3Error("S3 is down")

    monkeypatch.setattr(s3_read, "read_unless", fail)
    monkeypatch.setattr(warm, "_FRESH_S", 0)
    assert warm.recent_index(SCEDC) is known
    assert "S3 is down" in caplog.text
    warm.forget_index()
    with pytest.raises(S3Error):
        warm.recent_index(SCEDC)


def test_without_an_output_bucket_there_is_none(
    archive: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(archive, KEYS[0])
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    assert warm.recent_index(SCEDC) is None


def test_a_broken_index_is_not_used(archive: S3Server, caplog: pytest.LogCaptureFixture) -> None:
    archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=warm.index_key(SCEDC), Body=b"broken")
    assert warm.recent_index(SCEDC) is None
    assert "is not used" in caplog.text
    assert json.dumps(warm.FOLDER).startswith('"fdsnws/')  # where the function's role may write


def test_damage_of_any_byte_is_noticed_or_harmless() -> None:
    """The members of the ZIP file have sums, that of the part which is read later, too."""
    files = [indexed(key) for key in KEYS]
    content = write_index(SCEDC, files, 0, ())
    sound = StationIndex(content, SCEDC)
    refused = 0
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        try:
            index = StationIndex(bytes(damaged), SCEDC)
        except NotAnIndexError:
            refused += 1
            continue
        for file, own in zip(index.files, sound.files, strict=True):
            assert index.shells(file) == sound.shells(own)
            assert file.summary.to_json() == own.summary.to_json()
    assert refused > len(content) // 6
    for cut in range(0, len(content), 7):
        with pytest.raises(NotAnIndexError):
            StationIndex(content[:cut], SCEDC)
