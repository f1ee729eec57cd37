"""The station's metadata for results in counts, where a format has room for coordinates."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shared import telemetry
from shared.archive.archive import Archive
from shared.errors import NoDataError, ServiceError
from shared.windows._failures import log_upstream
from shared.windows.cost import Work
from shared.windows.request import MalformedWindow, Window
from shared.windows.result import WindowResult

if TYPE_CHECKING:
    from shared.stations.inventories import Inventories


@telemetry.step("stationxml")
def check_channels(windows: Sequence[Window | MalformedWindow]) -> None:
    """Refuse windows of so many channels that reading their StationXML takes too long.

    Raises:
        TooLargeError: it takes longer than `limits.max_processor_seconds`.
    """
    channels = {window.channel for window in windows if isinstance(window, Window)}
    Work(stations=len(channels)).check()


def add_metadata(results: Sequence[WindowResult], archive: Archive) -> list[WindowResult]:
    """Add the StationXML to results that have samples and no metadata yet.

    Counts need no metadata, so they are delivered without. Where the archive has none, fields of
    a header stay undefined; where they could not be read, a warning says so.

    Args:
        results: of windows.
        archive: the archive to read from.
    """
    from shared.stations.inventories import Inventories  # most requests need no metadata

    lacking = (each.window for each in results if each.trace is not None and each.inventory is None)
    inventories = Inventories(archive)
    inventories.prefetch({window.channel for window in lacking if isinstance(window, Window)})
    failures: list[tuple[Window, ServiceError]] = []
    completed = [_with_metadata(result, inventories, failures) for result in results]
    log_upstream(failures)
    return completed


def _with_metadata(
    result: WindowResult,
    inventories: "Inventories",
    failures: list[tuple[Window, ServiceError]],
) -> WindowResult:
    from shared.stations import findings

    window = result.window
    if result.trace is None or result.inventory is not None or not isinstance(window, Window):
        return result
    channel = window.channel
    try:
        inventory = inventories.inventory(channel)
    except NoDataError:
        return result
    except ServiceError as error:
        failures.append((window, error))
        message = f"{channel.nscl}: no coordinates: {error.message}"
        return replace(result, warnings=(*result.warnings, message))
    notes = (f"{channel.nscl}: {text}" for text in findings.file_notes(inventory))
    return replace(result, inventory=inventory, warnings=(*result.warnings, *notes))
