"""A channel's day of the archive as an ObsPy Stream."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import obspy
from obspy import Stream
from obspy.core.util.obspy_types import ObsPyException

from shared.archive import scedc
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.time import format_time
from shared.aws import s3_client, s3_read
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


def download_day(bucket: str, channel: ChannelId, day: Day, folder: Path) -> Path:
    """Download the object of a channel's day into a folder; returns the file.

    Raises:
        NoWaveformError: the archive has no such object.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    path = folder / scedc.waveform_name(channel, day)
    try:
        s3_read.download(bucket, scedc.waveform_key(channel, day), path)
    except NoSuchObjectError as error:
        raise no_object(channel, day, error) from error
    return path


def no_object(channel: ChannelId, day: Day, error: NoSuchObjectError) -> NoWaveformError:
    """The error to raise where the archive has no object of a channel's day."""
    return NoWaveformError(
        f"the archive has no data of {channel.nscl} on {day}: {error.message}", **error.details
    )


def read_day(bucket: str, channel: ChannelId, day: Day, path: Path) -> DayWaveform:
    """Read the file that `download_day` made.

    Raises:
        NoWaveformError: it holds nothing of this channel.
        UnreadableObjectError: it is not miniSEED.
    """
    return read_miniseed(
        s3_client.uri(bucket, scedc.waveform_key(channel, day)), channel, day, path
    )


def read_miniseed(uri: str, channel: ChannelId, day: Day, source: Path | bytes) -> DayWaveform:
    """Read the records of an object, or some that are whole.

    Args:
        uri: the object's name, for messages.
        channel: whose samples to take.
        day: which day's samples to take.
        source: the records, or the file that has them.

    Raises:
        NoWaveformError: they hold nothing of this channel.
        UnreadableObjectError: they are not miniSEED.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            records = io.BytesIO(source) if isinstance(source, bytes) else str(source)
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
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    surplus = size % min(trace.stats.mseed.record_length for trace in stream)
    if surplus:
        notes.append(f"{uri} ends with {surplus} bytes that are no whole record")
    return DayWaveform(uri, own, tuple(notes))
