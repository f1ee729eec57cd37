"""Window results around given samples, for tests of formats and replies."""

import io
import zipfile
from typing import Any

import numpy as np
import obspy
from obspy import Stream, Trace, UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.errors import NoWaveformError
from shared.windows.reply import write_windows
from shared.windows.request import Window
from shared.windows.result import WindowResult
from tests.support.builders import make_trace, noise

START = "2024-01-01T00:00:00.019538"
NSCL = "CI.BOM.BHZ."
WINDOW = Window(ChannelId.parse(NSCL), UTCDateTime(START), UTCDateTime(START) + 60)


def result(
    data: Any, start: str = START, nscl: str = NSCL, sampling_rate: float = 40.0
) -> WindowResult:
    """Return the result of a window with the given samples, which are not copied."""
    trace = make_trace(nscl, start, [], sampling_rate)
    trace.data = data
    return WindowResult(WINDOW, trace=trace)


def failure(message: str = "no samples") -> WindowResult:
    """Return the result of a window without samples."""
    return WindowResult(WINDOW, error=NoWaveformError(message, object="s3://b/k"))


def with_gaps(data: Any, *spans: tuple[int, int]) -> np.ma.MaskedArray:
    """Mask spans of samples, each given by its first index and the one after its last."""
    masked = np.ma.masked_array(data, mask=False)
    for first, end in spans:
        masked[first:end] = np.ma.masked
    return masked


def segments(results: list[WindowResult]) -> list[Trace]:
    """Return the contiguous segments of all results, as ObsPy splits them."""
    return [s for each in results if each.trace for s in Stream([each.trace]).split()]


SAMPLES = {
    "counts": noise(4_000),
    "one": np.array([7], dtype=np.int32),
    "velocities": noise(1_000).astype(np.float64) * 1e-9,
    "32-bit velocities": (noise(1_000) * 1e-9).astype(np.float32),
    "16-bit counts": noise(1_000).astype(np.int16),
    "foreign order": noise(1_000).astype(">i4"),
    "every other": noise(2_000)[::2],
    "extremes": np.array([2**31 - 1, -(2**31)] * 300, dtype=np.int32),
    "a gap": with_gaps(noise(4_000), (1_000, 1_800)),
    "gaps and single samples": with_gaps(noise(4_000), (1, 2), (5, 2_000), (2_001, 2_002)),
    "a gap of velocities": with_gaps(noise(400) * 1e-9, (100, 180)),
}
"""Samples of all types that a window may have, with and without gaps."""


def read_sac(results: list[WindowResult]) -> tuple[list[str], list[Trace]]:
    """Write results as SAC; return the names of the zip's SAC files and the segments in them."""
    content = write_windows(results, "sac")
    assert content.media_type == "application/zip"
    assert content.suffix == "zip"
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.endswith(".sac")]
        files = [archive.read(name) for name in names]
    return names, [obspy.read(io.BytesIO(file), format="SAC")[0] for file in files]
