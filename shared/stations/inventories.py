"""The metadata of the stations that windows are of."""

from collections.abc import Iterable

from obspy import Inventory

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.aws.s3_client import in_threads
from shared.errors import NoDataError, ServiceError, UpstreamError
from shared.stations.stationxml import download_stationxml, read_stationxml


class Inventories:
    """Each channel's metadata, read once; what it fails with is raised wherever it is needed.

    Args:
        archive: the archive.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._found: dict[ChannelId, Inventory | ServiceError] = {}

    def read_ahead(self, channels: Iterable[ChannelId]) -> None:
        """Read the metadata of several channels, side by side."""
        in_threads(self._read, channels)

    def inventory(self, channel: ChannelId) -> Inventory:
        """A channel's metadata; it must have been read ahead.

        Raises:
            NoStationXMLError, NoResponseError: there is none.
            S3Error, UnreadableObjectError: it could not be read.
        """
        found = self._found[channel]
        if isinstance(found, ServiceError):
            raise found
        return found

    def _read(self, channel: ChannelId) -> None:
        try:
            self._found[channel] = read_stationxml(download_stationxml(self._archive, channel))
        except (NoDataError, UpstreamError) as error:
            self._found[channel] = error
