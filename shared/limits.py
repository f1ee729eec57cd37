"""The limits of one request, event or object, which the environment may change.

Direct requests and those over HTTP have the same ones. They bound the work of a request that anyone
may send; a private deployment may raise them, up to its memory and its time.
"""

from typing import NamedTuple

from shared.settings import whole_number

DEFAULTS = {
    "MAX_WINDOWS": 20_000,
    "MAX_WINDOW_DAYS": 366,
    "MAX_CHANNEL_DAYS": 40_000,
    "MAX_OBJECTS": 1_000,
    "MAX_S3_REQUESTS": 4_000,
    "MAX_PROCESSOR_SECONDS": 12,
    "MAX_BATCH_REQUESTS": 10_000,
    "MAX_SELECTIONS": 5_000,
    "MAX_CHANNEL_PATTERNS": 20_000,
}
"""The defaults of requests and events, by variable. The function of each gives its reason."""


class SizeLimit(NamedTuple):
    """The largest size at which an object is read.

    Attributes:
        mib: the size in MiB.
        setting: the environment variable that sets it.
    """

    mib: int
    setting: str

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.mib * 1024**2


def max_windows() -> int:
    """Return the most windows of a request: ``MAX_WINDOWS``.

    A body of Lambda's 6 MB has room for 40,000, whose replies and errors would exceed any reply.

    Raises:
        SettingsError: it is not a whole number from 1 to 999,999,999.
    """
    return whole_number("MAX_WINDOWS", DEFAULTS["MAX_WINDOWS"])


def max_window_days() -> int:
    """Return the most days of one window: ``MAX_WINDOW_DAYS``.

    More days fit into a reply only below 0.1 Hz, and the archive is searched for each of them.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_WINDOW_DAYS", DEFAULTS["MAX_WINDOW_DAYS"])


def max_channel_days() -> int:
    """Return the most channel days of all windows together: ``MAX_CHANNEL_DAYS``.

    Each window counts its own days and those of its margins, also where windows share them. Each
    costs some ten microseconds, even if the archive has no such day.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_CHANNEL_DAYS", DEFAULTS["MAX_CHANNEL_DAYS"])


def max_index_days() -> int:
    """Return the most days on which a request may look for channels: ``MAX_INDEX_DAYS``.

    It is 400 if not set. Each day takes an index of 300 KB, or a listing: some 25 ms.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_INDEX_DAYS", 400)


def max_objects() -> int:
    """Return the most day objects that a request may need: ``MAX_OBJECTS``.

    Each takes a request to S3, even if it is absent: 2 to 3 ms of the processor.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_OBJECTS", DEFAULTS["MAX_OBJECTS"])


def max_s3_requests() -> int:
    """Return the most requests to S3 that a request may need, as estimated: ``MAX_S3_REQUESTS``.

    One object may need hundreds, where windows lie scattered over its day.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_S3_REQUESTS", DEFAULTS["MAX_S3_REQUESTS"])


def max_processor_seconds() -> int:
    """Return the longest work for one request, in seconds: ``MAX_PROCESSOR_SECONDS``.

    As many windows as a request may have, of thirty objects read whole, take eleven. An HTTP API
    waits two and a half times as long, as processors and days differ. Anyone may send requests
    where the API is open, and each second costs money and occupies one of the account's concurrent
    functions.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_PROCESSOR_SECONDS", DEFAULTS["MAX_PROCESSOR_SECONDS"])


def max_batch_requests() -> int:
    """Return the most requests of a batch: ``MAX_BATCH_REQUESTS``.

    SQS's own limit for a batch; Step Functions and S3 send fewer.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_BATCH_REQUESTS", DEFAULTS["MAX_BATCH_REQUESTS"])


def max_selections() -> int:
    """Return the most lines of a POST to an FDSN web service: ``MAX_SELECTIONS``.

    ObsPy's mass downloader sends some hundreds. A line of a day may cost a request to S3.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_SELECTIONS", DEFAULTS["MAX_SELECTIONS"])


def max_channel_patterns() -> int:
    """Return the most combinations of codes of a request: ``MAX_CHANNEL_PATTERNS``.

    Each line of a POST counts its networks times stations times locations times channels, as lists
    of codes in a query of 16 KB would multiply to millions.

    Raises:
        SettingsError: as of `max_windows`.
    """
    return whole_number("MAX_CHANNEL_PATTERNS", DEFAULTS["MAX_CHANNEL_PATTERNS"])


def max_day() -> SizeLimit:
    """Return the largest size of a day object: ``MAX_DAY_MIB``, 512 if not set.

    A day at 200 Hz has 70 MB without compression. A larger object would fill a third of the memory
    that a function has by default.

    Raises:
        SettingsError: it is not a whole number from 1 to 999,999.
    """
    return _size_limit("MAX_DAY_MIB", 512)


def max_stationxml() -> SizeLimit:
    """Return the largest size of a StationXML file: ``MAX_STATIONXML_MIB``, 64 if not set.

    The largest of the archive have some MB. A parsed file takes several times its size in memory.

    Raises:
        SettingsError: as of `max_day`.
    """
    return _size_limit("MAX_STATIONXML_MIB", 64)


def max_dataselect() -> SizeLimit:
    """Return the largest answer of the service dataselect: ``MAX_DATASELECT_MIB``, 128 if not set.

    Ten channel days at 100 Hz. An answer is in memory twice, and an HTTP API waits half a minute
    for it.

    Raises:
        SettingsError: as of `max_day`.
    """
    return _size_limit("MAX_DATASELECT_MIB", 128)


def max_headers() -> SizeLimit:
    """Return the most bytes whose record headers a request reads: ``MAX_HEADERS_MIB``.

    It is 1,024 if not set: seventy channel days at 100 Hz, for ten seconds.

    Raises:
        SettingsError: as of `max_day`.
    """
    return _size_limit("MAX_HEADERS_MIB", 1_024)


def _size_limit(setting: str, default: int) -> SizeLimit:
    return SizeLimit(whole_number(setting, default, 999_999, "MiB"), setting)
