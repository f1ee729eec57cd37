"""The archive of the time-window benchmark: thirty 100 Hz channel days under SCEDC's keys.

Two days are generated and copied to thirty stations: only the station codes in the records'
headers differ. On one day the noise is louder in daytime, as near people. On the other a great
earthquake follows quiet hours, and the records become three times as dense.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from obspy import Stream, Trace, UTCDateTime

from local.project import BUILD
from local.synthetic import channel_day, ground_motion, instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

FOLDER = BUILD / "benchmarks" / "windows"
"""The folder that keeps the archive between runs; its sub-folder is the bucket."""

DAY = Day.parse("2019,187")
SAMPLING_RATE = 100.0  # Hz
EARTHQUAKE = UTCDateTime("2019-07-06T03:19:53")

ORDINARY = tuple(ChannelId("CI", f"ORD{number:02}", "HHZ", "") for number in range(24))
"""The channels with the day without an earthquake."""
SHAKEN = tuple(ChannelId("CI", f"EQ{number:02}", "HHZ", "") for number in range(6))
"""The channels with the day of the earthquake."""

_Samples = npt.NDArray[np.float64]
_RECORD_LENGTH = 512
_FIRST_SAMPLE_S = 0.0083
_NPTS = 8_640_000

# Noise amplitudes relative to the demo's quiet site: 20 to 40 dB louder.
_NIGHT, _NOON = 10.0, 100.0
# The earthquake's amplitude relative to the demo's, close to the digitizer's 24 bits. The initial
# amplitude of coda and aftershocks relative to the noise, and their decay to 1/e in s.
_EARTHQUAKE, _AFTERSHOCKS, _DECAY_S = 200.0, 300.0, 2400.0


def write_archive(report: Callable[[str], None]) -> Path:
    """Write all days under their keys unless an earlier run did, and return the folder.

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
    """Return the path of a channel's day."""
    return FOLDER / object_name(channel)


def object_name(channel: ChannelId) -> str:
    """Return BUCKET/KEY of a channel's day."""
    return f"{SCEDC.bucket}/{SCEDC.waveform_key(channel, DAY)}"


def _ordinary_counts() -> _Samples:
    hours = np.arange(_NPTS) / SAMPLING_RATE / 3600
    noon = np.cos((hours - 20) * (np.pi / 24)) ** 2  # noon in California is 20:00 UTC
    return _recorded(seed=187) * (_NIGHT + (_NOON - _NIGHT) * noon**2)


def _shaken_counts() -> _Samples:
    begin = EARTHQUAKE - DAY.starttime
    after = np.arange(_NPTS) / SAMPLING_RATE - begin
    noise = _recorded(seed=71)
    earthquake = _recorded(seed=71, earthquake_at=begin) - noise
    aftershocks = np.where(after > 0, _AFTERSHOCKS * np.exp(-np.maximum(after, 0) / _DECAY_S), 0)
    return noise * (_NIGHT + aftershocks) + earthquake * _EARTHQUAKE


def _recorded(seed: int, earthquake_at: float | None = None) -> _Samples:
    """Return the instrument's record of the demo's ground motion, in counts."""
    velocity = ground_motion.ground_velocity(_NPTS, SAMPLING_RATE, seed, earthquake_at)
    frequencies = ground_motion.rfft_frequencies(_NPTS, SAMPLING_RATE)
    spectrum = np.fft.rfft(velocity) * instrument.frequency_response(SAMPLING_RATE, frequencies)
    return np.asarray(np.fft.irfft(spectrum, _NPTS))


def _records(counts: _Samples) -> npt.NDArray[np.uint8]:
    """Return the miniSEED records of a day, one per row."""
    header = {
        "network": "CI",
        "station": "ANY",
        "channel": "HHZ",
        "sampling_rate": SAMPLING_RATE,
        "starttime": DAY.starttime + _FIRST_SAMPLE_S,
        "mseed": {"dataquality": "D"},
    }
    content = channel_day.miniseed(Stream([Trace(np.rint(counts).astype(np.int32), header)]))
    return np.array(np.frombuffer(content, np.uint8).reshape(-1, _RECORD_LENGTH))


def _digest() -> str:
    """Return a digest of the sources that the archive is made from."""
    digest = hashlib.sha256()
    for source in (__file__, channel_day.__file__, ground_motion.__file__, instrument.__file__):
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()
