"""The same networks of several files, put together: one for each code and start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.fdsnws._station_selection import SelectedNetwork, SelectedStation
from shared.stations.summary import NetworkSummary


@dataclass(frozen=True)
class Part:
    """A network of one file.

    Attributes:
        source: the file's key.
        rank: how authoritative the file is for the network: the less, the more.
        network: the selected network.
    """

    source: str
    rank: tuple[int, str]
    network: SelectedNetwork

    @property
    def summary(self) -> NetworkSummary:
        """The summary of the network in this file."""
        return self.network.summary


@dataclass
class JoinedNetwork:
    """A network, of one file or more.

    Attributes:
        code: its code.
        start: its start as a text of `epoch_times`; "" if it is not known.
        parts: the network in each file, the most authoritative first.
    """

    code: str
    start: str
    parts: list[Part] = field(default_factory=list)

    @property
    def stations(self) -> list[tuple[Part, SelectedStation]]:
        """The selected stations by code and start."""
        found = [(part, station) for part in self.parts for station in part.network.stations]
        return sorted(found, key=lambda pair: (pair[1].summary.code, pair[1].summary.start))

    @property
    def selected(self) -> int:
        """The number of selected stations; one with several epochs counts once."""
        return len({station.summary.code for _, station in self.stations})

    def total(self, known: Mapping[str, int]) -> int:
        """Return the number of all stations of the network.

        It is the largest of the files' own numbers and the number of those in the archive.

        Args:
            known: the number of stations of each network in the archive, as far as it is known.
        """
        stated = max(each.summary.total for each in self.parts)
        return max(stated, known.get(self.code, 0), self.selected)


def join_networks(parts: Iterable[Part]) -> list[JoinedNetwork]:
    """Return the networks of several files by code and start.

    A file that does not date a network adds to the dated one with its code that was there when its
    first station began; if there is none, to one of its own.
    """
    ordered = sorted(parts, key=lambda part: (part.rank, part.source, part.network.place))
    joined: dict[tuple[str, str], JoinedNetwork] = {}
    for part in ordered:
        if part.summary.start:
            key = part.summary.code, part.summary.start
            joined.setdefault(key, JoinedNetwork(*key)).parts.append(part)
    dated = list(joined.values())
    for part in ordered:
        if part.summary.start:
            continue
        code, earliest = part.summary.code, part.summary.earliest
        starts = [
            each.start
            for each in dated
            if each.code == code and (not earliest or each.start <= earliest)
        ]
        key = code, max(starts, default="")
        found = joined.setdefault(key, JoinedNetwork(*key))
        if not starts:
            known = [each.summary.earliest for each in found.parts]
            found.start = min(filter(None, [*known, earliest]), default="")
        found.parts.append(part)
    for network in joined.values():
        network.parts.sort(key=lambda part: (part.rank, part.source, part.network.place))
    return sorted(joined.values(), key=lambda network: (network.code, network.start))
