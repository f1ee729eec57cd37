"""The samples of a day object as an ObsPy Stream."""

from dataclasses import dataclass

from obspy import Stream, UTCDateTime

from shared.archive.time import format_time
from shared.errors import NoWaveformError
from shared.waveforms.reasons import EmptySpan
from shared.waveforms.segments import describe_samples_around, is_near


@dataclass(frozen=True)
class DayWaveform:
    """The samples of a day object, or of some of its records.

    Attributes:
        uri: the object's S3 URI, s3://BUCKET/KEY.
        stream: the segments in counts, one trace each, never masked. They are those that
            `obspy.read` returns, but divided where a clock drifts.
        warnings: damage and other oddities of the object.
        empty: the time spans of damaged samples, which are left out, and of those not numbers.
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

    def require_samples(self, starttime: UTCDateTime, endtime: UTCDateTime) -> None:
        """Raise an error unless there is a sample in a time span, or the nearest to its ends.

        Raises:
            NoWaveformError: there is none.
        """
        if not any(is_near(trace, starttime, endtime) for trace in self.stream):
            samples = describe_samples_around(self.stream, starttime)
            raise NoWaveformError(
                f"{self.uri} has no samples from {format_time(starttime)} to"
                f" {format_time(endtime)}, but {samples}",
                object=self.uri,
            )
