"""Responses attached to traces, as ObsPy's clients and `Stream.attach_response` do."""

from collections.abc import Sequence

from obspy import Inventory, Trace
from obspy.core.inventory import Channel, Network, Response, Station

from shared.archive.channel_id import blank_location
from shared.errors import NoResponseError
from shared.response.epochs import label


def by_metadata(
    traces: Sequence[Trace], inventory: Inventory | None
) -> list[tuple[Inventory, list[Trace]]]:
    """Return the metadata of a channel's traces; those with one attached response are together.

    Raises:
        NoResponseError: there is no inventory, and a trace has no response.
    """
    if inventory is not None:
        return [(inventory, list(traces))]
    attached: list[tuple[Response, list[Trace]]] = []
    for trace in traces:
        response = trace.stats.get("response")
        if response is None:
            raise NoResponseError(
                f"{label(trace)}: no response is attached to the trace: give an inventory"
            )
        same = [members for known, members in attached if known == response]
        if same:
            same[0].append(trace)
        else:
            attached.append((response, [trace]))
    return [(_inventory(members[0], response), members) for response, members in attached]


def _inventory(trace: Trace, response: Response) -> Inventory:
    """Return the metadata of a channel whose response alone is known."""
    codes, place = trace.stats, {"latitude": 0.0, "longitude": 0.0, "elevation": 0.0}
    location = blank_location(codes.location)
    channel = Channel(codes.channel, location, depth=0.0, response=response, **place)
    station = Station(codes.station, channels=[channel], **place)
    return Inventory([Network(codes.network, [station])])
