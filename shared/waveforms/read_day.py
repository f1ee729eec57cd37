"""Download and read whole day objects."""

from dataclasses import dataclass
from pathlib import Path

from shared.archive.archive import DayObject
from shared.aws import s3_read
from shared.errors import NoSuchObjectError, NoWaveformError
from shared.waveforms import _record_cache
from shared.waveforms._decode_day import decode_day
from shared.waveforms.day_waveform import DayWaveform


@dataclass(frozen=True)
class DayFile:
    """A day object, downloaded into a file.

    Attributes:
        path: the file.
        etag: the object's ETag; "" if S3 gave none.
    """

    path: Path
    etag: str = ""


def download_day(day_object: DayObject, folder: Path) -> DayFile:
    """Download the object of a channel's day into a folder.

    Raises:
        NoWaveformError: the archive has no such object.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    path = folder / day_object.key.rpartition("/")[2]
    try:
        return DayFile(path, s3_read.download(day_object, path))
    except NoSuchObjectError as error:
        raise no_object(day_object, error) from error


def forget_day(day_object: DayObject) -> None:
    """Forget all that this container has seen of a day object, as it is in doubt."""
    _record_cache.forget(day_object)


def no_object(day_object: DayObject, error: NoSuchObjectError) -> NoWaveformError:
    """Return the error for a channel's day that the archive does not have."""
    return NoWaveformError(
        f"the archive has no data of {day_object.channel.nscl} on {day_object.day}:"
        f" {error.message}",
        **error.details,
    )


def read_day(day_object: DayObject, content: DayFile | bytes) -> DayWaveform:
    """Read a day object.

    Args:
        day_object: the object; samples of other channels or days are left out.
        content: the file from `download_day`, or its content.

    Raises:
        NoWaveformError: there are no samples of the channel and the day.
        UnreadableObjectError: the content is not miniSEED, or none of its records can be decoded.
    """
    if isinstance(content, bytes):
        return decode_day(day_object, content).waveform()
    return decode_day(day_object, content.path, content.etag).waveform()
