"""Findings about a channel epoch that were made when its StationXML was read.

They are kept as comments of the epoch, StationXML's own place for remarks, each with a subject of
ours. So they stay with the epoch, whatever becomes of the inventory.
"""

from lxml import etree
from obspy.core.inventory import Channel, Comment

_FAULT = "shared.stations: fault"
_NOTE = "shared.stations: note"


def faults(epoch: Channel) -> list[str]:
    """Return the reasons why the epoch's response must not be used, in words."""
    return _of(epoch, _FAULT)


def notes(epoch: Channel) -> list[str]:
    """Return the changes made to the epoch so that ObsPy reads it, in words."""
    return _of(epoch, _NOTE)


def add_fault(epoch: "etree._Element", text: str) -> None:
    """Add a reason why the response of an epoch, an element Channel, must not be used."""
    _add(epoch, _FAULT, text)


def add_note(epoch: "etree._Element", text: str) -> None:
    """Add a change that was made to an epoch, an element Channel."""
    _add(epoch, _NOTE, text)


def add_note_to_read(epoch: Channel, text: str) -> None:
    """Add a note to an epoch that has been read already."""
    epoch.comments.append(Comment(text, subject=_NOTE))


def _of(epoch: Channel, subject: str) -> list[str]:
    return [comment.value for comment in epoch.comments if comment.subject == subject]


def _add(epoch: "etree._Element", subject: str, text: str) -> None:
    namespace = etree.QName(epoch).namespace
    comment = etree.SubElement(epoch, etree.QName(namespace, "Comment"), subject=subject)
    etree.SubElement(comment, etree.QName(namespace, "Value")).text = text
