"""Thirty channel days at 100 Hz under SCEDC's keys: what the benchmark of time windows reads.

Two days are generated, and their bytes used for thirty stations: only the code in the records'
headers differs. On one of the days the noise is louder by day than by night, as near people; on
the other a great earthquake follows upon quiet hours, and records become three times as dense.
"""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from obspy import Stream, Trace, UTCDateTime

from local.cloud.emulator import PROJECT
from local.synthetic import ground_motion, instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

FOLDER = PROJECT / "build" / "benchmarks" / "windows"
"""Where it is kept between runs; its sub-folder is the bucket."""

DAY = Day.parse("2019,187")
SAMPLING_RATE = 100.0  # Hz
EARTHQUAKE = UTCDateTime("2019-07-06T03:19:53")

ORDINARY = tuple(ChannelId("CI", f"ORD{number:02}", "HHZ", "") for number in range(24))
"""Channels whose day has no earthquake."""
SHAKEN = tuple(ChannelId("CI", f"EQ{number:02}", "HHZ", "") for number in range(6))
"""Channels whose day has one."""

_Samples = npt.NDArray[np.float64]
_RECORD_LENGTH = 512
_FIRST_SAMPLE_S = 0.0083
_NPTS = 8_640_000

# How much louder the ground is than at the demo's quiet site: 20 to 40 dB.
_NIGHT, _NOON = 10.0, 100.0
# By how much the earthquake is larger than the demo's, near the end of the digitizer's 24 bits;
# how much louder than the noise its coda and aftershocks begin; and when they are 1/e, in s.
_LARGER, _AFTERSHOCKS, _DECAY_S = 200.0, 300.0, 2400.0


def write_archive(report: Callable[[str], None]) -> Path:
    """Write all days under their keys, but for what an earlier run has written; returns the folder.

    Args:
        report: called with a line of text for each generated day.
    """
    marker, digest = FOLDER / "complete", _digest()
    bucket = FOLDER / SCEDC.bucket
    if marker.is_file() and marker.read_text() == digest:
        return FOLDER
    marker.unlink(missing_ok=True)
    for channels, make in ((ORDINARY, _ordinary_counts), (SHAKEN, _shaken_counts)):
        records = _records(make())
        report(f"a day of {records.nbytes / 1e6:.1f} MB for {len(channels)} stations")
        for channel in channels:
            records[:, 8:13] = np.frombuffer(channel.station.ljust(5).encode(), np.uint8)
            path = bucket / SCEDC.waveform_key(channel, DAY)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(records.tobytes())
    marker.write_text(digest)
    return FOLDER


def path_of(channel: ChannelId) -> Path:
    """The file of a channel's day."""
    return FOLDER / object_name(channel)


def object_name(channel: ChannelId) -> str:
    """A channel's day as BUCKET/KEY."""
    return f"{SCEDC.bucket}/{SCEDC.waveform_key(channel, DAY)}"


def _ordinary_counts() -> _Samples:
    hours = np.arange(_NPTS) / SAMPLING_RATE / 3600
    noon = np.cos((hours - 20) * (np.pi / 24)) ** 2  # of California, in UTC
    return _recorded(seed=187) * (_NIGHT + (_NOON - _NIGHT) * noon**2)


def _shaken_counts() -> _Samples:
    begin = EARTHQUAKE - DAY.starttime
    after = np.arange(_NPTS) / SAMPLING_RATE - begin
    noise = _recorded(seed=71)
    earthquake = _recorded(seed=71, earthquake_at=begin) - noise
    aftershocks = np.where(after > 0, _AFTERSHOCKS * np.exp(-np.maximum(after, 0) / _DECAY_S), 0)
    return noise * (_NIGHT + aftershocks) + earthquake * _LARGER


def _recorded(seed: int, earthquake_at: float | None = None) -> _Samples:
    """What the instrument records of the demo's ground motion, in counts."""
    velocity = ground_motion.ground_velocity(_NPTS, SAMPLING_RATE, seed, earthquake_at)
    frequencies = ground_motion.rfft_frequencies(_NPTS, SAMPLING_RATE)
    spectrum = np.fft.rfft(velocity) * instrument.frequency_response(SAMPLING_RATE, frequencies)
    return np.asarray(np.fft.irfft(spectrum, _NPTS))


def _records(counts: _Samples) -> npt.NDArray[np.uint8]:
    """The records of some station's day, a row each."""
    header = {
        "network": "CI",
        "station": "ANY",
        "channel": "HHZ",
        "sampling_rate": SAMPLING_RATE,
        "starttime": DAY.starttime + _FIRST_SAMPLE_S,
        "mseed": {"dataquality": "D"},
    }
    content = io.BytesIO()
    Stream([Trace(np.rint(counts).astype(np.int32), header)]).write(
        content, format="MSEED", encoding="STEIM2", byteorder=">", reclen=_RECORD_LENGTH
    )
    rows = np.frombuffer(content.getvalue(), np.uint8).reshape(-1, _RECORD_LENGTH)
    return np.array(rows)


def _digest() -> str:
    """A digest of the sources that the archive is made from."""
    digest = hashlib.sha256()
    for source in (__file__, ground_motion.__file__, instrument.__file__):
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()
