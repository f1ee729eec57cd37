"""Streams, metadata and parameters for tests of the response removal."""

import io
from typing import Any

import numpy as np
import obspy
from obspy import Inventory, Stream

from local.synthetic import ground_motion, instrument
from shared.fields import Fields
from shared.response.parameters import NAMES, RemovalParameters
from tests.support.builders import METADATA_START, make_trace, noise

NSCL = "CI.BOM.BHZ."


def station(*epochs: instrument.ChannelEpoch) -> Inventory:
    """Return the metadata of CI.BOM, read from StationXML."""
    epochs = epochs or (instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START),)
    content = instrument.stationxml("CI", "BOM", epochs)
    return obspy.read_inventory(io.BytesIO(content), format="STATIONXML")


def hour(npts: int = 144_000) -> Stream:
    return Stream([make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(npts))])


def parse(**values: Any) -> RemovalParameters:
    return RemovalParameters.parse(Fields(values, NAMES))


def worst_error(stream: Stream, expected: Stream) -> float:
    """Return the largest difference, relative to the expected peak."""
    (trace,), (reference,) = stream, expected
    return float(np.abs(trace.data - reference.data).max() / np.abs(reference.data).max())


def known_motion(rate: float = 40.0, npts: int = 288_000) -> tuple[np.ndarray, Stream]:
    """Return ground velocity in m/s, and the instrument's counts for it."""
    truth = ground_motion.ground_velocity(npts, rate, seed=7, earthquake_at=3000.0)
    frequencies = ground_motion.rfft_frequencies(npts, rate)
    spectrum = np.fft.rfft(truth) * instrument.frequency_response(rate, frequencies)
    return truth, Stream([make_trace(NSCL, "2024-01-01", np.rint(np.fft.irfft(spectrum, npts)))])
