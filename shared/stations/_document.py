"""The XML document of a station, parsed without trust and cut down to one channel.

Nothing outside the document is read, and no entity is expanded. The size of the remaining document
bounds the time that ObsPy takes to read it.
"""

import io

from lxml import etree

from shared.archive.channel_id import ChannelId, blank_location
from shared.errors import TooLargeError

MAX_EPOCHS = 500
"""Epochs of one channel. Instruments that were changed every month for 25 years have 300."""

MAX_ELEMENTS = 50_000
"""Elements of the document with all epochs of one channel. ObsPy takes 20 to 40 µs for each, so
that these take one to two seconds. An epoch of the archive has 150 to 350."""

_ROOT = "FDSNStationXML"
_GZIP = b"\x1f\x8b"


class NotStationXMLError(ValueError):
    """The content is not StationXML; the message has the reason."""


def parse(content: bytes, *, whole: bool = False) -> "etree._ElementTree":
    """Parse a StationXML document.

    Args:
        content: the document.
        whole: whether to keep the comments of XML; processing instructions are always left out,
            and white space between elements where comments are kept.

    Raises:
        NotStationXMLError: it is not XML, has another root element, or needs entities.
    """
    if not content:
        raise NotStationXMLError("it is empty")
    if content.startswith(_GZIP):
        raise NotStationXMLError("it is compressed by gzip")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=not whole,
        remove_pis=True,
        remove_blank_text=whole,
    )
    try:
        tree = etree.parse(io.BytesIO(content), parser)
    except etree.XMLSyntaxError as error:
        raise NotStationXMLError(error.msg) from error
    root = etree.QName(tree.getroot()).localname
    if root != _ROOT:
        raise NotStationXMLError(f"its root element is {root[:80]!r}: must be {_ROOT!r}")
    for entity in tree.iter(etree.Entity):
        raise NotStationXMLError(f"it needs the entity {entity.name[:80]!r}, which is not expanded")
    return tree


def cut_out_others(tree: "etree._ElementTree", channel: ChannelId) -> set[str]:
    """Remove all other stations and channels from a document.

    Returns:
        The codes of the removed channels, as channel.location, and of the removed stations, as
        network.station.
    """
    others = set()
    for station in list(tree.iter("{*}Station")):
        network = station.getparent()
        code = network.get("code", ""), station.get("code", "")
        if code != (channel.network, channel.station):
            others.add(".".join(code))
            network.remove(station)
    for element in list(tree.iter("{*}Channel")):
        code = element.get("code", ""), blank_location(element.get("locationCode", ""))
        if code != (channel.channel, channel.location):
            others.add(".".join(code))
            element.getparent().remove(element)
    return others


def check_size(tree: "etree._ElementTree", uri: str, channel: ChannelId) -> None:
    """Refuse a document of one channel that would take ObsPy too long.

    Args:
        tree: from `cut_out_others`.
        uri: of the document, for the message.
        channel: the channel, for the message.

    Raises:
        TooLargeError: it has more than `MAX_EPOCHS` or `MAX_ELEMENTS`.
    """
    counts = (
        (sum(1 for _ in tree.iter("{*}Channel")), MAX_EPOCHS, "epochs"),
        (sum(1 for _ in tree.iter()), MAX_ELEMENTS, "elements"),
    )
    for count, limit, name in counts:
        if count > limit:
            message = f"{uri} has {count:,} {name} for {channel.nscl}: at most {limit:,} are read"
            raise TooLargeError(message, object=uri, limit=limit)
