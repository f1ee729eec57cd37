"""Read StationXML files in parallel for a request to the station service."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from threading import Lock, Semaphore

from shared import guard
from shared.archive.archive import Archive
from shared.aws import s3_read
from shared.aws.s3_client import in_threads
from shared.errors import NoSuchObjectError, S3Error, ServiceError, SettingsError, TooLargeError
from shared.fdsnws._station_limits import MAX_FILE_BYTES
from shared.fdsnws._station_selection import Selector
from shared.fdsnws._station_sources import FileElements, Sources
from shared.station_index.index import StationCodes, StationIndex, rank_of
from shared.station_index.warm import recent_index
from shared.stations.station_file import StationFile

logger = logging.getLogger(__name__)

_PARSED_AT_ONCE = 3
"""Files parsed at the same time. Parsed, a file takes ten times its size in memory."""


class FileReading:
    """Reads files in parallel, and keeps no more than the selected parts of each.

    Args:
        archive: the archive.
        selector: selects the parts.
        xml: whether the answer is XML.
    """

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
