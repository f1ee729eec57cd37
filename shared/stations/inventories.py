"""The metadata of the stations of a request, read in parallel."""

from collections.abc import Iterable

from obspy import Inventory

from shared import guard
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.aws.s3_client import in_threads
from shared.errors import ServiceError, SettingsError
from shared.stations.stationxml import (
    download_stationxml,
    forget_channel,
    read_stationxml,
)


class Inventories:
    """One inventory for each channel.

    The error of a channel without a readable one is kept, and raised wherever it is needed. That
    includes unexpected failures, so that one station's do not fail a request.

    Args:
        archive: the archive.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._inventories: dict[ChannelId, Inventory | ServiceError] = {}

    def prefetch(self, channels: Iterable[ChannelId]) -> None:
        """Read the metadata of several channels in parallel."""
        in_threads(self._read, channels)

    def inventory(self, channel: ChannelId) -> Inventory:
        """Return the metadata of a prefetched channel.

        Raises:
            NoStationXMLError, NoResponseError: there is none.
            S3Error, UnreadableObjectError: it could not be read.
        """
        inventory = self._inventories[channel]
        if isinstance(inventory, ServiceError):
            raise inventory
        return inventory

    def forget(self, channel: ChannelId) -> None:
        """Forget all that earlier invocations know of a channel's metadata in doubt."""
        forget_channel(self._archive, channel)

    def _read(self, channel: ChannelId) -> None:
        with guard.attempt(f"the metadata of {channel.nscl}", SettingsError) as attempt:
            inventory = read_stationxml(download_stationxml(self._archive, channel))
        self._inventories[channel] = attempt.error or inventory
        if attempt.in_doubt:
            self.forget(channel)
