"""Read the samples of a day object as an ObsPy Stream."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import obspy
from obspy import Stream
from obspy.core.util.obspy_types import ObsPyException

from shared.archive.archive import DayObject
from shared.archive.time import format_time
from shared.aws import s3_read
from shared.errors import NoSuchObjectError, NoWaveformError, UnreadableObjectError
from shared.waveforms.reasons import EmptySpan

_MARGIN_S = 3600
"""Samples of a day may reach this far into the adjacent days."""


@dataclass(frozen=True)
class DayFile:
    """A day object, downloaded into a file.

    Attributes:
        path: the file.
        etag: the object's ETag; "" if S3 gave none.
    """

    path: Path
    etag: str = ""


@dataclass(frozen=True)
class DayWaveform:
    """The samples of a day object, or of some of its records.

    Attributes:
        uri: the object's S3 URI, s3://BUCKET/KEY.
        stream: the segments as `obspy.read` returns them: in counts, one trace each, never masked.
        warnings: oddities of the object, and the warnings of ObsPy's reader.
        empty: the time spans of damaged samples, which are left out.
        etag: the object's ETag; "" if it is unknown.
    """

    uri: str
    stream: Stream
    warnings: tuple[str, ...] = ()
    empty: tuple[EmptySpan, ...] = ()
    etag: str = ""

    @property
    def span(self) -> str:
        """The times of the first and the last sample, in words."""
        start = min(trace.stats.starttime for trace in self.stream)
        end = max(trace.stats.endtime for trace in self.stream)
        return f"{len(self.stream)} segment(s) from {format_time(start)} to {format_time(end)}"


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


def no_object(day_object: DayObject, error: NoSuchObjectError) -> NoWaveformError:
    """Return the error for a channel's day that the archive does not have."""
    return NoWaveformError(
        f"the archive has no data of {day_object.channel.nscl} on {day_object.day}:"
        f" {error.message}",
        **error.details,
    )


def read_day(day_object: DayObject, content: DayFile | bytes) -> DayWaveform:
    """Read a day object, or some of its records.

    Args:
        day_object: the object; samples of other channels or days are left out.
        content: the file from `download_day`, or whole records.

    Raises:
        NoWaveformError: there are no samples of the channel and the day.
        UnreadableObjectError: the content is not miniSEED.
    """
    decoded, notes = _decode(day_object.uri, content)
    stream = _samples_of_channel(day_object, decoded)
    notes += _remove_stray(day_object, stream)
    # ObsPy silently ignores a record that is cut off at the end.
    size = len(content) if isinstance(content, bytes) else content.path.stat().st_size
    if surplus := size % min(trace.stats.mseed.record_length for trace in decoded):
        notes.append(f"{day_object.uri} ends with {surplus} bytes of an incomplete record")
    etag = "" if isinstance(content, bytes) else content.etag
    return DayWaveform(day_object.uri, stream, tuple(notes), etag=etag)


def _decode(uri: str, content: DayFile | bytes) -> tuple[Stream, list[str]]:
    """Decode miniSEED; return all its traces, and ObsPy's warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            file = io.BytesIO(content) if isinstance(content, bytes) else str(content.path)
            stream = obspy.read(file, format="MSEED")
        # ObsPy raises ValueError or TypeError for records of text, or for none at all.
        except (ObsPyException, ValueError, TypeError) as error:
            raise UnreadableObjectError(f"{uri} is not miniSEED: {error}", object=uri) from error
    return stream, [str(warning.message) for warning in caught]


def _samples_of_channel(day_object: DayObject, stream: Stream) -> Stream:
    """Return the traces of the object's channel that have samples."""
    uri, seed_id = day_object.uri, day_object.channel.seed_id
    own = Stream([trace for trace in stream if trace.id == seed_id and trace.stats.npts])
    if any(trace.data.dtype.kind not in "if" for trace in own):
        raise UnreadableObjectError(f"{uri} has records of text, not of samples", object=uri)
    if not own:
        others = ", ".join(sorted({trace.id for trace in stream})) or "no samples"
        raise NoWaveformError(f"{uri} has no samples of {seed_id}, but {others}", object=uri)
    return own


def _remove_stray(day_object: DayObject, stream: Stream) -> list[str]:
    """Remove traces of another day; return a warning for each.

    A broken clock puts records years away, and merging would fill the time in between.
    """
    first = day_object.day.starttime - _MARGIN_S
    last = day_object.day.next.starttime + _MARGIN_S
    notes = []
    for trace in list(stream):
        if trace.stats.endtime < first or trace.stats.starttime > last:
            stream.remove(trace)
            samples = trace.stats.npts
            notes.append(
                f"{day_object.uri} has {samples} samples of another day, which were left out"
            )
    if not stream:
        raise NoWaveformError(
            f"{day_object.uri} has no samples of {day_object.day}", object=day_object.uri
        )
    return notes
