"""The metadata of the stations of a request, read in parallel."""

from collections.abc import Iterable

from obspy import Inventory

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.aws.s3_client import in_threads
from shared.errors import NoDataError, ServiceError, UpstreamError
from shared.stations.stationxml import download_stationxml, read_stationxml


class Inventories:
    """One inventory for each channel.

    The error of a channel without a readable one is kept, and raised wherever it is needed.

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

    def _read(self, channel: ChannelId) -> None:
        try:
            inventory = read_stationxml(download_stationxml(self._archive, channel))
        except (NoDataError, UpstreamError) as error:
            self._inventories[channel] = error
        else:
            self._inventories[channel] = inventory
