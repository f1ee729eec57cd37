"""A channel's day of the archive as an ObsPy Stream."""

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

_MARGIN_S = 3600
"""How far a day's samples may reach into the days next to it."""


@dataclass(frozen=True)
class DayWaveform:
    """What one object of the archive holds.

    Attributes:
        uri: the object's name, s3://BUCKET/KEY.
        stream: its segments, as `obspy.read` gives them: in counts, one trace each, never masked.
        warnings: what ObsPy's reader found odd in it, in its own words.
    """

    uri: str
    stream: Stream
    warnings: tuple[str, ...] = ()

    @property
    def span(self) -> str:
        """From when to when it has samples, in words."""
        start = min(trace.stats.starttime for trace in self.stream)
        end = max(trace.stats.endtime for trace in self.stream)
        return f"{len(self.stream)} segment(s) from {format_time(start)} to {format_time(end)}"


def download_day(source: DayObject, folder: Path) -> Path:
    """Download the object of a channel's day into a folder and return the file's path.

    Raises:
        NoWaveformError: the archive has no such object.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    path = folder / source.key.rpartition("/")[2]
    try:
        s3_read.download(source, path)
    except NoSuchObjectError as error:
        raise no_object(source, error) from error
    return path


def no_object(source: DayObject, error: NoSuchObjectError) -> NoWaveformError:
    """Return the error for a channel's day that the archive does not have."""
    return NoWaveformError(
        f"the archive has no data of {source.channel.nscl} on {source.day}: {error.message}",
        **error.details,
    )


def read_day(source: DayObject, content: Path | bytes) -> DayWaveform:
    """Read a day object, or some of its records.

    Args:
        source: the object; samples of other channels or days are left out.
        content: the file from `download_day`, or whole records.

    Raises:
        NoWaveformError: there are no samples of the channel and the day.
        UnreadableObjectError: the content is not miniSEED.
    """
    uri, channel, day = source.uri, source.channel, source.day
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            records = io.BytesIO(content) if isinstance(content, bytes) else str(content)
            stream = obspy.read(records, format="MSEED")
        # ObsPy's own errors; ValueError and TypeError are how it meets records of text or none.
        except (ObsPyException, ValueError, TypeError) as error:
            raise UnreadableObjectError(f"{uri} is not miniSEED: {error}", object=uri) from error
    own = Stream([trace for trace in stream if trace.id == channel.seed_id and trace.stats.npts])
    text = [trace for trace in own if trace.data.dtype.kind not in "if"]
    if text:
        raise UnreadableObjectError(f"{uri} has records of text, not of samples", object=uri)
    if not own:
        found = ", ".join(sorted({trace.id for trace in stream})) or "no samples"
        raise NoWaveformError(f"{uri} has no samples of {channel.seed_id}, but {found}", object=uri)
    notes = [str(warning.message) for warning in caught]
    # A broken clock or header puts a record years away, and a trace would span all between.
    first, last = day.starttime - _MARGIN_S, day.next.starttime + _MARGIN_S
    stray = [t for t in own if t.stats.endtime < first or t.stats.starttime > last]
    for trace in stray:
        own.remove(trace)
        notes.append(f"{uri} has {trace.stats.npts} samples of another day, which were left out")
    if not own:
        raise NoWaveformError(f"{uri} has no samples of {day}", object=uri)
    # ObsPy leaves out a record that is cut short at the end, and says nothing.
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    surplus = size % min(trace.stats.mseed.record_length for trace in stream)
    if surplus:
        notes.append(f"{uri} ends with {surplus} bytes that are no whole record")
    return DayWaveform(uri, own, tuple(notes))
