"""Hours of ground motion as a seismometer records them."""

import numpy as np
from obspy import Trace, UTCDateTime

from local.synthetic import ground_motion, instrument
from shared.archive.channel_id import ChannelId
from shared.response.parameters import RemovalParameters
from shared.windows.request import Window
from tests.support.builders import make_trace

NSCL = "CI.BOM.BHZ."
CHANNEL = ChannelId.parse(NSCL)
RATE = 40.0
START = UTCDateTime("2024-01-01T18:00:00.0195")
NPTS = 6 * 3_600 * 40
"""Samples of a recording from `START` to midnight."""

AUTO = RemovalParameters(pre_filt="auto", encoding="FLOAT64")


def recording(start: UTCDateTime, npts: int, seed: int, earthquake_at: float | None) -> Trace:
    """Record synthetic ground velocity with the synthetic instrument, in counts.

    Args:
        start: the time of the first sample.
        npts: the number of samples.
        seed: of the random ground noise.
        earthquake_at: the earthquake's time in seconds after `start`; None for none.
    """
    velocity = ground_motion.ground_velocity(npts, RATE, seed=seed, earthquake_at=earthquake_at)
    frequencies = ground_motion.rfft_frequencies(npts, RATE)
    spectrum = np.fft.rfft(velocity) * instrument.frequency_response(RATE, frequencies)
    return make_trace(NSCL, str(start), np.rint(np.fft.irfft(spectrum, npts)), RATE)


def window(seconds: float, length: float) -> Window:
    return Window(CHANNEL, START + seconds, START + seconds + length)
