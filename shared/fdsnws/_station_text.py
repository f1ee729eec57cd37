"""The text formats of the station service, one line for each item of the level.

Header lines and columns: "FDSN Web Service Specifications", version 1.1, section on fdsnws-station,
with the names of columns in its samples, which ObsPy's reader asks for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.fdsnws._station_networks import JoinedNetwork

HEADERS = {
    "network": "#Network|Description|StartTime|EndTime|TotalStations",
    "station": "#Network|Station|Latitude|Longitude|Elevation|SiteName|StartTime|EndTime",
    "channel": (
        "#Network|Station|Location|Channel|Latitude|Longitude|Elevation|Depth|Azimuth|Dip"
        "|SensorDescription|Scale|ScaleFreq|ScaleUnits|SampleRate|StartTime|EndTime"
    ),
}
"""The first line of each level."""


def write_text(level: str, networks: Sequence[JoinedNetwork], totals: Mapping[str, int]) -> bytes:
    """Return the text of selected networks.

    Args:
        level: "network", "station" or "channel".
        networks: the networks, with their selected stations and channels.
        totals: the number of stations of each network in the archive, as far as it is known.
    """
    lines: Iterable[str]
    if level == "network":
        lines = (_network_line(network, totals) for network in networks)
    elif level == "station":
        lines = (line for network in networks for line in _station_lines(network))
    else:
        lines = (line for network in networks for line in _channel_lines(network))
    return ("\n".join([HEADERS[level], *lines]) + "\n").encode("ascii")


def _network_line(network: JoinedNetwork, totals: Mapping[str, int]) -> str:
    summaries = [part.summary for part in network.parts]
    description = next((each.description for each in summaries if each.description), "")
    end = "" if any(not each.end for each in summaries) else max(each.end for each in summaries)
    return "|".join((network.code, description, network.start, end, str(network.total(totals))))


def _station_lines(network: JoinedNetwork) -> Iterator[str]:
    for _, station in network.stations:
        each = station.summary
        yield "|".join(
            (
                network.code, each.code, each.latitude, each.longitude, each.elevation, each.site,
                each.start, each.end,
            )
        )  # fmt: skip


def _channel_lines(network: JoinedNetwork) -> Iterator[str]:
    for _, station in network.stations:
        beginning = f"{network.code}|{station.summary.code}|"
        for place in station.channels:
            row = station.summary.rows[place]
            yield beginning + row[: row.rindex("|")]  # without the status
