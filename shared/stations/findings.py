"""Findings about a channel epoch that were made when its StationXML was read.

They are kept as comments of the epoch, StationXML's own place for remarks, each with a subject of
ours. So they stay with the epoch, whatever becomes of the inventory.
"""

from lxml import etree
from obspy import Inventory
from obspy.core.inventory import Channel, Comment

_FAULT = "shared.stations: fault"
_NOTE = "shared.stations: note"
_FILE = "shared.stations: file"

_MAX_CHARACTERS = 500


def faults(epoch: Channel) -> list[str]:
    """Return the reasons why the epoch's response must not be used, in words."""
    return _of(epoch, _FAULT)


def notes(epoch: Channel) -> list[str]:
    """Return remarks on the file, and the changes made to the epoch for ObsPy, in words."""
    return [*_of(epoch, _FILE), *_of(epoch, _NOTE)]


def file_notes(inventory: Inventory) -> list[str]:
    """Return remarks on the file that an inventory was read from, in words."""
    epochs = (epoch for network in inventory for station in network for epoch in station)
    return list(dict.fromkeys(text for epoch in epochs for text in _of(epoch, _FILE)))


def add_fault(epoch: "etree._Element", text: str) -> None:
    """Add a reason why the response of an epoch, an element Channel, must not be used."""
    _add(epoch, _FAULT, text)


def add_note(epoch: "etree._Element", text: str) -> None:
    """Add a change that was made to an epoch, an element Channel."""
    _add(epoch, _NOTE, text)


def add_file_finding(epoch: "etree._Element", text: str) -> None:
    """Add a remark on the file to an epoch, an element Channel."""
    _add(epoch, _FILE, text)


def add_file_note(inventory: Inventory, text: str) -> None:
    """Add a remark on the file that an inventory was read from, to each of its epochs."""
    for epoch in (epoch for network in inventory for station in network for epoch in station):
        epoch.comments.append(Comment(text, subject=_FILE))


def _of(epoch: Channel, subject: str) -> list[str]:
    return [comment.value for comment in epoch.comments if comment.subject == subject]


def _add(epoch: "etree._Element", subject: str, text: str) -> None:
    if len(text) > _MAX_CHARACTERS:  # it quotes the file
        text = f"{text[:_MAX_CHARACTERS]}..."
    namespace = etree.QName(epoch).namespace
    comment = etree.SubElement(epoch, etree.QName(namespace, "Comment"), subject=subject)
    etree.SubElement(comment, etree.QName(namespace, "Value")).text = text
