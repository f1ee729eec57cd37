"""An archive of day objects: its bucket, its keys, and the objects under them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from shared import limits
from shared.archive.channel_id import ChannelId, Codes
from shared.archive.day import Day


@dataclass(frozen=True)
class Archive(ABC):
    """A public S3 bucket that holds one miniSEED object per channel and day.

    Each archive is a subclass in a module of its own, with a row in `registry.ARCHIVES`.

    Attributes:
        bucket: the bucket's name.
        region: the AWS region of the bucket.
    """

    bucket: str
    region: str

    @abstractmethod
    def waveform_key(self, channel: ChannelId, day: Day) -> str:
        """Return the key of a channel's day."""

    @abstractmethod
    def parse_waveform_key(self, key: str) -> tuple[ChannelId, Day]:
        """Return the channel and the day of a key; the inverse of `waveform_key`.

        Raises:
            BadRequestError: `waveform_key` never returns this key.
        """

    @abstractmethod
    def stationxml_keys(self, network: str, station: str) -> tuple[str, ...]:
        """Return the keys where a station's StationXML may be, the most authoritative first."""

    @property
    @abstractmethod
    def stationxml_prefix(self) -> str:
        """The prefix of the keys of all StationXML files, which end in ".xml"."""

    @abstractmethod
    def listing_prefix(self, day: Day, codes: tuple[str, str, str, str]) -> str:
        """Return the longest prefix shared by the keys of all matching channels on a day.

        Args:
            day: the day.
            codes: network, station, channel and location, perhaps with the wildcards "*" and "?".
        """

    def listing_prefixes(self, day: Day, patterns: Iterable[Codes]) -> list[str]:
        """Return prefixes that together have the keys of all matching channels on a day.

        None begins with another one, so that nothing is listed twice.
        """
        kept: list[str] = []
        for prefix in sorted({self.listing_prefix(day, codes) for codes in patterns}):
            if not kept or not prefix.startswith(kept[-1]):
                kept.append(prefix)
        return kept

    @abstractmethod
    def waveform_index_key(self, day: Day) -> str | None:
        """Return the key of the index of a day's waveforms; None if the archive has no such index.

        The index is a table in CSV with one row for each channel of the day.
        """

    def parse_indexed_name(self, name: str) -> tuple[ChannelId, Day]:
        """Return the channel and the day of a file name in the index; by default, names are keys.

        Raises:
            BadRequestError: it is no such name.
        """
        return self.parse_waveform_key(name)

    @property
    def years_prefix(self) -> str | None:
        """The folder whose folders are years, which have a folder for each day; None for none."""
        return None

    def parse_day_folder(self, folder: str) -> Day | None:
        """Return the day of a folder below that of its year; None if it is no day's."""
        raise NotImplementedError(folder)

    def result_path(self, channel: ChannelId, day: Day) -> str:
        """Return where the corrected day goes, below the folder of its parameters."""
        return self.waveform_key(channel, day)

    def object(self, key: str) -> "ArchiveObject":
        """Return the object under a key."""
        return ArchiveObject(self, key)

    def day_object(self, channel: ChannelId, day: Day) -> "DayObject":
        """Return the object of a channel's day."""
        return DayObject(self, self.waveform_key(channel, day), channel, day)


@dataclass(frozen=True)
class ArchiveObject:
    """An object of an archive, which may or may not exist.

    Attributes:
        archive: the archive.
        key: the object's key.
    """

    archive: Archive
    key: str

    def __str__(self) -> str:
        return self.uri

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.archive.bucket

    @property
    def region(self) -> str:
        """The AWS region of the bucket."""
        return self.archive.region

    @property
    def uri(self) -> str:
        """The object's S3 URI, s3://BUCKET/KEY."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def size_limit(self) -> limits.SizeLimit:
        """The largest size at which the object is read: that of StationXML."""
        return limits.max_stationxml()


@dataclass(frozen=True)
class DayObject(ArchiveObject):
    """The object of a channel's day; made by `Archive.day_object`.

    Attributes:
        channel: the channel.
        day: the day.
    """

    channel: ChannelId
    day: Day

    @property
    def size_limit(self) -> limits.SizeLimit:
        """The largest size at which the object is read."""
        return limits.max_day()

    @property
    def next(self) -> "DayObject":
        """The object of the following day."""
        return self.archive.day_object(self.channel, self.day.next)

    @property
    def previous(self) -> "DayObject":
        """The object of the preceding day."""
        return self.archive.day_object(self.channel, self.day.previous)
