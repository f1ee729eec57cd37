"""One channel day of known ground motion, as a real instrument records it."""

import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from obspy import Stream, Trace

from local.synthetic import ground_motion, instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

SECONDS_PER_DAY = 86400.0
TRUTH_FOLDER = "truth"


@dataclass(frozen=True)
class Gap:
    """A time span without samples.

    Attributes:
        begin: in s after the first sample; the first sample at or after it is missing.
        duration: in s, rounded to whole samples.
        off_grid: how much later than on the old sample grid the samples resume, as a fraction of
            a sample, 0 to 1. Digitizers that restart do not keep their grid.
    """

    begin: float
    duration: float
    off_grid: float


@dataclass(frozen=True)
class DemoChannel:
    """A day of one channel.

    Attributes:
        nscl: network.station.channel.location, such as "CI.SOC.HHZ.".
        day: year and day of the year, such as "2019,183".
        sampling_rate: 100.0 or 40.0 Hz.
        first_sample: in s after midnight; the last sample is the last before the next midnight.
        seed: seed of the ground motion.
        earthquake_at: onset of the P wave, in s after the first sample; None: no earthquake.
        gap: None: no gap.
    """

    nscl: str
    day: str
    sampling_rate: float
    first_sample: float
    seed: int
    earthquake_at: float | None
    gap: Gap | None

    @property
    def waveform_key(self) -> str:
        """The key of the day's object in SCEDC's bucket."""
        return SCEDC.waveform_key(ChannelId.parse(self.nscl), Day.parse(self.day))

    @property
    def truth_path(self) -> str:
        """The path of the true ground motion in the archive's folder, beside the keys."""
        return f"{TRUTH_FOLDER}/{Path(self.waveform_key).stem}.npy"


@dataclass(frozen=True)
class _Segment:
    """Samples without a gap.

    Attributes:
        first: index of the first sample, on the grid that begins with the day's first sample.
        npts: number of samples.
        off_grid: how much later than on that grid the samples are, as a fraction of a sample.
    """

    first: int
    npts: int
    off_grid: float


def true_velocity(channel: DemoChannel) -> npt.NDArray[np.float64]:
    """Return the ground velocity at the times of the samples: float64, one-dimensional, in m/s.

    Samples after a gap directly follow those before it, as in the traces of `counts`.

    Raises:
        ValueError: the channel's day cannot be generated, for example at an unknown sampling rate.
    """
    return generate(channel)[0]


def counts(channel: DemoChannel) -> Stream:
    """Return the instrument's record of `true_velocity`: one trace of int32 counts per segment.

    Raises:
        ValueError: the channel's day cannot be generated, for example at an unknown sampling rate.
    """
    return generate(channel)[1]


def generate(channel: DemoChannel) -> tuple[npt.NDArray[np.float64], Stream]:
    """Return the results of both `true_velocity` and `counts`, computed once.

    Raises:
        ValueError: the channel's day cannot be generated, for example at an unknown sampling rate.
    """
    npts = math.ceil((SECONDS_PER_DAY - channel.first_sample) * channel.sampling_rate)
    velocity = ground_motion.ground_velocity(
        npts, channel.sampling_rate, channel.seed, channel.earthquake_at
    )
    # The motion is periodic over the day, so the product of the spectra is the exact convolution.
    # The instrument needs no time to settle: it starts in the state of the day before.
    ground = np.fft.rfft(velocity)
    frequencies = ground_motion.rfft_frequencies(npts, channel.sampling_rate)
    recorded = ground * instrument.frequency_response(channel.sampling_rate, frequencies)
    truth, stream = [], Stream()
    for segment in _segments(channel, npts):
        truth.append(_samples(ground, segment, npts))
        data = np.rint(_samples(recorded, segment, npts)).astype(np.int32)
        stream.append(_trace(channel, segment, data))
    return np.concatenate(truth), stream


def miniseed(stream: Stream) -> bytes:
    """Return int32 counts in SCEDC's layout: miniSEED 2, Steim2, big-endian, 512-byte records."""
    records = io.BytesIO()
    stream.write(records, format="MSEED", encoding="STEIM2", byteorder=">", reclen=512)
    return records.getvalue()


def _segments(channel: DemoChannel, npts: int) -> list[_Segment]:
    """Return the day's segments in time order; `npts` is the number of samples without a gap."""
    gap = channel.gap
    if gap is None:
        return [_Segment(0, npts, 0.0)]
    missing = math.ceil(gap.begin * channel.sampling_rate)
    resumed = missing + round(gap.duration * channel.sampling_rate)
    # Off the grid, the day's last sample may fall after midnight: it belongs to the next day.
    in_day = (SECONDS_PER_DAY - channel.first_sample) * channel.sampling_rate - gap.off_grid
    return [
        _Segment(0, missing, 0.0),
        _Segment(resumed, min(npts, math.ceil(in_day)) - resumed, gap.off_grid),
    ]


def _samples(
    spectrum: npt.NDArray[np.complex128], segment: _Segment, npts: int
) -> npt.NDArray[np.float64]:
    """Return a segment's samples from the rfft of a whole day of `npts` samples.

    The day is periodic and band-limited, so a phase shift gives its exact values between the
    samples.
    """
    if segment.off_grid:
        cycles = np.arange(spectrum.size) * (segment.off_grid / npts)
        spectrum = spectrum * np.exp(2j * np.pi * cycles)
    return np.fft.irfft(spectrum, npts)[segment.first : segment.first + segment.npts]


def _trace(channel: DemoChannel, segment: _Segment, data: npt.NDArray[np.int32]) -> Trace:
    """Return a segment's counts with their header."""
    codes = ChannelId.parse(channel.nscl)
    after_first = (segment.first + segment.off_grid) / channel.sampling_rate
    header = {
        "network": codes.network,
        "station": codes.station,
        "channel": codes.channel,
        "location": codes.location,
        "sampling_rate": channel.sampling_rate,
        "starttime": Day.parse(channel.day).starttime + (channel.first_sample + after_first),
        "mseed": {"dataquality": "D"},
    }
    return Trace(data, header)
