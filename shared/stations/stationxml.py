"""A station's metadata of the archive as an ObsPy Inventory."""

import copy
import io
from dataclasses import dataclass

import obspy
from lxml import etree
from obspy import Inventory
from obspy.core.util.obspy_types import ObsPyException

from shared.archive import scedc
from shared.archive.channel_id import ChannelId, blank_location
from shared.aws import s3_client, s3_read
from shared.aws.etag_cache import ETagCache
from shared.errors import (
    NoResponseError,
    NoStationXMLError,
    NoSuchObjectError,
    UnreadableObjectError,
)

_MOST_KEPT = 64
"""Channels whose inventories are kept. One of them takes some 30 KB for each of its epochs."""


@dataclass(frozen=True)
class StationXML:
    """A station's StationXML, of which one channel is wanted.

    Attributes:
        uri: the object's name, s3://BUCKET/KEY.
        channel: the channel.
        content: the object's bytes; None if it is the one that `inventory` was read from.
        etag: of the content; "" if it is not from S3, or S3 did not say.
        inventory: what was read before from the same content, if it was; not to be changed.
    """

    uri: str
    channel: ChannelId
    content: bytes | None
    etag: str = ""
    inventory: Inventory | None = None


# Of each channel of a bucket: the key that it was found under, and the channel's inventory.
_kept: ETagCache[tuple[str, ChannelId], tuple[str, Inventory]] = ETagCache(_MOST_KEPT)


def forget_stationxml() -> None:
    """Forget what was read before, as if the container were a new one."""
    _kept.clear()


def download_stationxml(bucket: str, channel: ChannelId) -> StationXML:
    """Download a channel's StationXML, unless it has not changed since it was read before.

    The keys are asked for in their order each time, so that an authoritative file that appears
    takes the place of a copy.

    Raises:
        NoStationXMLError: the archive has none; the error names every key that was tried.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    keys = scedc.stationxml_keys(channel.network, channel.station)
    kept = _kept.get((bucket, channel))
    for key in keys:
        known = kept if kept and kept.value[0] == key else None
        try:
            found = s3_read.read_unless(bucket, key, known.etag if known else "")
        except NoSuchObjectError:
            continue
        uri = s3_client.uri(bucket, key)
        if found:
            return StationXML(uri, channel, found.content, found.etag)
        if known:
            return StationXML(uri, channel, None, known.etag, known.value[1])
    raise NoStationXMLError(
        f"the archive has no StationXML of {channel.network}.{channel.station}",
        objects=[s3_client.uri(bucket, key) for key in keys],
    )


def read_stationxml(file: StationXML) -> Inventory:
    """The one channel that is wanted, with all its epochs; the caller's own, free to be changed.

    A station's file has every channel that it ever had. ObsPy takes a quarter of a second for the
    forty of a large one, so the others are cut out before it reads the file.

    Raises:
        NoResponseError: the file does not have the channel; the error names those that it has.
        UnreadableObjectError: it is not StationXML.
    """
    inventory = file.inventory
    if inventory is None:
        inventory = _parsed(file.uri, file.content or b"", file.channel)
        bucket, _, key = file.uri.removeprefix("s3://").partition("/")
        _kept.put((bucket, file.channel), file.etag, (key, inventory))
    return copy.deepcopy(inventory)


def _parsed(uri: str, content: bytes, channel: ChannelId) -> Inventory:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        tree = etree.parse(io.BytesIO(content), parser)
        others = _cut_out_others(tree, channel)
        pruned = io.BytesIO(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))
        inventory = obspy.read_inventory(pruned, format="STATIONXML")
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
