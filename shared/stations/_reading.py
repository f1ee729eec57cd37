"""Reading of a mended StationXML tree by ObsPy, without the responses that it refuses."""

import io
import warnings

from lxml import etree
from obspy import Inventory
from obspy.core.util.obspy_types import ObsPyException
from obspy.io.stationxml.core import _read_stationxml

from shared.stations._document import NotStationXMLError
from shared.stations.findings import add_fault

_IN_WORDS = (ObsPyException, ValueError)
"""Exceptions of ObsPy's reader whose messages name the content that it cannot take."""

_REFUSALS = (*_IN_WORDS, AttributeError, TypeError, LookupError, ArithmeticError, etree.LxmlError)
"""All exceptions of ObsPy's reader for content that it cannot take."""


_MAX_NAMED = 20
"""Responses whose first refused element is looked for."""


def read(tree: "etree._ElementTree") -> Inventory:
    """Read a mended tree; epochs that ObsPy refuses get an empty response and a fault.

    Raises:
        NotStationXMLError: ObsPy refuses the file for another reason.
    """
    try:
        return _parsed(tree)
    except _REFUSALS:
        _empty_refused(tree)
    try:
        return _parsed(tree)
    except _REFUSALS as error:
        raise NotStationXMLError(f"ObsPy cannot read it{_reason(error)}") from error


def _parsed(tree: "etree._ElementTree") -> Inventory:
    document = io.BytesIO(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))
    # ObsPy's `read_inventory` would first look for its plugins, which takes longer than reading.
    inventory: Inventory = _read_stationxml(document)
    return inventory


def _empty_refused(tree: "etree._ElementTree") -> None:
    """Empty the responses that ObsPy refuses, with a fault for each.

    Each epoch is read by itself, so that the time is that of its own elements.
    """
    epochs = [(epoch, epoch.getparent()) for epoch in tree.iter("{*}Channel")]
    refused = 0
    for epoch, station in epochs:
        station.remove(epoch)
    if _refusal(tree) is None:
        for epoch, station in epochs:
            station.append(epoch)
            for response in epoch.findall("{*}Response"):
                refused += _empty_if_refused(tree, epoch, response, named=refused < _MAX_NAMED)
            station.remove(epoch)
    for epoch, station in epochs:
        station.append(epoch)


def _empty_if_refused(
    tree: "etree._ElementTree",
    epoch: "etree._Element",
    response: "etree._Element",
    named: bool,
) -> bool:
    """Empty a response if ObsPy refuses it, with a fault; return whether it does.

    Args:
        tree: the document with this epoch alone.
        epoch: the epoch.
        response: its response.
        named: whether to name the first element that ObsPy refuses, which takes some more readings.
    """
    if _refusal(tree) is None:
        return False
    children = list(response)
    response[:] = []
    if _refusal(tree) is not None:  # it is not the response
        response[:] = children
        return False
    add_fault(epoch, _first_refused(tree, response, children) if named else "ObsPy cannot read it")
    response[:] = []
    return True


def _first_refused(
    tree: "etree._ElementTree", response: "etree._Element", children: list["etree._Element"]
) -> str:
    """Name the first child of a response that ObsPy refuses, with its reason."""
    read, refused = 0, len(children)  # as many of the children are read, and refused
    while refused - read > 1:
        middle = (read + refused) // 2
        response[:] = children[:middle]
        if _refusal(tree) is not None:
            refused = middle
        else:
            read = middle
    response[:] = children[:refused]
    reason = _refusal(tree)
    child = children[refused - 1]
    number = child.get("number")
    part = f"stage {number}" if number else etree.QName(child).localname
    return f"{part}: ObsPy cannot read it{reason}"


def _refusal(tree: "etree._ElementTree") -> str | None:
    """Return why ObsPy refuses a tree, as `_reason` does; None if it reads it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _parsed(tree)
    except _REFUSALS as error:
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    """Return ObsPy's reason on one line, after a colon; "" if it is about Python, not the file."""
    reason = " ".join(str(error).split()) if isinstance(error, _IN_WORDS) else ""
    return f": {reason}" if reason else ""
