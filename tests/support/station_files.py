"""StationXML files of a few lines, and requests to the station service."""

import io
import re
from typing import Any
from urllib.parse import parse_qsl

import obspy
from obspy.io.stationxml.core import validate_stationxml

from shared.fdsnws import station as service
from shared.fdsnws.request import parse_request
from shared.fdsnws.station_service import STATION
from shared.invocation.http_request import HttpRequest
from shared.reply import File, Reply
from shared.stations.station_file import StationFile, with_counts

NAMESPACE = "http://www.fdsn.org/xml/station/1"
PATH = "/fdsnws/station/1/query"


def channel(code: str, location: str = "", body: str = "", **attributes: str) -> str:
    """Return an epoch of a channel, at 35 N 118 W; see `station` for the attributes."""
    attributes = {"startDate": "2010-01-01T00:00:00", **attributes}
    return (
        f'<Channel code="{code}" locationCode="{location}"{_attributes(attributes)}>{body}'
        "<Latitude>35.0</Latitude><Longitude>-118.0</Longitude><Elevation>10.0</Elevation>"
        "<Depth>2.0</Depth><Azimuth>0.0</Azimuth><Dip>-90.0</Dip><SampleRate>100.0</SampleRate>"
        "<Sensor><Description>Velocity Sensor</Description></Sensor><Response>"
        "<InstrumentSensitivity><Value>1E9</Value><Frequency>1.0</Frequency>"
        "<InputUnits><Name>m/s</Name></InputUnits><OutputUnits><Name>counts</Name></OutputUnits>"
        '</InstrumentSensitivity><Stage number="1"><StageGain><Value>1E9</Value>'
        "<Frequency>1.0</Frequency></StageGain></Stage></Response></Channel>"
    )


def station(
    code: str,
    *channels: str,
    place: tuple[float, float] = (35.0, -118.0),
    site: str = "A site",
    body: str = "",
    **attributes: str,
) -> str:
    """Return an epoch of a station; an attribute of "" is left out."""
    attributes = {"startDate": "2000-01-01T00:00:00", **attributes}
    return (
        f'<Station code="{code}"{_attributes(attributes)}>{body}<Latitude>{place[0]}</Latitude>'
        f"<Longitude>{place[1]}</Longitude><Elevation>10.0</Elevation>"
        f"<Site><Name>{site}</Name></Site>{''.join(channels)}</Station>"
    )


def network(code: str, *stations: str, body: str = "", **attributes: str) -> str:
    """Return a network."""
    attributes = {"startDate": "1926-01-01T00:00:00Z", **attributes}
    return f'<Network code="{code}"{_attributes(attributes)}>{body}{"".join(stations)}</Network>'


def document(
    *networks: str, created: str = "2024-01-01T00:00:00Z", version: str = "1.2", head: str = ""
) -> bytes:
    """Return a StationXML file; the prefix "other" is of another namespace."""
    body = "".join(networks)
    other = ' xmlns:other="https://example.org/other"' if "other:" in body else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<FDSNStationXML xmlns="{NAMESPACE}"{other}'
        f' schemaVersion="{version}"><Source>test</Source><Created>{created}</Created>'
        f"{body}</FDSNStationXML>"
    ).encode()


def key_of(code: str, station_code: str) -> str:
    """Return the authoritative key of a station's file."""
    return f"FDSNstationXML/{code}/{code}_{station_code}.xml"


def http_request(query: str = "", body: bytes = b"", **headers: str) -> HttpRequest:
    """Return a request to the service, by POST if it has a body."""
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    method = "POST" if body else "GET"
    return HttpRequest(method, PATH, "http://localhost", pairs, headers, body)


def ask(query: str = "", body: bytes = b"", **headers: str) -> Reply:
    """Return the service's answer."""
    return service.query(parse_request(STATION, http_request(query, body, **headers)))


def content(reply: Reply) -> bytes:
    """Return the bytes of an answer."""
    assert isinstance(reply.value, File)
    return reply.value.data


def lines(query: str, body: bytes = b"") -> list[str]:
    """Return the lines of an answer as text, without the header; none without data."""
    reply = ask(f"{query}&format=text".removeprefix("&"), body)
    return content(reply).decode("ascii").splitlines()[1:] if reply.value else []


def codes(query: str, body: bytes = b"") -> list[str]:
    """Return the codes of each line of an answer as text, such as "CI.AAA.00.BHZ"."""
    level = dict(parse_qsl(query)).get("level", "station")
    count = {"network": 1, "station": 2, "channel": 4}[level]
    return [".".join(line.split("|")[:count]) for line in lines(query, body)]


def valid(xml: bytes) -> bytes:
    """Return a document that ObsPy's schema of its version accepts."""
    is_valid, errors = validate_stationxml(io.BytesIO(xml))
    assert is_valid, [str(error)[-300:] for error in errors][:3]
    return xml


def inventory(query: str, body: bytes = b"") -> obspy.Inventory:
    """Return an answer in XML as ObsPy reads it."""
    return obspy.read_inventory(io.BytesIO(valid(content(ask(query, body)))))


def without_head(xml: bytes) -> bytes:
    """Return a document without the time at which it was made and the request."""
    return re.sub(rb"<(Created|ModuleURI)>.*?</\1>", b"", xml)


def rebuilt(content: bytes) -> bytes:
    """Return a file taken apart, and put together again."""
    file = StationFile(content, "s3://b/k")
    parts = []
    for place, found in enumerate(file.summary.networks):
        xml = with_counts(file.network_xml(place), len(found.stations))
        parts.append(xml.removesuffix(b"</Network>").decode())
        for number, each in enumerate(found.stations):
            rows = range(len(each.rows))
            parts.append(file.station_xml(place, number, rows, responses=True).decode())
        parts.append("</Network>")
    return document(*parts)


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(f' {name}="{text}"' for name, text in attributes.items() if text)
