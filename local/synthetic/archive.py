"""The demo's archive: channel days and StationXML under SCEDC's keys, and the true ground motion.

The ground motion is known, so results of response removal can be compared with it.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import obspy
import scipy
from obspy import UTCDateTime

from local.project import BUILD
from local.synthetic import _fir_filters, channel_day, ground_motion, instrument
from local.synthetic.channel_day import DemoChannel, Gap
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC

DEMO_ARCHIVE = BUILD / "demo-archive"
"""The folder that keeps the archive between runs."""

DEMO_CHANNELS = (
    DemoChannel("CI.SOC.HHZ.", "2019,183", 100.0, 0.008393, 183, 36872.4, None),
    DemoChannel("CI.BOM.BHZ.", "2024,001", 40.0, 0.0195, 1001, 75.2, None),
    DemoChannel("CI.BOM.BHN.", "2024,001", 40.0, 0.0195, 1002, 75.2, Gap(190.0, 20.0, 0.3)),
)

_MARKER = "complete"  # written last; contains the digest of everything the archive is made from
_METADATA_START = UTCDateTime(2015, 1, 1)
_SOURCES = (
    __file__,
    _fir_filters.__file__,
    channel_day.__file__,
    ground_motion.__file__,
    instrument.__file__,
)


def write_archive(folder: Path, report: Callable[[str], None]) -> Path:
    """Write the days and StationXML of `DEMO_CHANNELS` under their keys; return the folder.

    Waveforms have SCEDC's layout, see `miniseed`, and quality D. `truth/` holds the
    `true_velocity` of each day in m/s, float32, as NumPy's `.npy`.

    A folder that this version completed stays unchanged. Any other is written again, and counts as
    complete only at the end. Two processes may write the same folder at once.

    Args:
        folder: created if missing; unrelated files in it stay.
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
    """Yield name and content of each file of the archive, metadata first."""
    stations: dict[tuple[str, str], list[instrument.ChannelEpoch]] = {}
    for channel in DEMO_CHANNELS:
        codes, rate = ChannelId.parse(channel.nscl), channel.sampling_rate
        epoch = instrument.ChannelEpoch(codes.channel, codes.location, rate, _METADATA_START)
        stations.setdefault((codes.network, codes.station), []).append(epoch)
    for station, epochs in stations.items():
        yield SCEDC.stationxml_keys(*station)[0], instrument.stationxml(*station, epochs)
    for channel in DEMO_CHANNELS:
        truth, stream = channel_day.generate(channel)
        yield channel.waveform_key, channel_day.miniseed(stream)
        array = io.BytesIO()
        np.save(array, truth.astype(np.float32))
        yield channel.truth_path, array.getvalue()


def _digest() -> str:
    """Return a digest of everything the archive is made from: sources, libraries, days, keys."""
    digest = hashlib.sha256(f"{np.__version__} {scipy.__version__} {obspy.__version__}".encode())
    for source in _SOURCES:
        digest.update(Path(source).read_bytes())
    for channel in DEMO_CHANNELS:
        digest.update(f"{channel} {channel.waveform_key}".encode())
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically: a reader never sees it half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
