"""Station metadata from the archive."""

import io
from concurrent.futures import ThreadPoolExecutor

import obspy
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.aws.etag_cache import ETagCache
from shared.errors import NoResponseError, NoStationXMLError, UnreadableObjectError
from shared.stations import stationxml
from shared.stations.stationxml import download_stationxml, read_stationxml
from tests.support.builders import put_station

FOLDER = "FDSNstationXML"


def test_the_authoritative_file_comes_first(archive: S3Server) -> None:
    content = put_station(archive, "BC", "AGSX", BHZ=40.0)
    archive.put(f"{FOLDER}/unauthoritative-XML/BC_AGSX.xml", b"a copy")
    file = download_stationxml(SCEDC, ChannelId.parse("BC.AGSX.BHZ."))
    assert file.uri == f"s3://{SCEDC.bucket}/{FOLDER}/BC/BC_AGSX.xml"
    assert file.content == content
    assert read_stationxml(file).get_contents()["channels"] == ["BC.AGSX..BHZ"]


@pytest.mark.parametrize("name", ["BC_AGSX.xml", "BC.AGSX.xml"])
def test_copies_are_found_under_both_their_names(archive: S3Server, name: str) -> None:
    archive.put(f"{FOLDER}/unauthoritative-XML/{name}", b"a copy")
    file = download_stationxml(SCEDC, ChannelId.parse("BC.AGSX.BHZ."))
    assert file.uri.endswith(f"unauthoritative-XML/{name}")
    assert file.content == b"a copy"


def test_the_error_lists_every_key(archive: S3Server) -> None:
    with pytest.raises(NoStationXMLError, match=r"no StationXML of BC\.AGSX") as caught:
        download_stationxml(SCEDC, ChannelId.parse("BC.AGSX.BHZ."))
    assert [name.rpartition("/")[2] for name in caught.value.details["objects"]] == [
        "BC_AGSX.xml",
        "BC_AGSX.xml",
        "BC.AGSX.xml",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"not XML", b"<html/>", b"<FDSNStationXML", b"<?xml version='1.0'?><a><b></a>"]
)
def test_other_files_are_an_error(archive: S3Server, content: bytes) -> None:
    archive.put(f"{FOLDER}/CI/CI_BOM.xml", content)
    file = download_stationxml(SCEDC, ChannelId.parse("CI.BOM.BHZ."))
    with pytest.raises(UnreadableObjectError, match=r"CI_BOM\.xml is not StationXML"):
        read_stationxml(file)


def test_only_the_channel_is_read(archive: S3Server) -> None:
    put_station(archive, "CI", "BOM", BHE=40.0, BHN=40.0, BHZ=40.0, HHZ=100.0)
    file = download_stationxml(SCEDC, ChannelId.parse("CI.BOM.BHN."))
    inventory = read_stationxml(file)
    assert inventory.get_contents()["channels"] == ["CI.BOM..BHN"]
    whole = obspy.read_inventory(io.BytesIO(file.content or b""))
    assert inventory[0][0][0].response == whole.select(channel="BHN")[0][0][0].response


@pytest.mark.parametrize("blank", ["", "--", "  "])
def test_blank_locations_are_the_same(archive: S3Server, blank: str) -> None:
    content = put_station(archive, "CI", "BOM", BHZ=40.0)
    content = content.replace(b'locationCode=""', f'locationCode="{blank}"'.encode())
    archive.put(f"{FOLDER}/CI/CI_BOM.xml", content)
    file = download_stationxml(SCEDC, ChannelId.parse("CI.BOM.BHZ."))
    assert len(read_stationxml(file)[0][0].channels) == 1


def test_a_file_without_the_channel_says_what_it_has(archive: S3Server) -> None:
    put_station(archive, "CI", "BOM", BHE=40.0, HHZ=100.0)
    file = download_stationxml(SCEDC, ChannelId.parse("CI.BOM.BHZ."))
    with pytest.raises(NoResponseError, match=r"does not have CI\.BOM\.BHZ\., but BHE\., HHZ\."):
        read_stationxml(file)


# The cache of a warm container


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the objects that are parsed."""
    uris: list[str] = []
    real = stationxml._parsed

    def spy(uri: str, content: bytes, channel: ChannelId) -> obspy.Inventory:
        uris.append(uri)
        return real(uri, content, channel)

    monkeypatch.setattr(stationxml, "_parsed", spy)
    return uris


def read(nscl: str = "BC.AGSX.BHZ.") -> tuple[str, obspy.Inventory]:
    file = download_stationxml(SCEDC, ChannelId.parse(nscl))
    return file.uri, read_stationxml(file)


def test_an_unchanged_file_is_read_once(archive: S3Server, parsed: list[str]) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0, BHN=40.0)
    first = read("CI.BOM.BHZ.")
    file = download_stationxml(SCEDC, ChannelId.parse("CI.BOM.BHZ."))
    assert file.content is None
    assert (file.uri, read_stationxml(file)) == first
    assert len(parsed) == 1
    assert read("CI.BOM.BHN.")[1].get_contents()["channels"] == ["CI.BOM..BHN"]
    assert len(parsed) == 2


def test_callers_may_change_their_inventories(archive: S3Server) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0)
    for _ in range(3):
        _, inventory = read("CI.BOM.BHZ.")
        assert inventory[0][0][0].response.response_stages
        inventory[0][0][0].response.response_stages.clear()
        inventory[0].stations.clear()


def test_a_changed_file_is_seen(archive: S3Server, parsed: list[str]) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0)
    read("CI.BOM.BHZ.")
    put_station(archive, "CI", "BOM", BHZ=100.0)
    assert read("CI.BOM.BHZ.")[1][0][0][0].sample_rate == 100.0
    put_station(archive, "CI", "BOM", BHN=100.0)
    for _ in range(2):
        with pytest.raises(NoResponseError):
            read("CI.BOM.BHZ.")
    put_station(archive, "CI", "BOM", BHZ=100.0)
    assert read("CI.BOM.BHZ.")[1][0][0][0].sample_rate == 100.0


def test_an_authoritative_file_that_appears_wins(archive: S3Server, parsed: list[str]) -> None:
    content = put_station(archive, "BC", "AGSX", BHZ=40.0)
    own = f"{FOLDER}/BC/BC_AGSX.xml"
    copies = [f"{FOLDER}/unauthoritative-XML/{name}" for name in ("BC_AGSX.xml", "BC.AGSX.xml")]
    archive.client.delete_object(Bucket=SCEDC.bucket, Key=own)
    for number, key in enumerate([copies[1], copies[0], own]):
        archive.put(key, content)  # the same content, so the same ETag
        for _ in range(2):
            assert read()[0] == f"s3://{SCEDC.bucket}/{key}"
        assert len(parsed) == number + 1
    archive.client.delete_object(Bucket=SCEDC.bucket, Key=own)
    assert read()[0].endswith(copies[0])
    for key in copies:
        archive.client.delete_object(Bucket=SCEDC.bucket, Key=key)
    with pytest.raises(NoStationXMLError):
        read()


def test_the_cache_is_bounded(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    cache: ETagCache[object, object] = ETagCache(2)
    monkeypatch.setattr(stationxml, "_inventories", cache)
    put_station(archive, "CI", "BOM", BHE=40.0, BHN=40.0, BHZ=40.0)
    for code in ("BHE", "BHN", "BHZ"):
        read(f"CI.BOM.{code}.")
    assert len(cache) == 2
    assert len(read("CI.BOM.BHE.")[1].get_contents()["channels"]) == 1


def test_threads_share_the_cache(archive: S3Server) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0)

    def rate(_: int) -> float:
        channel = read("CI.BOM.BHZ.")[1][0][0][0]
        found = float(channel.sample_rate)
        channel.sample_rate = 100.0
        return found

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(rate, range(24))) == {40.0}
