"""The service station 1.1: networks, stations, channels and responses of the archive.

A code that is below the level asked for still restricts: `level=network&station=HEC` gives the
networks that have HEC. `updatedafter` compares the time at which a file was made by its own
statement, or else the time of its object.
"""

import hashlib
from dataclasses import replace

from shared import settings
from shared.archive.archive import Archive
from shared.archive.registry import input_archive
from shared.errors import BadRequestError
from shared.fdsnws import _station_reading
from shared.fdsnws._station_networks import JoinedNetwork, join_networks
from shared.fdsnws._station_patterns import exact_stations
from shared.fdsnws._station_query import StationQuery
from shared.fdsnws._station_selection import Selector
from shared.fdsnws._station_sources import Sources
from shared.fdsnws._station_text import write_text
from shared.fdsnws._station_xml import head_of, write_xml
from shared.fdsnws.request import FdsnRequest, nodata
from shared.reply import File, Reply
from shared.version import VERSION
from shared.windows.headers import warnings_header

__all__ = ["query"]

_CACHE = "public, max-age=300"
"""Metadata change some times in a month. Callers may use an answer for five minutes."""


def query(request: FdsnRequest) -> Reply:
    """Answer a request for metadata, as StationXML 1.2 or as text.

    Raises:
        BadRequestError: the level is response, and the format text.
        TooLargeError: the request needs more files than one may read, or a missing station index.
        S3Error: S3 could not be reached, or refused.
        UnreadableObjectError: no file could be read.
    """
    level, is_xml = request.values["level"], request.values["format"] == "xml"
    if level == "response" and not is_xml:
        raise BadRequestError(
            "format=text has no responses: level must be network, station or channel, or format"
            " must be xml",
            field="format",
        )
    archive = input_archive()
    selector = _selector(archive, request)
    exact = exact_stations(request.selections)
    sources = _station_reading.find_sources(archive, selector, exact, xml=is_xml)
    headers = warnings_header(sources.notes)
    if not sources.parts:
        return replace(nodata(request), headers=headers)
    # The tags of files say nothing about the days of data.
    etag = "" if selector.looks_at_data else _etag(request, sources.tags)
    # An answer that lacks a file is not kept: the next one may have it.
    cache = _CACHE if etag and not sources.notes else ""
    if request.http.has(etag):
        return Reply(None, status=304, etag=etag, cache=cache)
    networks = join_networks(sources.parts)
    if is_xml:
        file = File(_document(archive, request, networks, sources), "application/xml", "xml")
    else:
        file = File(write_text(level, networks, sources.totals), "text/plain", "txt")
    return Reply(file, headers=headers, etag=etag, cache=cache)


def _document(
    archive: Archive, request: FdsnRequest, networks: list[JoinedNetwork], sources: Sources
) -> bytes:
    head = head_of(
        settings.archive_source() or f"s3://{archive.bucket}",
        f"fdsnws-station {request.service.version}",
        request.http.url,
        sources.notes,
    )
    elements = sources.network_xml, sources.station_xml
    with_stations = request.values["level"] != "network"
    return write_xml(networks, sources.totals, elements, head, stations=with_stations)


def _selector(archive: Archive, request: FdsnRequest) -> Selector:
    values = request.values
    query = StationQuery.of(values, request.given, request.selections)
    is_xml, with_data = values["format"] == "xml", values["matchtimeseries"]
    data = None
    if with_data or (values["includeavailability"] and is_xml):
        from shared.fdsnws._station_data import DataDays  # few requests ask for it

        data = DataDays(archive, request.selections)
    counts = is_xml and query.level == "station"
    return Selector(query, data, with_data=with_data, counts=counts)


def _etag(request: FdsnRequest, tags: list[str]) -> str:
    """Return the ETag of an answer; it is weak, as each document has its own time."""
    parts = (VERSION, request.http.url, request.http.body.decode("latin-1"), *tags)
    return f'W/"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]}"'
