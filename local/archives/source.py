"""The archives that can be served: the demo's, SCEDC's own bucket, or a folder of one's own."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from obspy import UTCDateTime

from local.archives.folder import OwnFolder, read_folder
from local.cloud.remote_bucket import RemoteBucket, UnreachableError
from local.cloud.s3_front import Answer, read_only
from local.cloud.stored_object import FixedBucket
from local.cloud.waveform_index import IndexedBucket
from local.console import say
from local.project import PROJECT
from local.synthetic.archive import DEMO_ARCHIVE, DEMO_CHANNELS, write_archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

DEMO = "demo"

SAMPLE_REQUEST = PROJECT / "request.json"

_SAMPLE = ChannelId("CI", "SOC", "HHZ"), Day(2019, 183)
_REAL = {"scedc-pds", "scedc", "s3://scedc-pds"}
_URL = f"https://{SCEDC.bucket}.s3.{SCEDC.region}.amazonaws.com"
_SHOWN = 20  # notes
WINDOW_S = 60
"""Length of a window to try, in seconds."""


class SourceError(Exception):
    """The archive cannot be served."""


@dataclass
class Source:
    """An archive to serve.

    Attributes:
        name: its name, which is also that of the folder of its results.
        answer: answers S3's requests for its objects.
        summary: its content in words.
        sample: a channel and a day of it.
        has_response: whether the response of the sample can be removed.
        windows: a request for time windows; None is `SAMPLE_REQUEST`.
        notes: files, parts of files and records that are not served, or with a limit, in words.
        stations: the number of stations with StationXML, as far as it is known.
        origin: where its metadata come from, for StationXML; "" is SCEDC's own bucket.
        example: a channel and a time for the examples of the services' pages; "" is the default.
    """

    name: str
    answer: Answer
    summary: str
    sample: tuple[ChannelId, Day] = _SAMPLE
    has_response: bool = True
    windows: str | None = None
    notes: list[str] = field(default_factory=list)
    stations: int = 0
    example: str = ""
    origin: str = ""

    def windows_request(self, folder: Path) -> Path:
        """Return a file with a request for time windows; write it into a folder if need be."""
        if self.windows is None:
            return SAMPLE_REQUEST
        path = folder / f"{self.name}-request.json"
        path.write_text(self.windows)
        return path


def open_source(archive: str, results: Path) -> Source:
    """Open an archive.

    Args:
        archive: "demo", "scedc-pds", a folder, or the URL of a bucket with SCEDC's keys.
        results: the folder of results, which are never part of an archive.

    Raises:
        SourceError: there is no such archive, it has nothing to serve, or it does not answer.
    """
    if archive == DEMO:
        say("Making the demo's archive, unless it exists")
        files = FixedBucket.of_folder(write_archive(DEMO_ARCHIVE, say))
        bucket = IndexedBucket(files, SCEDC)
        channels = ", ".join(f"{each.nscl} on {each.day}" for each in DEMO_CHANNELS)
        summary, origin = f"the demo's: {channels}", "synthetic archive of the demo"
        return Source(DEMO, read_only(SCEDC.bucket, bucket), summary, origin=origin)
    if archive in _REAL:
        return _remote(SCEDC.bucket, _URL)
    if archive.startswith(("http://", "https://")):
        return _remote(_distinct(SCEDC.bucket, archive), archive)
    folder = Path(archive).expanduser()
    if folder.is_file():
        raise SourceError(f"ARCHIVE={archive} is a file: give its folder, {folder.parent}")
    if not folder.is_dir():
        raise SourceError(f"ARCHIVE={archive}: must be demo, scedc-pds or a folder that exists")
    return _own(folder.resolve(), results)


def _remote(name: str, url: str) -> Source:
    remote = RemoteBucket(url)
    try:
        remote.check()
    except UnreachableError as error:
        raise SourceError(str(error)) from error
    return Source(name, remote.answer, f"{url}, read unsigned", origin="" if url == _URL else url)


def _own(folder: Path, results: Path) -> Source:
    say(f"Reading the headers of all files in {folder}")
    own = read_folder(folder, results)
    if not own.days:
        notes = "".join(f"\n  {note}" for note in shown(own.notes))
        raise SourceError(f"{folder} has no miniSEED records that can be served{notes}")
    with_response = [key for key in own.days if key[0].seed_id in own.channels]
    sample = max(with_response or own.days, key=lambda key: own.days[key].size)
    start = UTCDateTime(ns=own.days[sample].start)
    return Source(
        _distinct(folder.name, str(folder)),
        read_only(SCEDC.bucket, IndexedBucket(own.bucket, SCEDC)),
        _summary(folder, own),
        sample,
        bool(with_response),
        window_request(sample[0], start, start + WINDOW_S),
        own.notes,
        len(own.stations),
        f"{sample[0].seed_id} {UTCDateTime(round(start.timestamp))}",
        f"files of the folder {folder.name}",
    )


def shown(notes: list[str]) -> list[str]:
    """Return the first notes, and how many more there are."""
    more = len(notes) - _SHOWN
    return [*notes[:_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]


def _summary(folder: Path, own: OwnFolder) -> str:
    days = sorted({day for _, day in own.days})
    channels = len({channel for channel, _ in own.days})
    span = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"
    metadata = f"StationXML of {len(own.stations):,} stations"
    if not own.stations:
        metadata = "no StationXML, so time windows in counts only"
    return f"{folder}: {len(own.days):,} days of {channels:,} channels ({span}), {metadata}"


def window_request(channel: ChannelId, start: UTCDateTime, end: UTCDateTime) -> str:
    """Return a request for one time window, as JSON."""
    window = {
        "Network": channel.network,
        "Station": channel.station,
        "Channel": channel.channel,
        "Location": channel.location,
        "Starttime": str(start),
        "Endtime": str(end),
    }
    return json.dumps({"Windows": [window]}, indent=4) + "\n"


def _distinct(name: str, place: str) -> str:
    """Return a name for an archive that no other place has, of characters that shells leave."""
    return (
        f"{re.sub(r'[^A-Za-z0-9.-]+', '_', name)}-{hashlib.sha256(place.encode()).hexdigest()[:6]}"
    )
