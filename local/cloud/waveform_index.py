"""The index of each day's waveforms, made of the objects that a bucket has.

It has the columns of SCEDC's own: https://scedc.caltech.edu/data/cloud.html
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from local.cloud.stored_object import Bucket, Piece, StoredObject
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError
from shared.waveforms.records import scan

HEADER = ("ms_filename", "net", "sta", "seedchan", "location", "lat", "lon", "sample_rate")

_NAME = "_waveform_index.csv"
_FIRST_RECORD = 4_096  # bytes; records are rarely longer
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def is_index(key: str) -> bool:
    """Return whether a key is that of an index of waveforms."""
    return key.endswith(_NAME)


class Place(NamedTuple):
    """The coordinates of a channel, as StationXML writes them; "" if it does not."""

    latitude: str = ""
    longitude: str = ""


class IndexedBucket:
    """A bucket with the index of each of its days, unless it has an index itself.

    An index is made when it is read first.

    Args:
        bucket: the objects of an archive, which do not change.
        archive: the archive, whose keys they have.
    """

    def __init__(self, bucket: Bucket, archive: Archive) -> None:
        self._bucket, self._archive = bucket, archive
        self._days: dict[str, list[tuple[ChannelId, Day, str]]] = {}
        for key in bucket.keys(""):
            try:
                channel, day = archive.parse_waveform_key(key)
            except BadRequestError:
                continue
            if index := archive.waveform_index_key(day):
                self._days.setdefault(index, []).append((channel, day, key))
        self._made: dict[str, StoredObject] = {}
        self._places: dict[tuple[str, str], dict[tuple[str, str], Place]] = {}

    def find(self, key: str) -> StoredObject | None:
        """Return an object; None if there is none."""
        if (found := self._bucket.find(key)) or key not in self._days:
            return found
        if key not in self._made:
            self._made[key] = self._make(key)
        return self._made[key]

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix, in order."""
        indexes = (key for key in self._days if key.startswith(prefix))
        return sorted({*self._bucket.keys(prefix), *indexes})

    def _make(self, index: str) -> StoredObject:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(HEADER)
        modified = 0.0
        for channel, _, key in self._days[index]:
            stored = self._bucket.find(key)
            if stored is None:
                continue
            modified = max(modified, stored.modified)
            codes = channel.network, channel.station, channel.channel, channel.location
            place = self._place(channel)
            rows.writerow((key.rpartition("/")[2], *codes, *place, _rate(stored)))
        content = text.getvalue().encode()
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return StoredObject((Piece.whole(content),), etag, modified)

    def _place(self, channel: ChannelId) -> Place:
        station = channel.network, channel.station
        if station not in self._places:
            self._places[station] = dict(self._read_places(*station))
        places = self._places[station]
        return places.get((channel.channel, channel.location)) or places.get(("", "")) or Place()

    def _read_places(self, network: str, station: str) -> Iterator[tuple[tuple[str, str], Place]]:
        """Yield the place of each channel and location, and with ("", "") that of the station."""
        for key in self._archive.stationxml_keys(network, station):
            if not (stored := self._bucket.find(key)):
                continue
            try:
                root = etree.fromstring(b"".join(stored.read(0, stored.size - 1)), _PARSER)
            except etree.XMLSyntaxError:  # the function that needs it will say so
                return
            for element in root.iterfind(f"{{*}}Network[@code='{network}']/{{*}}Station"):
                if element.get("code") == station:
                    yield ("", ""), _place_of(element)
                    for each in element.iterfind("{*}Channel"):
                        location = (each.get("locationCode") or "").strip()
                        yield (str(each.get("code")), location), _place_of(each)
            return


def _place_of(element: "etree._Element") -> Place:
    latitude, longitude = (
        (element.findtext(f"{{*}}{name}") or "").strip() for name in ("Latitude", "Longitude")
    )
    return Place(latitude, longitude)


def _rate(stored: StoredObject) -> str:
    """Return the sampling rate of an object's first record in Hz; "" if it has none."""
    beginning = b"".join(stored.read(0, min(_FIRST_RECORD, stored.size) - 1))
    rates = scan(memoryview(beginning)).rates
    return f"{rates[0]:g}" if len(rates) else ""
