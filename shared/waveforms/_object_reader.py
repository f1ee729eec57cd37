"""Facts about a day object and the requests for it, as a reader of the object knows them."""

from shared.waveforms._record_index import MOST_SAMPLES_PER_BYTE
from shared.waveforms._record_source import RecordSource


class ObjectReader:
    """A reader of one day object.

    Args:
        source: the bytes of the object.
    """

    def __init__(self, source: RecordSource) -> None:
        self._source = source

    @property
    def uri(self) -> str:
        """The object's S3 URI, s3://BUCKET/KEY."""
        return self._source.day_object.uri

    @property
    def reads(self) -> int:
        """Number of requests so far; a whole object counts as one."""
        return self._source.reads

    @property
    def bytes_read(self) -> int:
        """Number of bytes received so far."""
        return self._source.bytes_read

    @property
    def size(self) -> int:
        """Size of the object in bytes; 0 while it is unknown."""
        return self._source.size

    @property
    def etag(self) -> str:
        """ETag of the object; "" while it is unknown."""
        return self._source.etag

    @property
    def most_samples(self) -> int:
        """The most samples that an object of this size can hold; 0 while the size is unknown."""
        return int(self.size * MOST_SAMPLES_PER_BYTE)
