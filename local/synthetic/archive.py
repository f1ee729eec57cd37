"""The demo's archive: generated ground motion, recorded by a real instrument, under SCEDC's keys.

What goes in is known, so that what response removal gives back can be checked against it.
"""

import hashlib
import io
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import obspy
import scipy
from obspy import Stream, Trace, UTCDateTime

from local.synthetic import ground_motion, instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

SECONDS_PER_DAY = 86400.0
TRUTH_FOLDER = "truth"

DEMO_ARCHIVE = Path(__file__).parents[2] / "build" / "demo-archive"
"""Where the demo keeps it between runs."""

# It holds a digest of all that the archive is made from, and is written last.
_MARKER = "complete"
_METADATA_START = UTCDateTime(2015, 1, 1)


@dataclass(frozen=True)
class Gap:
    """A time without samples.

    Attributes:
        begin: in s after the first sample; the first sample from there on is missing.
        duration: in s, rounded to whole samples.
        off_grid: how much later than on the old sample grid the samples resume, as a fraction of
            a sample, 0 to 1. Digitizers that restart keep no grid.
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
        first_sample: in s after midnight; the last one is the last before the next midnight.
        seed: of the ground motion.
        earthquake_at: when the P wave begins, in s after the first sample; None: no earthquake.
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
        """Where the truth lies in the archive's folder, beside the keys."""
        return f"{TRUTH_FOLDER}/{Path(self.waveform_key).stem}.npy"


DEMO_CHANNELS = (
    DemoChannel("CI.SOC.HHZ.", "2019,183", 100.0, 0.008393, 183, 36872.4, None),
    DemoChannel("CI.BOM.BHZ.", "2024,001", 40.0, 0.0195, 1001, 75.2, None),
    DemoChannel("CI.BOM.BHN.", "2024,001", 40.0, 0.0195, 1002, 75.2, Gap(190.0, 20.0, 0.3)),
)


@dataclass(frozen=True)
class _Segment:
    """Samples without a gap.

    Attributes:
        first: index of the first sample, on the grid that begins with the day's first sample.
        npts: number of samples.
        off_grid: how much later than on that grid they are, as a fraction of a sample.
    """

    first: int
    npts: int
    off_grid: float


def true_velocity(channel: DemoChannel) -> npt.NDArray[np.float64]:
    """The ground velocity in m/s at the times of the samples: float64, one-dimensional.

    Where there is a gap, the samples after it follow upon those before it, as many and in the
    order of the traces of `counts`.

    Raises:
        ValueError: the channel's day cannot be generated, such as with an unknown sampling rate.
    """
    return _generate(channel)[0]


def counts(channel: DemoChannel) -> Stream:
    """What the instrument records of `true_velocity`: one trace of int32 counts per segment.

    Raises:
        ValueError: the channel's day cannot be generated, such as with an unknown sampling rate.
    """
    return _generate(channel)[1]


def write_archive(folder: Path, report: Callable[[str], None]) -> Path:
    """Write the days and StationXML of `DEMO_CHANNELS` under their keys; returns the folder.

    The waveforms are as SCEDC's: miniSEED 2, Steim2, big-endian, records of 512 bytes in time
    order, quality D. `truth/` has `true_velocity` of each day in m/s, float32, as NumPy's `.npy`.

    A folder that this version has completed is left as it is. Any other is written anew, and
    until the end it does not count as complete. Two processes may write the same folder.

    Args:
        folder: made if missing; what else is in it stays.
        report: called with one line of text for each file written.

    Raises:
        OSError: the folder cannot be written.
    """
    marker = folder / _MARKER
    digest = _digest()
    if marker.is_file() and marker.read_text() == digest:
        return folder
    marker.unlink(missing_ok=True)
    for name, content in _files():
        _write(folder / name, content)
        report(f"{name} ({len(content) / 1e6:.1f} MB)")
    _write(marker, digest.encode())
    return folder


def _files() -> Iterator[tuple[str, bytes]]:
    """Name and content of all the archive's files, metadata first."""
    stations: dict[tuple[str, str], list[instrument.ChannelEpoch]] = {}
    for channel in DEMO_CHANNELS:
        codes, rate = ChannelId.parse(channel.nscl), channel.sampling_rate
        epoch = instrument.ChannelEpoch(codes.channel, codes.location, rate, _METADATA_START)
        stations.setdefault((codes.network, codes.station), []).append(epoch)
    for station, epochs in stations.items():
        yield SCEDC.stationxml_keys(*station)[0], instrument.stationxml(*station, epochs)
    for channel in DEMO_CHANNELS:
        truth, stream = _generate(channel)
        records, array = io.BytesIO(), io.BytesIO()
        stream.write(records, format="MSEED", encoding="STEIM2", byteorder=">", reclen=512)
        yield channel.waveform_key, records.getvalue()
        np.save(array, truth.astype(np.float32))
        yield channel.truth_path, array.getvalue()


def _generate(channel: DemoChannel) -> tuple[npt.NDArray[np.float64], Stream]:
    """The truth in m/s and its record in counts, of one day."""
    npts = math.ceil((SECONDS_PER_DAY - channel.first_sample) * channel.sampling_rate)
    velocity = ground_motion.ground_velocity(
        npts, channel.sampling_rate, channel.seed, channel.earthquake_at
    )
    # The motion is periodic over the day: the product of the spectra is the exact convolution,
    # and the day begins with the instrument in full swing, as a real one does.
    ground = np.fft.rfft(velocity)
    frequencies = ground_motion.rfft_frequencies(npts, channel.sampling_rate)
    recorded = ground * instrument.frequency_response(channel.sampling_rate, frequencies)
    truth, stream = [], Stream()
    for segment in _segments(channel, npts):
        truth.append(_samples(ground, segment, npts))
        data = np.rint(_samples(recorded, segment, npts)).astype(np.int32)
        stream.append(_trace(channel, segment, data))
    return np.concatenate(truth), stream


def _segments(channel: DemoChannel, npts: int) -> list[_Segment]:
    """The day's segments in time order; `npts` is the number of samples without a gap."""
    gap = channel.gap
    if gap is None:
        return [_Segment(0, npts, 0.0)]
    missing = math.ceil(gap.begin * channel.sampling_rate)
    resumed = missing + round(gap.duration * channel.sampling_rate)
    # Off the grid, the day's last sample may come after midnight: it belongs to the next day.
    in_day = (SECONDS_PER_DAY - channel.first_sample) * channel.sampling_rate - gap.off_grid
    return [
        _Segment(0, missing, 0.0),
        _Segment(resumed, min(npts, math.ceil(in_day)) - resumed, gap.off_grid),
    ]


def _samples(
    spectrum: npt.NDArray[np.complex128], segment: _Segment, npts: int
) -> npt.NDArray[np.float64]:
    """A segment's samples, from the rfft of a whole day of `npts` samples.

    The day is periodic and limited to a band, so that its spectrum tells its value between the
    samples too: a turn of the phase moves it exactly.
    """
    if segment.off_grid:
        cycles = np.arange(spectrum.size) * (segment.off_grid / npts)
        spectrum = spectrum * np.exp(2j * np.pi * cycles)
    return np.fft.irfft(spectrum, npts)[segment.first : segment.first + segment.npts]


def _trace(channel: DemoChannel, segment: _Segment, data: npt.NDArray[np.int32]) -> Trace:
    """A segment's counts with their header."""
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


def _digest() -> str:
    """A digest of all that the archive is made from: sources, libraries, channels, keys."""
    digest = hashlib.sha256(f"{np.__version__} {scipy.__version__} {obspy.__version__}".encode())
    for source in (__file__, ground_motion.__file__, instrument.__file__):
        digest.update(Path(source).read_bytes())
    for channel in DEMO_CHANNELS:
        digest.update(f"{channel} {channel.waveform_key}".encode())
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
