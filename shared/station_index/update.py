"""Make the station index, or bring it up to date.

An update lists the archive's StationXML, and reads the files that are new or changed. It stops
before the function's time ends, and writes all that was read; the next update goes on from there.
"""

import logging
from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import Any

from shared import guard, settings
from shared.archive.archive import Archive
from shared.aws import deadline, s3_list, s3_read, s3_write
from shared.aws.s3_client import in_threads, uri
from shared.aws.s3_list import ListedObject
from shared.errors import InternalError, NoSuchObjectError, S3Error, ServiceError
from shared.station_index import warm
from shared.station_index.index import (
    IndexedFile,
    Shells,
    UnreadableFile,
    encode_file,
    write_index,
)
from shared.stations.station_file import StationFile

logger = logging.getLogger(__name__)

_SUFFIX = ".xml"
_RESERVE_S = 4.0
"""Seconds left for the last files, and for writing the index. A shorter invocation keeps half."""

_PARSED_AT_ONCE = 3
"""Files parsed at the same time. Parsed, a file takes ten times its size in memory."""

_MAX_NAMED = 100


@dataclass
class _Update:
    """The progress of an update."""

    archive: Archive
    old: dict[str, IndexedFile]
    files: list[IndexedFile] = field(default_factory=list)
    unreadable: list[UnreadableFile] = field(default_factory=list)
    read: int = 0
    missing: int = 0

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._parsing = Semaphore(_PARSED_AT_ONCE)
        self._reserve_s = min(_RESERVE_S, deadline.left_s() / 2)

    def read_file(self, listed: ListedObject) -> None:
        """Read a file, unless the time is over; note the result."""
        if deadline.left_s() < self._reserve_s:
            self._keep(listed, missing=True)
            return
        try:
            with guard.attempt(f"the station index: {listed.key}", S3Error) as attempt:
                part = s3_read.read_unless(self.archive.object(listed.key), "")
                content = part.content if part else b""
                with self._parsing:
                    file = _index(self.archive, listed, content)
        except S3Error as error:  # a later update may succeed
            logger.warning("the station index lacks %s: %s", listed.key, error.message)
            self._keep(listed, missing=True)
            return
        if attempt.error is None:
            with self._lock:
                self.files.append(file)
                self.read += 1
        elif isinstance(attempt.error, InternalError):  # the next version of the code may read it
            self._keep(listed, missing=True)
        elif not isinstance(attempt.error, NoSuchObjectError):
            self._refuse(listed, attempt.error)

    def _keep(self, listed: ListedObject, *, missing: bool) -> None:
        """Keep the older state of a file, if there is one."""
        with self._lock:
            self.missing += missing
            if listed.key in self.old:
                self.files.append(self.old[listed.key])

    def _refuse(self, listed: ListedObject, error: ServiceError) -> None:
        logger.warning("the station index cannot read %s: %s", listed.key, error.message)
        with self._lock:
            self.unreadable.append(UnreadableFile(listed.key, listed.etag, error.message))
        self._keep(listed, missing=False)


def update_index(archive: Archive) -> dict[str, Any]:
    """Bring the station index of an archive up to date, as far as the invocation's time allows.

    Returns:
        A report as JSON: the object, the numbers of files in the index, read, left to the next
        update, and the files that cannot be read.

    Raises:
        S3Error: the archive cannot be listed, or the index cannot be written.
        SettingsError: there is no output bucket.
    """
    bucket, key = settings.output_bucket(), warm.index_key(archive)
    listing = s3_list.list_objects(archive.bucket, archive.stationxml_prefix, archive.region)
    listed = [each for each in listing if each.key.endswith(_SUFFIX)]
    index = warm.read_index(archive)
    old = {file.key: index.with_shells(file) for file in index.files} if index else {}
    refused = {each.key: each for each in index.unreadable} if index else {}
    update = _Update(archive, old)
    to_read = []
    for each in listed:
        if each.key in old and old[each.key].etag == each.etag:
            update.files.append(old[each.key])
        elif each.key in refused and refused[each.key].etag == each.etag:
            update.unreadable.append(refused[each.key])
            if each.key in old:
                update.files.append(old[each.key])
        else:
            to_read.append(each)
    in_threads(update.read_file, to_read, share_time=False)
    update.files.sort(key=lambda file: file.key)
    update.unreadable.sort(key=lambda file: file.key)
    content = write_index(archive, update.files, update.missing, update.unreadable)
    if index is None or index.content != content:
        s3_write.upload(content, bucket, key, "application/zip")
        warm.forget_index()
    return {
        "index": uri(bucket, key),
        "bytes": len(content),
        "files": len(update.files),
        "stations": len({codes for file in update.files for codes in file.stations if codes[1]}),
        "read": update.read,
        "missing": update.missing,
        "unreadable": [
            {"object": uri(archive.bucket, each.key), "reason": each.reason}
            for each in update.unreadable[:_MAX_NAMED]
        ],
        "unreadable_files": len(update.unreadable),
    }


def _index(archive: Archive, listed: ListedObject, content: bytes) -> IndexedFile:
    file = StationFile(content, archive.object(listed.key).uri)
    shells: Shells = [
        (
            file.network_xml(number),
            [file.station_xml(number, place) for place in range(len(network.stations))],
        )
        for number, network in enumerate(file.summary.networks)
    ]
    return encode_file(
        listed.key, listed.etag, listed.modified_ns, listed.size, file.summary, shells
    )
