"""The stations of StationXML files, each as a document of its own."""

import re
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from local.cloud.stored_object import Piece

_ROOT = re.compile(rb"<(?:[\w.-]+:)?FDSNStationXML[\s>]")
_CODE = re.compile(r"[A-Z0-9]{1,5}")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)

StationCodes = tuple[str, str]
"""Network and station."""


@dataclass
class Stations:
    """The stations of some files.

    Attributes:
        channels: SEED ids of all channels, such as "CI.SOC..HHZ".
        notes: files and stations that are not served, in words.
    """

    channels: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    _found: dict[StationCodes, dict[Path, "list[etree._Element]"]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _alone: set[Path] = field(default_factory=set)

    def add_file(self, path: Path) -> None:
        """Add the stations of a file.

        Raises:
            OSError: it cannot be read.
        """
        try:
            root = etree.fromstring(path.read_bytes(), _PARSER)
        except etree.XMLSyntaxError as error:
            self.notes.append(f"{path}: no StationXML that can be read: {error.msg}")
            return
        stations = list(root.iter("{*}Station"))
        if len(stations) == 1:
            self._alone.add(path)
        for station in stations:
            codes = str(station.getparent().get("code", "")), str(station.get("code", ""))
            if all(map(_CODE.fullmatch, codes)):
                self._found[codes].setdefault(path, []).append(station)
                self.channels |= {".".join((*codes, *ids)) for ids in _channels(station)}
            else:
                self.notes.append(f"{path}: station {'.'.join(codes)!r}, whose codes SEED forbids")

    def documents(self) -> dict[StationCodes, tuple[Piece, list[Path]]]:
        """Return the document of each station, and the files that it comes from.

        A file of one station stays as it is. Where several files have the same station, its
        document has the epochs of all of them, in the files' order.
        """
        documents = {}
        for codes, files in sorted(self._found.items()):
            paths = list(files)
            is_whole = len(paths) == 1 and paths[0] in self._alone
            stations = [station for path in paths for station in files[path]]
            piece = Piece.whole(paths[0] if is_whole else _document(stations))
            documents[codes] = piece, paths
        return documents


def is_stationxml(beginning: bytes) -> bool:
    """Return whether a file begins as StationXML does."""
    return bool(_ROOT.search(beginning))


def _channels(station: "etree._Element") -> Iterator[tuple[str, str]]:
    """Yield location and code of each channel of a station."""
    for channel in station.iter("{*}Channel"):
        location = str(channel.get("locationCode", "")).replace("-", " ").strip()
        yield location, str(channel.get("code", ""))


def _document(stations: "list[etree._Element]") -> bytes:
    """Return a document of some stations of one network, without those that repeat another."""
    network = _shell(stations[0].getparent())
    root = _shell(stations[0].getroottree().getroot())
    root.append(network)
    seen = set()
    for station in stations:
        content = etree.tostring(station, method="c14n")
        if content not in seen:
            network.append(deepcopy(station))
        seen.add(content)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def _shell(element: "etree._Element") -> "etree._Element":
    """Return a copy of an element without the networks or stations in it."""
    shell = etree.Element(element.tag, element.attrib, nsmap=element.nsmap)
    for child in element:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name not in ("", "Network", "Station"):
            shell.append(deepcopy(child))
    return shell
