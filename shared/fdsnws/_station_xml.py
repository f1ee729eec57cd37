"""One StationXML document of parts of many files."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from shared.archive.instant import format_utc
from shared.errors import TooLargeError
from shared.fdsnws._station_limits import MAX_ANSWER_BYTES
from shared.fdsnws._station_networks import JoinedNetwork, Part
from shared.fdsnws._station_selection import SelectedStation
from shared.stations.plain_text import plain_text
from shared.stations.station_file import merge_networks, total_of, with_counts
from shared.version import NAME, VERSION

_NETWORK_END = b"</Network>"

NetworkXml = Callable[[Part], bytes]
"""Returns a network of a file as an element Network without stations."""

StationXml = Callable[[Part, SelectedStation], bytes]
"""Returns a station of a file as an element Station with its selected channels."""


def write_xml(
    networks: Sequence[JoinedNetwork],
    totals: Mapping[str, int],
    elements: tuple[NetworkXml, StationXml],
    head: bytes,
    *,
    stations: bool,
) -> bytes:
    """Return the document of selected networks.

    Args:
        networks: the networks, with their selected stations and channels.
        totals: the number of stations of each network in the archive, as far as it is known.
        elements: return the networks and stations as XML.
        head: the beginning of the document, from `head_of`.
        stations: whether the document has stations.

    Raises:
        TooLargeError: it would have more than `MAX_ANSWER_BYTES`.
    """
    network_xml, station_xml = elements
    parts, size = [head], len(head)
    for network in networks:
        xml = merge_networks(dict.fromkeys(map(network_xml, network.parts)), network.start)
        total = max(total_of(xml), network.total(totals))
        xml = with_counts(xml, network.selected, total)
        parts.append(xml.removesuffix(_NETWORK_END) + b"\n")
        for part, station in network.stations if stations else ():
            xml = with_counts(station_xml(part, station), len(station.channels))
            parts.append(xml + b"\n")
            size += len(xml)
            if size > MAX_ANSWER_BYTES:
                raise TooLargeError(
                    f"the answer has more than {MAX_ANSWER_BYTES:,} bytes: ask for fewer stations,"
                    " channels or epochs at a time, or for a level above response",
                    limit=MAX_ANSWER_BYTES,
                )
        parts.append(_NETWORK_END + b"\n")
    return b"".join([*parts, b"</FDSNStationXML>\n"])


def head_of(source: str, module: str, url: str, left_out: Iterable[str]) -> bytes:
    """Return the beginning of a document.

    Args:
        source: where the metadata come from, as words or a URL.
        module: the service and its version.
        url: the address of the request.
        left_out: notes on files that the document lacks, each a comment of XML.
    """
    notes = "".join(f"<!-- {_comment(text)} -->\n" for text in left_out)
    created = format_utc(time.time_ns(), "seconds")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{notes}'
        '<FDSNStationXML xmlns="http://www.fdsn.org/xml/station/1" schemaVersion="1.2">\n'
        f"<Source>{escape(plain_text(source))}</Source>\n"
        f"<Sender>{NAME}</Sender>\n"
        f"<Module>{escape(module)} | {NAME} {VERSION}</Module>\n"
        f"<ModuleURI>{escape(url)}</ModuleURI>\n"
        f"<Created>{created}</Created>\n"
    ).encode()


def _comment(text: str) -> str:
    """Return a text as a comment of XML may have it: without "--" and control characters."""
    return re.sub("-(?=-)", "- ", escape(plain_text(text)))
