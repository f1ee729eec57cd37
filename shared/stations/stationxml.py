"""Download a station's StationXML and read one channel of it as an ObsPy Inventory."""

import logging
import pickle
from dataclasses import dataclass

from obspy import Inventory

from shared.archive.archive import Archive, ArchiveObject
from shared.archive.channel_id import ChannelId
from shared.aws import s3_read
from shared.aws.etag_cache import ETagCache
from shared.errors import (
    NoResponseError,
    NoStationXMLError,
    NoSuchObjectError,
    UnreadableObjectError,
)
from shared.stations import _document, _mending, _reading, findings

logger = logging.getLogger(__name__)

_MAX_INVENTORIES = 64  # each takes some 3 KB per epoch of its channel


@dataclass(frozen=True)
class StationXML:
    """A station's StationXML file, to be read for one of its channels.

    Attributes:
        source: the object of the file.
        channel: the channel.
        content: the file's bytes; None where `inventory` was read from the same content.
        etag: the ETag of the content; "" if S3 gave none, or the content is not from S3.
        inventory: the inventory of an earlier invocation, pickled, if there is one.
        warnings: refusals of more authoritative files, in words.
    """

    source: ArchiveObject
    channel: ChannelId
    content: bytes | None
    etag: str = ""
    inventory: bytes | None = None
    warnings: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """The object's S3 URI, s3://BUCKET/KEY."""
        return self.source.uri


# Pickled, since an object is made of that in a sixth of the time that a copy of it takes.
_inventories: ETagCache[tuple[str, ChannelId], bytes] = ETagCache(_MAX_INVENTORIES)


def forget_stationxml() -> None:
    """Drop all cached inventories, as in a new container."""
    _inventories.clear()


def forget_channel(archive: Archive, channel: ChannelId) -> None:
    """Drop the cached inventories of a channel, whose metadata are in doubt."""
    for key in archive.stationxml_keys(channel.network, channel.station):
        _inventories.forget((archive.object(key).uri, channel))


def download_stationxml(archive: Archive, channel: ChannelId) -> StationXML:
    """Download a channel's StationXML, unless it has not changed since it was last read.

    The keys are tried in their order each time, so that an authoritative file that appears takes
    the place of a copy.

    Raises:
        NoStationXMLError: the archive has none; the error lists every key that was tried.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    keys = archive.stationxml_keys(channel.network, channel.station)
    refused: list[str] = []
    for file in map(archive.object, keys):
        known = _inventories.get((file.uri, channel))
        try:
            part = s3_read.read_unless(file, known.etag if known else "")
        except NoSuchObjectError as error:
            if "code" in error.details:  # refused, and perhaps not missing
                refused.append(error.details["object"])
            continue
        warnings = tuple(_other_used(file.uri, uri) for uri in refused)
        if part:
            return StationXML(file, channel, part.content, part.etag, warnings=warnings)
        if known:
            return StationXML(file, channel, None, known.etag, known.value, warnings)
    raise NoStationXMLError(
        f"the archive has no StationXML of {channel.network}.{channel.station}",
        objects=[archive.object(key).uri for key in keys],
    )


def _other_used(used: str, refused: str) -> str:
    logger.warning("%s answered 403: %s is used", refused, used)
    return f"{used} is used, as S3 answered 403 for {refused}: it is missing, or may not be read"


def read_stationxml(file: StationXML) -> Inventory:
    """Read all epochs of the file's channel; the caller may change the inventory.

    A station's file has every channel that it ever had. ObsPy takes a quarter of a second for the
    forty of a large one, so the others are cut out before it reads the file. Epochs that ObsPy
    would drop or refuse are mended; `findings` has the changes and the faults of each, and
    the file's warnings.

    Raises:
        NoResponseError: the file does not have the channel; the error lists those that it has.
        UnreadableObjectError: it is not StationXML.
    """
    if file.inventory is None:
        inventory = _parsed(file.uri, file.content or b"", file.channel)
        _inventories.put((file.uri, file.channel), file.etag, pickle.dumps(inventory))
    else:
        inventory = pickle.loads(file.inventory)  # noqa: S301 (only this process has written it)
    for warning in file.warnings:
        findings.add_file_note(inventory, warning)
    return inventory


def _parsed(uri: str, content: bytes, channel: ChannelId) -> Inventory:
    try:
        tree = _document.parse(content)
        others = _document.cut_out_others(tree, channel)
        _document.check_size(tree, uri, channel)
        _mending.mend(tree)
        inventory = _reading.read(tree)
    except _document.NotStationXMLError as error:
        raise UnreadableObjectError(f"{uri} is not StationXML: {error}", object=uri) from error
    if not any(station.channels for network in inventory for station in network):
        known = ", ".join(sorted(others)) or "no channel at all"
        raise NoResponseError(f"{uri} does not have {channel.nscl}, but {known}", object=uri)
    return inventory
