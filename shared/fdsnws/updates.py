"""The updates of the time-window function: objects of the output bucket that its services need."""

from typing import Any

from shared.archive.registry import input_archive
from shared.invocation.updates import Updates


def _station_index() -> Any:
    # Loaded when it is needed: nearly all events are requests.
    from shared.station_index.update import update_index

    return update_index(input_archive())


UPDATES: Updates = {"station-index": _station_index}
"""The updates, by name."""
