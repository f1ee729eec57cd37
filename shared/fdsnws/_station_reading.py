"""Find the parts of StationXML files that a request selects, by the station index or in the files.

A few stations named without wildcards are read from their files, which are always up to date. The
index finds all others. It also answers as text, and in XML above the level of channels.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from threading import Lock, Semaphore

from shared import guard
from shared.archive.archive import Archive
from shared.aws import s3_list, s3_read
from shared.aws.s3_client import in_threads
from shared.errors import NoSuchObjectError, S3Error, ServiceError, SettingsError, TooLargeError
from shared.fdsnws._station_limits import FEW_STATIONS, MAX_FILE_BYTES, MAX_FILES
from shared.fdsnws._station_selection import Selector
from shared.fdsnws._station_sources import FileElements, IndexElements, Sources
from shared.station_index.index import IndexedFile, StationCodes, StationIndex, rank_of
from shared.station_index.warm import recent_index
from shared.stations.epoch_times import format_epoch_time
from shared.stations.station_file import StationFile
from shared.stations.summary import FileSummary

logger = logging.getLogger(__name__)

_PARSED_AT_ONCE = 3
"""Files parsed at the same time. Parsed, a file takes ten times its size in memory."""

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
        return _Reading(archive, selector, xml=xml).of_stations(exact)
    index = recent_index(archive)
    if index is None and exact is not None and len(exact) <= MAX_FILES:
        return _Reading(archive, selector, xml=xml).of_stations(exact)
    if index is None:
        keys = _listed_keys(archive)
        return _Reading(archive, selector, xml=xml).of_all_files(keys)
    if xml and selector.query.by_channel:
        keys_and_stations = _files_to_read(index, selector)
        sources = _Reading(archive, selector, xml=xml).of_files(keys_and_stations)
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


class _Reading:
    """Reads files in parallel, and keeps no more than the selected parts of each."""

    def __init__(self, archive: Archive, selector: Selector, *, xml: bool) -> None:
        self._archive, self._selector, self._xml = archive, selector, xml
        self._sources = Sources()
        self._error: ServiceError | None = None
        self._size = 0
        self._stations: dict[str, set[StationCodes]] = {}
        self._lock, self._parsing = Lock(), Semaphore(_PARSED_AT_ONCE)

    def of_stations(self, stations: Sequence[StationCodes]) -> Sources:
        """Read the most authoritative file of each station; one without a file is left out."""
        in_threads(self._read_station, stations, share_time=False)
        return self._result()

    def of_files(self, files: Mapping[str, Collection[StationCodes]]) -> Sources:
        """Read files for some of their stations."""
        in_threads(lambda item: self._read(*item), files.items(), share_time=False)
        return self._result()

    def of_all_files(self, keys: Iterable[str]) -> Sources:
        """Read all files of the archive."""
        in_threads(lambda key: self._read(key, None), keys, share_time=False)
        sources = self._result()
        stations = {codes for found in self._stations.values() for codes in found}
        sources.totals = dict(Counter(network for network, _ in stations))
        return sources

    def _read_station(self, codes: StationCodes) -> None:
        for key in self._archive.stationxml_keys(*codes):
            if self._read(key, {codes}):
                return
        with self._lock:
            index = self._index
        if index and codes in index.places:  # files under other keys
            self._read(index.places[codes].key, {codes})

    @cached_property
    def _index(self) -> StationIndex | None:
        return recent_index(self._archive)

    def _read(self, key: str, stations: Collection[StationCodes] | None) -> bool:
        """Read a file and add its selected parts; return whether it exists.

        Raises:
            TooLargeError: the files so far have too many bytes.
        """
        if self._size > MAX_FILE_BYTES:
            raise TooLargeError(
                f"the request needs StationXML of more than {MAX_FILE_BYTES:,} bytes: ask for fewer"
                " stations at a time",
                limit=MAX_FILE_BYTES,
            )
        source = self._archive.object(key)
        with guard.attempt(source, NoSuchObjectError, S3Error, SettingsError) as attempt:
            try:
                part = s3_read.read_unless(source, "")
            except NoSuchObjectError as error:
                if "code" in error.details:  # refused, and perhaps not missing
                    logger.warning("%s", error.message)
                return False
            if part:
                with self._lock:
                    self._size += part.size
                with self._parsing:
                    self._add(StationFile(part.content, source.uri), key, part.etag, stations)
        if attempt.error:
            logger.warning("left out: %s", attempt.error.message)
            with self._lock:
                self._error = self._error or attempt.error
                self._sources.notes.append(attempt.error.message)
        return True

    def _add(
        self, file: StationFile, key: str, etag: str, stations: Collection[StationCodes] | None
    ) -> None:
        """Add the selected parts of a file."""
        summary = file.summary if self._xml else file.summary.in_order()
        networks = list(self._selector.select(summary, stations))
        found = Sources()
        elements = FileElements(file, self._selector.query.level) if self._xml else None
        found.add(self._archive, key, networks, elements)
        with self._lock:
            self._stations[key] = summary.stations
            self._sources.update(found)
            self._sources.tags.append(f"{key} {etag}")

    def _result(self) -> Sources:
        """Return all parts, each station from its most authoritative file.

        Raises:
            ServiceError: no file could be read, and one of them is refused.
        """
        sources = self._sources
        if self._error and not self._stations:
            raise self._error
        places: dict[StationCodes, tuple[tuple[int, str], str]] = {}
        for key, stations in self._stations.items():
            for codes in stations:
                place = rank_of(self._archive, key, codes), key
                places[codes] = min(place, places.get(codes, place))
        sources.keep({codes: key for codes, (_, key) in places.items()})
        sources.tags.sort()
        return sources
