"""Download and read whole day objects."""

from shared.archive.archive import DayObject
from shared.aws import s3_read
from shared.aws.s3_read import ObjectPart
from shared.errors import NoSuchObjectError, NoWaveformError
from shared.waveforms import _record_cache
from shared.waveforms._decode_day import decode_day
from shared.waveforms.day_waveform import DayWaveform


def download_day(day_object: DayObject) -> ObjectPart:
    """Download the object of a channel's day into memory.

    Raises:
        NoWaveformError: the archive has no such object.
        S3Error: S3 could not be reached, refused, or broke off.
        TooLargeError: the object is larger than its limit, or than the function's memory.
    """
    try:
        return s3_read.download(day_object)
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


def read_day(day_object: DayObject, content: ObjectPart | bytes) -> DayWaveform:
    """Read a day object.

    Args:
        day_object: the object; samples of other channels or days are left out.
        content: the object from `download_day`, or its bytes.

    Raises:
        NoWaveformError: there are no samples of the channel and the day.
        UnreadableObjectError: the content is not miniSEED, or none of its records can be decoded.
    """
    if isinstance(content, ObjectPart):
        return decode_day(day_object, content.content, content.etag).waveform()
    return decode_day(day_object, content).waveform()
