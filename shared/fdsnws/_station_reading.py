"""Find the parts of StationXML files that a request selects, by the station index or in the files.

A few stations named without wildcards are read from their files, which are always up to date. The
index finds all others. It also answers as text, and in XML above the level of channels.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from shared.archive.archive import Archive
from shared.aws import s3_list
from shared.errors import S3Error, TooLargeError
from shared.fdsnws._station_files import FileReading
from shared.fdsnws._station_limits import FEW_STATIONS, MAX_FILE_BYTES, MAX_FILES
from shared.fdsnws._station_selection import Selector
from shared.fdsnws._station_sources import IndexElements, Sources
from shared.station_index.index import IndexedFile, StationCodes, StationIndex
from shared.station_index.warm import recent_index
from shared.stations.epoch_times import format_epoch_time
from shared.stations.summary import FileSummary

logger = logging.getLogger(__name__)

_MAKE_INDEX = (
    "the station index is missing, which finds stations by wildcards: make it by the command"
    ' run_lambda.py station-index, or by the event {"update": "station-index"} to the function'
)


def find_sources(
    archive: Archive, selector: Selector, exact: Sequence[StationCodes] | None, *, xml: bool
) -> Sources:
    """Return the parts of files that a request selects.

    Args:
        archive: the archive.
        selector: selects the parts.
        exact: network and station of each station of the request; None if some have wildcards.
        xml: whether the answer is XML.

    Raises:
        TooLargeError: more files or bytes would be read than one request may need, or there is no
            index to find the stations with.
        S3Error: S3 could not be reached, or refused.
        UnreadableObjectError: no file could be read.
    """
    if exact is not None and len(exact) <= FEW_STATIONS:
        return FileReading(archive, selector, xml=xml).of_stations(exact)
    index = recent_index(archive)
    if index is None and exact is not None and len(exact) <= MAX_FILES:
        return FileReading(archive, selector, xml=xml).of_stations(exact)
    if index is None:
        keys = _listed_keys(archive)
        return FileReading(archive, selector, xml=xml).of_all_files(keys)
    if xml and selector.query.by_channel:
        keys_and_stations = _files_to_read(index, selector)
        sources = FileReading(archive, selector, xml=xml).of_files(keys_and_stations)
        sources.tags.append(index.etag)  # the counts and the notes are the index's
        sources.totals = index.station_counts
        sources.notes += _notes(index)
        return sources
    return _of_index(archive, index, selector, xml=xml)


def _of_index(archive: Archive, index: StationIndex, selector: Selector, *, xml: bool) -> Sources:
    """Answer from the index alone."""
    sources = Sources(tags=[index.etag], totals=index.station_counts, notes=_notes(index))
    for file, stations in _candidates(index, selector).items():
        networks = selector.select(_dated(file), stations)
        elements = IndexElements(index.shells(file)) if xml else None
        sources.add(archive, file.key, networks, elements)
    return sources


def _notes(index: StationIndex) -> list[str]:
    """Return notes on files that the index lacks."""
    if not index.missing:
        return []
    note = f"the station index lacks {index.missing:,} files, until it is updated again"
    logger.warning("%s", note)
    return [note]


def _candidates(index: StationIndex, selector: Selector) -> dict[IndexedFile, set[StationCodes]]:
    """Return the files with the stations that a request may select by their codes."""
    found: dict[str, tuple[IndexedFile, set[StationCodes]]] = {}
    for codes, file in index.places.items():
        if selector.has_station(*codes):
            found.setdefault(file.key, (file, set()))[1].add(codes)
    return dict(found.values())


def _files_to_read(index: StationIndex, selector: Selector) -> dict[str, set[StationCodes]]:
    """Return the files of selected channels, with the stations that they are the source of.

    Raises:
        TooLargeError: they are more than `MAX_FILES`, or larger than `MAX_FILE_BYTES`.
    """
    files = {
        file: stations
        for file, stations in _candidates(index, selector).items()
        if any(selector.select(_dated(file), stations))
    }
    size = sum(file.size for file in files)
    if len(files) > MAX_FILES or size > MAX_FILE_BYTES:
        raise TooLargeError(
            f"the request needs {len(files):,} StationXML files of {size:,} bytes: at most"
            f" {MAX_FILES:,} files and {MAX_FILE_BYTES:,} bytes are read for one; ask for fewer"
            " stations at a time, or for format=text, which needs none",
            files=len(files),
            limit=MAX_FILES,
        )
    return {file.key: stations for file, stations in files.items()}


def _dated(file: IndexedFile) -> FileSummary:
    """Return the summary of a file, with the time of its object if it does not have its own."""
    if file.summary.created:
        return file.summary
    return replace(file.summary, created=format_epoch_time(file.modified_ns))


def _listed_keys(archive: Archive) -> list[str]:
    """Return the keys of all files of a small archive that has no index.

    Raises:
        TooLargeError: there are more than `MAX_FILES`, or they cannot be listed.
    """
    try:
        listing = s3_list.list_objects(archive.bucket, archive.stationxml_prefix, archive.region)
        keys = [each.key for each in islice(listing, MAX_FILES + 1) if each.key.endswith(".xml")]
    except S3Error as error:
        logger.warning("StationXML cannot be listed: %s", error.message)
        raise TooLargeError(f"{_MAKE_INDEX}; the archive cannot be listed either") from error
    if len(keys) > MAX_FILES:
        raise TooLargeError(
            f"{_MAKE_INDEX}; without it, at most {MAX_FILES:,} files are read, and the archive has"
            " more",
            limit=MAX_FILES,
        )
    return keys
