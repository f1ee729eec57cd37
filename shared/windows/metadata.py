"""The station's metadata for results in counts, where a format has room for coordinates."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shared.archive.archive import Archive
from shared.errors import NoDataError, UpstreamError
from shared.windows.result import WindowResult

if TYPE_CHECKING:
    from shared.stations.inventories import Inventories

logger = logging.getLogger(__name__)


def add_metadata(results: Sequence[WindowResult], archive: Archive) -> list[WindowResult]:
    """Add the StationXML to results that have samples and no metadata yet.

    Counts need no metadata, so they are delivered without. Where the archive has none, fields of
    a header stay undefined; where S3 failed, a warning says so.

    Args:
        results: of windows.
        archive: the archive to read from.
    """
    from shared.stations.inventories import Inventories  # most requests need no metadata

    lacking = {r.window.channel for r in results if r.trace is not None and r.inventory is None}
    inventories = Inventories(archive)
    inventories.prefetch(lacking)
    return [_with_metadata(result, inventories) for result in results]


def _with_metadata(result: WindowResult, inventories: "Inventories") -> WindowResult:
    if result.trace is None or result.inventory is not None:
        return result
    channel = result.window.channel
    try:
        return replace(result, inventory=inventories.inventory(channel))
    except NoDataError:
        return result
    except UpstreamError as error:
        logger.warning("%s: %s", channel.nscl, error.message, exc_info=error)
        message = f"{channel.nscl}: no coordinates: {error.message}"
        return replace(result, warnings=(*result.warnings, message))
