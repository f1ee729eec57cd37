"""The summary of a parsed StationXML file."""

from lxml import etree

from shared.archive.channel_id import blank_location
from shared.stations.epoch_times import parse_epoch_end, parse_epoch_time
from shared.stations.plain_text import plain_number, plain_text
from shared.stations.summary import NetworkSummary, StationSummary

NAMESPACE = "http://www.fdsn.org/xml/station/1"
"""The namespace of all versions of StationXML."""

_STATUSES = ("open", "closed", "partial")

_CODE_CHARACTERS = 20
"""Longer codes are cut: they are no codes, and a file of them would fill the index."""


def summarize(root: "etree._Element") -> tuple[NetworkSummary, ...]:
    """Return the networks of a file in its order, with stations and channels in its order."""
    return tuple(map(_network, root.iterchildren(_tag("Network"))))


def text_of(element: "etree._Element", path: str) -> str | None:
    """Return the text of the first element at a path such as "Site/Name"; None if there is none."""
    text: str | None = element.findtext("/".join(map(_tag, path.split("/"))))
    return text


def location_of(channel: "etree._Element") -> str:
    """Return the location code of an element Channel; "" if it is blank."""
    return blank_location(channel.get("locationCode", "").strip())


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _network(element: "etree._Element") -> NetworkSummary:
    status = _status(element)
    stations = element.iterchildren(_tag("Station"))
    total = plain_number(text_of(element, "TotalNumberStations"))
    return NetworkSummary(
        _code(element),
        parse_epoch_time(element.get("startDate")),
        parse_epoch_end(element.get("endDate")),
        status,
        plain_text(text_of(element, "Description")),
        int(total) if total.isdigit() and len(total) < 10 else 0,
        tuple(_station(station, status) for station in stations),
    )


def _station(element: "etree._Element", inherited: str) -> StationSummary:
    status = _status(element) or inherited
    start = parse_epoch_time(element.get("startDate"))
    channels = list(element.iterchildren(_tag("Channel")))
    dates = [time for each in channels if (time := parse_epoch_time(each.get("startDate")))]
    start = start or min(dates, default=parse_epoch_time(text_of(element, "CreationDate")))
    return StationSummary(
        _code(element),
        start,
        parse_epoch_end(element.get("endDate")),
        status,
        plain_number(text_of(element, "Latitude")),
        plain_number(text_of(element, "Longitude")),
        plain_number(text_of(element, "Elevation")),
        plain_text(text_of(element, "Site/Name")),
        tuple(_row(channel, start, status) for channel in channels),
    )


def _row(element: "etree._Element", station_start: str, inherited: str) -> str:
    names = ("Latitude", "Longitude", "Elevation", "Depth", "Azimuth", "Dip")
    sensitivity = "Response/InstrumentSensitivity"
    return "|".join(
        (
            plain_text(location_of(element))[:_CODE_CHARACTERS],
            _code(element),
            *(plain_number(text_of(element, name)) for name in names),
            _sensor(element),
            plain_number(text_of(element, f"{sensitivity}/Value")),
            plain_number(text_of(element, f"{sensitivity}/Frequency")),
            plain_text(text_of(element, f"{sensitivity}/InputUnits/Name")),
            plain_number(text_of(element, "SampleRate")),
            parse_epoch_time(element.get("startDate")) or station_start,
            parse_epoch_end(element.get("endDate")),
            _status(element) or inherited,
        )
    )


def _sensor(channel: "etree._Element") -> str:
    for name in ("Description", "Type"):
        if text := plain_text(text_of(channel, f"Sensor/{name}")):
            return text
    parts = (plain_text(text_of(channel, f"Sensor/{name}")) for name in ("Manufacturer", "Model"))
    return " ".join(filter(None, parts))


def _status(element: "etree._Element") -> str:
    status = element.get("restrictedStatus", "").strip()
    return status if status in _STATUSES else ""


def _code(element: "etree._Element") -> str:
    return plain_text(element.get("code", ""))[:_CODE_CHARACTERS]
