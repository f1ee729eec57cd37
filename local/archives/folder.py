"""All miniSEED and StationXML files of a folder, as objects under the archive's keys."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local.archives.records import ChannelDay, Records, arrange, is_miniseed
from local.archives.stations import StationCodes, Stations, is_stationxml
from local.cloud.stored_object import FixedBucket, StoredObject
from shared.archive.scedc import SCEDC

_BEGINNING = 64 * 1024  # bytes by which a file is recognised
_NEAR_MIDNIGHT_S = 60  # how far the time windows look into the object of the day before
_MINISEED_3 = b"MS\x03"


@dataclass(frozen=True)
class ServedDay:
    """A channel's day.

    Attributes:
        size: of its object in bytes.
        start: of its first record, in ns since 1970.
    """

    size: int
    start: int


@dataclass
class OwnFolder:
    """The content of a folder.

    Attributes:
        bucket: the objects under the archive's keys.
        days: each channel's day.
        stations: network and station of each that has StationXML.
        channels: SEED ids of the channels in it.
        notes: files, parts of files and records that are not served, or with a limit, in words.
    """

    bucket: FixedBucket
    days: dict[ChannelDay, ServedDay] = field(default_factory=dict)
    stations: list[StationCodes] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read_folder(folder: Path, results: Path | None = None) -> OwnFolder:
    """Read the headers of all records and all StationXML below a folder, whatever its layout.

    Files are recognised by their content. All others are named in the notes.

    Args:
        folder: the folder.
        results: the folder of the functions' own results, which are no part of the archive.
    """
    records, stations, notes = Records(), Stations(), list[str]()
    if results and results.is_dir() and folder.resolve() in results.resolve().parents:
        notes.append(f"{results}: the functions' results")
    for path in _files(folder, results):
        try:
            if problem := _add(path, records, stations):
                notes.append(f"{path}: {problem}")
        except OSError as error:
            notes.append(f"{path}: cannot be read: {error.strerror}")
    objects: dict[str, StoredObject] = {}
    own = OwnFolder(FixedBucket({}), notes=[*notes, *records.notes, *stations.notes])
    repeated, beyond = 0, dict[str, float]()
    for (channel, day), runs in sorted(records.runs.items()):
        pieces, more = arrange(runs)
        repeated += more
        reach = (max(run.end for run in runs) - day.next.starttime.ns) / 1e9
        if reach > _NEAR_MIDNIGHT_S:
            beyond[channel.nscl] = max(reach, beyond.get(channel.nscl, 0))
        made = StoredObject.of(pieces, (run.path for run in runs))
        objects[SCEDC.waveform_key(channel, day)] = made
        own.days[channel, day] = ServedDay(made.size, min(run.first for run in runs))
    if repeated:
        own.notes.append(f"{repeated:,} records that repeat others are served once")
    own.notes += [
        f"{nscl}: records reach up to {reach:,.0f} s beyond midnight, where time windows that begin"
        f" more than {_NEAR_MIDNIGHT_S} s after midnight do not find them"
        for nscl, reach in beyond.items()
    ]
    for codes, (piece, paths) in stations.documents().items():
        own.stations.append(codes)
        for key in SCEDC.stationxml_keys(*codes):
            objects[key] = StoredObject.of([piece], paths)
    own.bucket, own.channels = FixedBucket(objects), stations.channels
    return own


def _files(folder: Path, results: Path | None) -> Iterator[Path]:
    """Yield all files below a folder in order; links to folders are followed, none of them twice.

    SDS archives often consist of links.
    """
    seen = {os.path.realpath(results)} if results else set[str]()
    for name, folders, files in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(name))
        folders[:] = sorted(
            each for each in folders if os.path.realpath(Path(name, each)) not in seen
        )
        yield from (Path(name, each) for each in sorted(files))


def _add(path: Path, records: Records, stations: Stations) -> str:
    """Add a file by its kind; return why it is left out, or ""."""
    if not path.is_file():
        return "no file"
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if is_miniseed(beginning):
        records.add_file(path)
    elif is_stationxml(beginning):
        stations.add_file(path)
    elif beginning.startswith(_MINISEED_3):
        return "miniSEED 3, which the functions do not read"
    elif not beginning:
        return "empty"
    else:
        return "neither miniSEED nor StationXML"
    return ""
