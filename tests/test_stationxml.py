"""A station's metadata, read from the archive."""

from pathlib import Path

import obspy
import pytest
from conftest import put_station

from local.s3_server import S3Server
from shared.codes import ChannelId
from shared.errors import NoResponseError, NoStationXMLError, UnreadableObjectError
from shared.settings import ARCHIVE_BUCKET
from shared.stationxml import download_stationxml, read_stationxml

FOLDER = "FDSNstationXML"


def test_the_authoritative_file_comes_first(archive: S3Server, tmp_path: Path) -> None:
    content = put_station(archive, "BC", "AGSX", BHZ=40.0)
    archive.put(f"{FOLDER}/unauthoritative-XML/BC_AGSX.xml", b"a copy")
    uri, path = download_stationxml(ARCHIVE_BUCKET, "BC", "AGSX", tmp_path)
    assert uri == f"s3://{ARCHIVE_BUCKET}/{FOLDER}/BC/BC_AGSX.xml"
    assert path.read_bytes() == content
    channel = ChannelId.parse("BC.AGSX.BHZ.")
    assert read_stationxml(uri, path, channel).get_contents()["channels"] == ["BC.AGSX..BHZ"]


@pytest.mark.parametrize("name", ["BC_AGSX.xml", "BC.AGSX.xml"])
def test_copies_are_found_under_both_their_names(
    archive: S3Server, tmp_path: Path, name: str
) -> None:
    archive.put(f"{FOLDER}/unauthoritative-XML/{name}", b"a copy")
    uri, path = download_stationxml(ARCHIVE_BUCKET, "BC", "AGSX", tmp_path)
    assert uri.endswith(f"unauthoritative-XML/{name}")
    assert path.read_bytes() == b"a copy"


def test_none_names_every_key_that_was_tried(archive: S3Server, tmp_path: Path) -> None:
    with pytest.raises(NoStationXMLError, match=r"no StationXML of BC\.AGSX") as caught:
        download_stationxml(ARCHIVE_BUCKET, "BC", "AGSX", tmp_path)
    assert [name.rpartition("/")[2] for name in caught.value.details["objects"]] == [
        "BC_AGSX.xml",
        "BC_AGSX.xml",
        "BC.AGSX.xml",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"not XML", b"<html/>", b"<FDSNStationXML", b"<?xml version='1.0'?><a><b></a>"]
)
def test_what_is_not_stationxml_is_an_error(
    archive: S3Server, tmp_path: Path, content: bytes
) -> None:
    archive.put(f"{FOLDER}/CI/CI_BOM.xml", content)
    uri, path = download_stationxml(ARCHIVE_BUCKET, "CI", "BOM", tmp_path)
    with pytest.raises(UnreadableObjectError, match=r"CI_BOM\.xml is not StationXML"):
        read_stationxml(uri, path, ChannelId.parse("CI.BOM.BHZ."))


def test_only_the_channel_is_read(archive: S3Server, tmp_path: Path) -> None:
    put_station(archive, "CI", "BOM", BHE=40.0, BHN=40.0, BHZ=40.0, HHZ=100.0)
    uri, path = download_stationxml(ARCHIVE_BUCKET, "CI", "BOM", tmp_path)
    inventory = read_stationxml(uri, path, ChannelId.parse("CI.BOM.BHN."))
    assert inventory.get_contents()["channels"] == ["CI.BOM..BHN"]
    whole = obspy.read_inventory(str(path))
    assert inventory[0][0][0].response == whole.select(channel="BHN")[0][0][0].response


@pytest.mark.parametrize("blank", ["", "--", "  "])
def test_blank_locations_are_the_same(archive: S3Server, tmp_path: Path, blank: str) -> None:
    content = put_station(archive, "CI", "BOM", BHZ=40.0)
    content = content.replace(b'locationCode=""', f'locationCode="{blank}"'.encode())
    archive.put(f"{FOLDER}/CI/CI_BOM.xml", content)
    uri, path = download_stationxml(ARCHIVE_BUCKET, "CI", "BOM", tmp_path)
    assert len(read_stationxml(uri, path, ChannelId.parse("CI.BOM.BHZ."))[0][0].channels) == 1


def test_a_file_without_the_channel_says_what_it_has(archive: S3Server, tmp_path: Path) -> None:
    put_station(archive, "CI", "BOM", BHE=40.0, HHZ=100.0)
    uri, path = download_stationxml(ARCHIVE_BUCKET, "CI", "BOM", tmp_path)
    with pytest.raises(NoResponseError, match=r"does not have CI\.BOM\.BHZ\., but BHE\., HHZ\."):
        read_stationxml(uri, path, ChannelId.parse("CI.BOM.BHZ."))
