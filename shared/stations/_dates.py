"""Dates of epochs that are no dates, out of range, or in the wrong order."""

import re
from collections.abc import Iterator

from lxml import etree
from obspy import UTCDateTime

from shared.stations.findings import add_file_finding

_NAMES = ("startDate", "endDate")
_BEGINNING = re.compile(r"\s*[0-9]{4}")
"""A year of four digits, before anything else: ObsPy takes a year before Christ for one after."""

_MAX_TOLD = 3
_MAX_CHARACTERS = 80


def mend_dates(tree: "etree._ElementTree") -> None:
    """Remove dates that ObsPy cannot read; without them, an epoch is open at that end.

    Every epoch gets a finding that names them, as each may become the one that is used.
    """
    epochs = list(tree.iter("{*}Channel"))
    faults = list(dict.fromkeys(fault for epoch in epochs for fault in _faults(epoch)))
    more = len(faults) - _MAX_TOLD
    if more > 0:
        faults[_MAX_TOLD:] = [f"{more:,} more of its dates are wrong"]
    for epoch in epochs:
        for fault in faults:
            add_file_finding(epoch, fault)


def _faults(epoch: "etree._Element") -> Iterator[str]:
    dates = {}
    for name in _NAMES:
        text = epoch.get(name)
        if text is None:
            continue
        dates[name] = _date(text)
        if dates[name] is None:
            del epoch.attrib[name]
            stated = text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}..."
            yield f"{name} is {stated!r} in the StationXML: the epoch is taken as open"
    start, end = (dates.get(name) for name in _NAMES)
    if start is not None and end is not None and end < start:
        yield f"an epoch of the StationXML begins at {start} and ends before, at {end}: not used"


def _date(text: str) -> UTCDateTime | None:
    """Return a date; None if it is none, or out of range."""
    if not _BEGINNING.match(text):
        return None
    try:
        return UTCDateTime(text)
    except (ValueError, TypeError, OverflowError):
        return None
