"""Where 24 bits do not hold the signal beside a drift, a warning has the figure.

Row 7 of docs/correctness.md.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfiltfilt

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support.builders import noise
from tests.support.front_doors import START, Handler, put_counts
from tests.support.known_instruments import SEISMOMETER, put_response
from tests.support.messages import has_number
from tests.support.timed_samples import call, window

NSCL = "XX.TRUE.HHZ."
RATE = 5.0
NPTS = 60_000
UNBOUNDED: dict[str, Any] = {"pre_filt": None, "water_level": None}


@pytest.fixture(autouse=True)
def record(archive: S3Server) -> None:
    """Ground noise, as a seismometer records it, and its metadata."""
    put_response(archive, NSCL, SEISMOMETER.response(RATE), RATE)
    hiss = np.rint(15 * np.random.default_rng(2).standard_normal(NPTS))
    put_counts(archive, NSCL, noise(NPTS) + hiss, RATE)


def above_1_hz(samples: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Samples after a high-pass filter, without their ends."""
    filtered = sosfiltfilt(butter(4, 1.0, "highpass", fs=RATE, output="sos"), samples)
    part: npt.NDArray[np.float64] = filtered[samples.size // 10 : -samples.size // 10]
    return part


def figures(exact: npt.NDArray[np.float64], rounded: npt.NDArray[np.float64]) -> Iterator[float]:
    """Sizes that a warning may name: in units of the samples, or in parts of the signal."""
    error = rounded - exact
    signal = np.std(above_1_hz(exact))
    step = np.spacing(np.abs(rounded).max().astype(np.float32))
    for size in (np.std(error), np.abs(error).max(), step, step / 2):
        yield float(size)
        yield float(size / signal)


def about_bits(messages: Iterable[str]) -> list[str]:
    """The messages about the encoding, without how many bits it has."""
    found = [text for text in messages if re.search("float|bit", text, re.IGNORECASE)]
    return [re.sub(r"(24|32|64)\b", "", text) for text in found]


def test_displacement_without_a_band(door: Door) -> None:
    """The rounding is larger than all of the signal above 1 Hz."""
    for method in ("fast", "obspy"):
        parameters = {"output": "DISP", **UNBOUNDED, "method": method}
        exact = door(NSCL, NPTS / RATE, encoding="FLOAT64", **parameters)
        rounded = door(NSCL, NPTS / RATE, encoding="FLOAT32", **parameters)
        lost = np.std(above_1_hz(rounded.samples) - above_1_hz(exact.samples))
        assert lost > 3 * np.std(above_1_hz(exact.samples))
        sizes = list(figures(exact.samples, rounded.samples))
        told = about_bits(rounded.warnings)
        figured = [text for text in told if any(has_number(text, size, 0.5) for size in sizes)]
        assert figured, (rounded.warnings, sizes)
        assert about_bits(exact.warnings) == []


HARMLESS = [
    {"output": "DISP", "pre_filt": [0.05, 0.1, 1.8, 2.2], "water_level": None},
    {"output": "DISP", "pre_filt": "auto", "water_level": None},
    {"output": "VEL", "pre_filt": None, "water_level": 60},
    {"output": "ACC", **UNBOUNDED},
]


def test_no_warning_where_nothing_is_lost(door: Door) -> None:
    """Less than a hundredth of the signal above 1 Hz."""
    for parameters in HARMLESS:
        rounded = door(NSCL, NPTS / RATE, **parameters, encoding="FLOAT32")
        exact = door(NSCL, NPTS / RATE, **parameters, encoding="FLOAT64")
        lost = np.std(above_1_hz(rounded.samples) - above_1_hz(exact.samples))
        assert lost < 0.01 * np.std(above_1_hz(exact.samples))
        assert about_bits(rounded.warnings) == []


def test_sac_rounds_whatever_the_encoding(timewindow_handler: Handler) -> None:
    """It has 32-bit floats alone; miniSEED has 64 bits."""
    third = NPTS / RATE / 3
    request = {
        "Windows": [window(NSCL, START + third, START + 2 * third)],
        "Output": "DISP",
        **UNBOUNDED,
    }
    for file_format, encoding, warned in (
        ("sac", "FLOAT64", 1),
        ("sac", "FLOAT32", 1),
        ("mseed", "FLOAT64", 0),
        ("mseed", "FLOAT32", 1),
    ):
        options = {**request, "Format": file_format, "encoding": encoding}
        _, beside = call(timewindow_handler, options)
        (described,) = beside["windows"]
        assert len(about_bits(described.get("warnings", []))) == warned
