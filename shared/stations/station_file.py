"""A StationXML file as a source of other documents: its summary, and parts of it as XML.

The elements of the file are kept as they are, apart from dates, counts, and all that schema 1.2
asks for. Nothing goes through ObsPy, which drops elements that it does not know.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy

from lxml import etree

from shared.errors import UnreadableObjectError
from shared.stations._document import NotStationXMLError, parse
from shared.stations._summarize import NAMESPACE, location_of, summarize, text_of
from shared.stations._versions import place_after_comments, put_in_order, to_current_version
from shared.stations.epoch_times import parse_epoch_end, parse_epoch_time
from shared.stations.summary import FileSummary

MAX_ELEMENTS = 1_000_000
"""Elements of a file. The largest of the archive have 100,000; each takes some 150 bytes."""

_DECLARATION = f' xmlns="{NAMESPACE}"'.encode()
_CHILDREN = {"Network": "Station", "Station": "Channel"}
_TOTAL = re.compile(rb"(<TotalNumber(?:Station|Channel)s>)\d+<")
_SELECTED = re.compile(rb"(<SelectedNumber(?:Station|Channel)s>)\d+<")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
"""The dates and times that the schema allows, with years of four digits."""

_REPEATED = {f"{{{NAMESPACE}}}{name}" for name in ("Identifier", "Comment", "Operator")}


class StationFile:
    """A parsed StationXML file.

    Args:
        content: the file.
        uri: its S3 URI, for errors.

    Attributes:
        summary: its networks, stations and channel epochs, in the file's order.

    Raises:
        UnreadableObjectError: it is not StationXML, or has too many elements.
    """

    def __init__(self, content: bytes, uri: str) -> None:
        if content.count(b"<") > 2 * MAX_ELEMENTS:  # before they take memory
            raise UnreadableObjectError(
                f"{uri} has more than {MAX_ELEMENTS:,} elements", object=uri, limit=MAX_ELEMENTS
            )
        try:
            self._root = parse(content, whole=True).getroot()
        except NotStationXMLError as error:
            raise UnreadableObjectError(f"{uri} is not StationXML: {error}", object=uri) from error
        created = parse_epoch_time(text_of(self._root, "Created"))
        self.summary = FileSummary(created, summarize(self._root))

    def network_xml(self, network: int) -> bytes:
        """Return a network as an element Network, without its stations; see `with_counts`.

        Args:
            network: its place in the summary.
        """
        found = self.summary.networks[network]
        shell = _shell(self._networks()[network], ())
        _set_dates(shell, found.earliest)
        _set_counts(shell, max(found.total, len({each.code for each in found.stations})))
        return _bytes(shell)

    def station_xml(
        self,
        network: int,
        station: int,
        channels: Collection[int] = (),
        *,
        responses: bool = False,
        extents: Mapping[int, tuple[str, str]] | None = None,
    ) -> bytes:
        """Return a station as an element Station, with some of its channels; see `with_counts`.

        Args:
            network: the place of the network in the summary.
            station: the place of the station in its summary.
            channels: the places of the channels in its summary.
            responses: whether the channels have the stages of their responses.
            extents: start and end of the channels' data by place, texts of `epoch_times`.
        """
        found = self.summary.networks[network].stations[station]
        element = _children(self._networks()[network])[station]
        every = _children(element)
        chosen = {place: deepcopy(every[place]) for place in sorted(channels)}
        for channel in chosen.values():
            channel.set("locationCode", location_of(channel))
            _set_dates(channel, found.start)
            if not responses:
                etree.strip_elements(channel, _tag("Stage"), with_tail=False)
        shell = _shell(element, chosen.values())
        _set_dates(shell, found.start)
        for place, extent in (extents or {}).items():
            _add_extent(chosen[place], *extent)
        _set_counts(shell, len(every))
        return _bytes(shell)

    def _networks(self) -> "list[etree._Element]":
        return list(self._root.iterchildren(_tag("Network")))


def with_counts(xml: bytes, selected: int, total: int | None = None) -> bytes:
    """Return an element Network or Station with the numbers of its children.

    Args:
        xml: the element, from `StationFile`.
        selected: the number of stations or channels that a request selects.
        total: the number of all; None leaves the file's.
    """
    if total is not None:
        xml = _TOTAL.sub(b"\\g<1>%d<" % total, xml, count=1)
    return _SELECTED.sub(b"\\g<1>%d<" % selected, xml, count=1)


def with_extent(xml: bytes, start: str, end: str) -> bytes:
    """Return an element of `StationFile` with the extent of its data, texts of `epoch_times`."""
    element = _parsed(xml)
    _add_extent(element, start, end)
    return _bytes(element)


def total_of(xml: bytes) -> int:
    """Return the number of all stations or channels that an element of `StationFile` has."""
    match = re.search(rb"<TotalNumber(?:Station|Channel)s>(\d+)<", xml)
    return int(match[1]) if match else 0


def merge_networks(documents: Iterable[bytes], start: str) -> bytes:
    """Return one element Network of several, from `StationFile`, that are the same network.

    The first has the precedence. Of the others it gets the elements and attributes that it lacks.

    Args:
        documents: the elements, at least one.
        start: the start of the network, a text of `epoch_times`; "" if it is not known.
    """
    first, *others = map(_parsed, documents)
    known = {etree.tostring(child, with_tail=False) for child in first}
    single = {child.tag for child in first if child.tag not in _REPEATED}
    for other in others:
        for child in other:
            content = etree.tostring(child, with_tail=False)
            if content not in known and child.tag not in single:
                known.add(content)
                first.append(child)
        for name, text in other.attrib.items():
            if name not in first.attrib and name != "endDate":
                first.set(name, text)
    if start and parse_epoch_time(first.get("startDate")) != start:
        first.set("startDate", f"{start}Z")
    put_in_order(first)
    return _bytes(first)


def _parsed(xml: bytes) -> "etree._Element":
    """Return an element whose declaration `_bytes` has left out."""
    return etree.fromstring(re.sub(rb"<\w+", rb"\g<0>" + _DECLARATION, xml, count=1))


def _add_extent(element: "etree._Element", start: str, end: str) -> None:
    """Add the extent of data to an element Station or Channel, where the schema has it."""
    availability = etree.Element(_tag("DataAvailability"))
    etree.SubElement(availability, _tag("Extent"), start=f"{start}Z", end=f"{end}Z")
    element.insert(place_after_comments(element), availability)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _children(element: "etree._Element") -> "list[etree._Element]":
    """Return the stations of a network, or the channels of a station."""
    return list(element.iterchildren(_tag(_CHILDREN[etree.QName(element).localname])))


def _shell(element: "etree._Element", children: "Iterable[etree._Element]") -> "etree._Element":
    """Return a copy of a network or station with other children of its kind."""
    others = {name: uri for name, uri in element.nsmap.items() if name and uri != NAMESPACE}
    shell = etree.Element(element.tag, element.attrib, nsmap={**others, None: NAMESPACE})
    left_out = _tag(_CHILDREN[etree.QName(element).localname])
    shell.extend([deepcopy(child) for child in element if child.tag != left_out])
    shell.extend(children)
    # Requests ask for it by name, and get it as it is now.
    etree.strip_elements(shell, _tag("DataAvailability"), with_tail=False)
    to_current_version(shell)
    return shell


def _set_dates(element: "etree._Element", start: str) -> None:
    """Make the dates of an element those of the schema; a far end and no date are open.

    Args:
        element: a network, station or channel.
        start: the start where the element has none; "" for none.
    """
    found = {
        "startDate": parse_epoch_time(element.get("startDate")) or start,
        "endDate": parse_epoch_end(element.get("endDate")),
    }
    for name, time in found.items():
        text = element.get(name, "").strip()
        if not time:
            element.attrib.pop(name, None)
        elif not _DATE_TIME.fullmatch(text) or not parse_epoch_time(text):
            element.set(name, f"{time}Z")


def _set_counts(element: "etree._Element", total: int) -> None:
    """Write the numbers of all children and of the selected ones, the latter as 0."""
    child = _CHILDREN[etree.QName(element).localname]
    after = {_tag(child), _tag("ExternalReference")}
    for name in (f"TotalNumber{child}s", f"SelectedNumber{child}s"):
        for old in element.findall(_tag(name)):
            if name.startswith("T") and (old.text or "").strip().isdigit():
                total = max(total, int((old.text or "").strip()[:9]))
            element.remove(old)
    place = next((index for index, each in enumerate(element) if each.tag in after), len(element))
    for name, number in ((f"SelectedNumber{child}s", 0), (f"TotalNumber{child}s", total)):
        count = etree.Element(_tag(name))
        count.text = str(number)
        element.insert(place, count)


def _bytes(element: "etree._Element") -> bytes:
    """Return an element as UTF-8, without the declaration of StationXML's namespace."""
    etree.cleanup_namespaces(element)
    xml: bytes = etree.tostring(element, encoding="UTF-8", with_tail=False)
    return xml.replace(_DECLARATION, b"", 1)
