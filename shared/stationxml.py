"""A station's metadata of the archive as an ObsPy Inventory."""

import io
from pathlib import Path

import obspy
from lxml import etree
from obspy import Inventory
from obspy.core.util.obspy_types import ObsPyException

from shared import s3, scedc
from shared.codes import ChannelId, blank_location
from shared.errors import (
    NoResponseError,
    NoStationXMLError,
    NoSuchObjectError,
    UnreadableObjectError,
)


def download_stationxml(bucket: str, network: str, station: str, folder: Path) -> tuple[str, Path]:
    """Download a station's StationXML into a folder; returns the object's name and the file.

    Raises:
        NoStationXMLError: the archive has none; the error names every key that was tried.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    keys = scedc.stationxml_keys(network, station)
    path = folder / f"{network}_{station}.xml"
    for key in keys:
        try:
            s3.download(bucket, key, path)
        except NoSuchObjectError:
            continue
        return s3.uri(bucket, key), path
    raise NoStationXMLError(
        f"the archive has no StationXML of {network}.{station}",
        objects=[s3.uri(bucket, key) for key in keys],
    )


def read_stationxml(uri: str, path: Path, channel: ChannelId) -> Inventory:
    """Read one channel, with all its epochs, from the file that `download_stationxml` made.

    A station's file has every channel that it ever had. ObsPy takes a quarter of a second for the
    forty of a large one, so the others are cut out before it reads the file.

    Raises:
        NoResponseError: the file does not have the channel; the error names those that it has.
        UnreadableObjectError: it is not StationXML.
    """
    try:
        tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
        others = _cut_out_others(tree, channel)
        content = io.BytesIO(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))
        inventory = obspy.read_inventory(content, format="STATIONXML")
    except (ObsPyException, etree.XMLSyntaxError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableObjectError(f"{uri} is not StationXML: {error}", object=uri) from error
    if not any(station.channels for network in inventory for station in network):
        known = ", ".join(sorted(others)) or "no channel at all"
        raise NoResponseError(f"{uri} does not have {channel.nscl}, but {known}", object=uri)
    return inventory


def _cut_out_others(tree: "etree._ElementTree", channel: ChannelId) -> set[str]:
    """Remove all other channels from a StationXML tree; returns their codes, channel.location."""
    others = set()
    for element in list(tree.iter("{*}Channel")):
        code = element.get("code", ""), blank_location(element.get("locationCode", ""))
        if code != (channel.channel, channel.location):
            others.add(".".join(code))
            element.getparent().remove(element)
    return others
