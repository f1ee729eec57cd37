"""A gap after which the counts lie on another level is corrected no worse than if split there.

Row 14 of docs/correctness.md.
"""

import io
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Inventory, Stream

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace
from tests.support.known_records import Clock, Layout, put_records, records
from tests.support.plain_seismometer import FloatArray, PlainSeismometer
from tests.support.timed_samples import DAY, MIDNIGHT, NSCL, Handler, ask, corrected

RATE = 1.0
NPTS = 43_200  # half a day
GAP_AT = 15_000
SEISMOMETER = PlainSeismometer(period=120.0)
BAND = [0.0013, 0.0026, 0.4, 0.45]
BANDS = ((1, 10), (30, 60), (120, 180), (900, 960))
"""Distances from a gap, in s."""

NO_WORSE = 1.05
LAYOUT = Layout(4096)


def noise(slope: float, longest: float, shortest: float, seed: int) -> FloatArray:
    """Noise whose amplitude falls with a power of the frequency, between two periods in s."""
    frequencies = np.fft.rfftfreq(NPTS, 1 / RATE)
    amplitude = np.zeros_like(frequencies)
    inside = (frequencies >= 1 / longest) & (frequencies <= 1 / shortest)
    amplitude[inside] = frequencies[inside] ** -slope
    turns = np.random.default_rng(seed).random(frequencies.size)
    samples = np.fft.irfft(amplitude * np.exp(2j * np.pi * turns), NPTS)
    return samples / samples.std()


@cache
def counts(coda: bool) -> FloatArray:
    """A day of ground noise and of the drift of a seismometer that warms up and cools down.

    In the coda of an earthquake, the gap comes when that is sixty times the noise.
    """
    samples = 60 * noise(0, 8, 4, seed=1) + 10 * noise(1, 1_000, 20, seed=2)
    samples += 60 * noise(1.5, NPTS / RATE, 1_200, seed=3)
    if coda:
        seconds = np.arange(NPTS) / RATE - GAP_AT + 1_200
        envelope = np.where(seconds > 0, np.exp(-(seconds - 1_200) / 1_800), 0)
        envelope *= 1 - np.exp(-np.maximum(seconds, 0) / 120)
        samples += 3_600 * envelope * noise(0.5, 100, 15, seed=4)
    return np.round(samples)


@dataclass(frozen=True)
class Cut:
    """A gap that is cut into a day, after which the counts are higher.

    Attributes:
        seconds: the gap's length.
        offset: in counts.
    """

    seconds: int
    offset: int = 0

    @property
    def end(self) -> int:
        """The first sample after the gap."""
        return GAP_AT + round(self.seconds * RATE)

    def segments(self, coda: bool) -> list[tuple[int, FloatArray]]:
        """The first sample and the counts of each segment."""
        samples = counts(coda)
        return [(0, samples[:GAP_AT]), (self.end, samples[self.end :] + self.offset)]

    def put(self, archive: S3Server, coda: bool) -> None:
        """Put the day into the archive."""
        clock = Clock(MIDNIGHT, RATE)
        parts = [
            records(NSCL, samples, clock, LAYOUT, first) for first, samples in self.segments(coda)
        ]
        put_records(archive, NSCL, DAY, *parts)

    def error(self, segments: list[FloatArray], truth: FloatArray) -> float:
        """The error relative to the truth there, over all distances from the gap."""
        before = segments[0] - truth[:GAP_AT]
        after = segments[1] - truth[self.end :]
        ratios = []
        for near, far in BANDS:
            distance = slice(round(near * RATE), round(far * RATE))
            there = truth[:GAP_AT][::-1][distance], truth[self.end :][distance]
            errors = before[::-1][distance], after[distance]
            ratios.append(rms(np.concatenate(errors)) / rms(np.concatenate(there)))
        return rms(np.array(ratios))


def rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@cache
def inventory() -> Inventory:
    class Bucket:
        content = b""

        def put(self, _: str, body: bytes) -> None:
            self.content = body

    bucket: Any = Bucket()
    SEISMOMETER.put(bucket, NSCL, RATE)
    return obspy.read_inventory(io.BytesIO(bucket.content), format="STATIONXML")


def by_obspy(segments: list[tuple[int, FloatArray]], pre_filt: list[float] | None) -> Stream:
    """Each segment by itself, as ObsPy does."""
    stream = Stream(
        [
            make_trace(NSCL, str(MIDNIGHT + first / RATE), samples, RATE, np.float64)
            for first, samples in segments
        ]
    )
    water_level = None if pre_filt else 60
    return stream.remove_response(inventory(), pre_filt=pre_filt, water_level=water_level)


@cache
def truth(coda: bool, banded: bool) -> FloatArray:
    """The day without the gap and the offset, by ObsPy."""
    return by_obspy([(0, counts(coda))], BAND if banded else None)[0].data


@cache
def split_error(seconds: int, coda: bool, banded: bool) -> float:
    """The error of ObsPy's split, which no offset changes."""
    cut = Cut(seconds)
    stream = by_obspy(cut.segments(coda), BAND if banded else None)
    return cut.error([trace.data for trace in stream], truth(coda, banded))


def parameters(banded: bool) -> dict[str, Any]:
    return {"pre_filt": BAND, "water_level": None} if banded else {}


# A long gap hides a small offset: a drift of that size is as likely.
CUTS = [
    *(Cut(1), Cut(1, 20), Cut(1, 20_000), Cut(60, 1_000), Cut(600), Cut(600, 20_000)),
    *(Cut(3_600), Cut(3_600, 20_000), Cut(10_800, 1_000), Cut(10_800, 20_000)),
]


@pytest.fixture
def archive_(archive: S3Server) -> S3Server:
    SEISMOMETER.put(archive, NSCL, RATE)
    return archive


@pytest.mark.parametrize("coda", [False, True], ids=["quiet", "coda"])
@pytest.mark.parametrize("banded", [True, False], ids=["band", "no band"])
def test_no_gap_is_corrected_worse_than_split(
    archive_: S3Server, response_handler: Handler, coda: bool, banded: bool
) -> None:
    ratios = {}
    for cut in CUTS:
        cut.put(archive_, coda)
        stream, _ = corrected(response_handler, archive_, **parameters(banded))
        assert len(stream) == 2
        error = cut.error([trace.data for trace in stream], truth(coda, banded))
        ratios[cut] = error / split_error(cut.seconds, coda, banded)
    assert {cut: ratio for cut, ratio in ratios.items() if ratio > NO_WORSE} == {}


@pytest.mark.parametrize("banded", [True, False], ids=["band", "no band"])
def test_short_gaps_of_a_quiet_day_are_bridged_as_well_as_ever(
    archive_: S3Server, response_handler: Handler, banded: bool
) -> None:
    """Where nothing is odd, a bridge is much better than a split, and stays so."""
    for seconds in (1, 7, 60):
        cut = Cut(seconds)
        cut.put(archive_, coda=False)
        stream, reply = corrected(response_handler, archive_, **parameters(banded))
        error = cut.error([trace.data for trace in stream], truth(coda=False, banded=banded))
        assert error <= 0.5 * split_error(seconds, coda=False, banded=banded), seconds
        assert [gap["bridged"] for gap in reply["gaps"]] == [True]


@pytest.mark.parametrize("banded", [True, False], ids=["band", "no band"])
def test_a_split_that_is_asked_for_is_obspys(
    archive_: S3Server, response_handler: Handler, banded: bool
) -> None:
    cut = Cut(60, 20_000)
    cut.put(archive_, coda=False)
    stream, _ = corrected(response_handler, archive_, gaps="split", **parameters(banded))
    expected = by_obspy(cut.segments(coda=False), BAND if banded else None)
    for trace, other in zip(stream, expected, strict=True):
        peak = np.abs(other.data).max()
        assert np.abs(trace.data - other.data).max() <= 1e-6 * peak


def test_the_reply_says_what_the_difference_was_and_what_was_done(
    archive_: S3Server, response_handler: Handler
) -> None:
    done = {}
    for offset in (0, 2_000, -20_000):
        cut = Cut(60, offset)
        cut.put(archive_, coda=False)
        _, reply = corrected(response_handler, archive_, **parameters(banded=True))
        (gap,) = reply["gaps"]
        assert gap["difference"] == pytest.approx(offset, abs=60), offset
        done[offset] = gap["done"]
        assert gap["bridged"] == (gap["done"] != "split")
    assert done[0] == "bridged"
    assert done[2_000] == done[-20_000]
    assert done[2_000] in {"offset removed", "split"}


@pytest.mark.parametrize("seconds", [60, 3_600])
def test_a_window_after_an_offset(
    archive_: S3Server, timewindow_handler: Handler, seconds: int
) -> None:
    """The margins of a window have gaps and offsets as well."""
    cut = Cut(seconds, 20_000)
    cut.put(archive_, coda=False)
    first = cut.end + 10
    start, end = MIDNIGHT + first / RATE, MIDNIGHT + first / RATE + 960
    options = {"Output": "VEL", "encoding": "FLOAT64", **parameters(banded=True)}
    asked = ask(timewindow_handler, start, end, **options)
    part = slice(first, first + asked.values.size)
    split = by_obspy(cut.segments(coda=False), BAND)[1].data
    whole = truth(coda=False, banded=True)[part]
    error = rms(asked.values - whole)
    assert error <= NO_WORSE * rms(split[10 : 10 + asked.values.size] - whole)
