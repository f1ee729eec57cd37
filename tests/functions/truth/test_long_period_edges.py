"""A day reads as much of its neighbours as the longest periods of its band need.

Row 15 of docs/correctness.md.
"""

from functools import cache

import numpy as np
import obspy
import pytest
from obspy import Stream
from obspy.signal.invsim import cosine_sac_taper

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace
from tests.support.known_records import Clock, Layout, put_records, records
from tests.support.messages import mention
from tests.support.plain_seismometer import FloatArray, PlainSeismometer
from tests.support.timed_samples import MIDNIGHT, NSCL, Handler, corrected

DAY_S = 86_400
DAYS = ("2023,365", "2024,001", "2024,002")
START = MIDNIGHT - DAY_S
RATE = 1.0
VERY_LONG_PERIOD = PlainSeismometer(period=360.0, gain=6e10)
CORNERS = (0.00044, 0.00088, 0.4, 0.45)
PARAMETERS = {"edges": "neighbours", "pre_filt": list(CORNERS), "water_level": None}
NEEDED_S = 2.4 / CORNERS[0]


@cache
def velocity() -> FloatArray:
    """Three days of ground velocity in m/s, whose amplitude falls with the frequency."""
    frequencies = np.fft.rfftfreq(3 * DAY_S, 1 / RATE)
    amplitude = np.zeros_like(frequencies)
    band = (frequencies > 3e-4) & (frequencies < 0.3)
    amplitude[band] = 1 / frequencies[band]
    turns = np.random.default_rng(3).random(frequencies.size)
    motion = np.fft.irfft(amplitude * np.exp(2j * np.pi * turns), 3 * DAY_S)
    return 1e-6 * motion / motion.std()


@cache
def counts() -> FloatArray:
    return np.round(VERY_LONG_PERIOD.counts(velocity(), RATE))


@cache
def truth(output: str) -> FloatArray:
    """The middle day's ground motion within the band."""
    frequencies = np.fft.rfftfreq(3 * DAY_S, 1 / RATE)
    spectrum = np.fft.rfft(velocity()) * cosine_sac_taper(frequencies, CORNERS)
    if output == "DISP":
        spectrum[1:] /= 2j * np.pi * frequencies[1:]
    return np.fft.irfft(spectrum, 3 * DAY_S)[DAY_S : 2 * DAY_S]


def put(archive: S3Server, before_s: int = DAY_S, after_s: int = DAY_S) -> None:
    """Put three days into the archive: so much of the first one's end, of the last one's begin."""
    parts = (slice(DAY_S - before_s, DAY_S), slice(DAY_S, 2 * DAY_S))
    parts += (slice(2 * DAY_S, 2 * DAY_S + after_s),)
    layout, clock = Layout(4096), Clock(START, RATE)
    for day, part in zip(DAYS, parts, strict=True):
        put_records(archive, NSCL, day, records(NSCL, counts()[part], clock, layout, part.start))
    VERY_LONG_PERIOD.put(archive, NSCL, RATE)


def rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def worst_edge(samples: FloatArray, output: str) -> float:
    """The larger error within ten minutes of either midnight, relative to the day's rms."""
    error = samples - truth(output)
    return max(rms(error[:600]), rms(error[-600:])) / rms(truth(output))


@pytest.mark.parametrize(("output", "most"), [("VEL", 0.01), ("DISP", 0.02)])
def test_days_join_with_a_360_s_seismometer(
    archive: S3Server, response_handler: Handler, output: str, most: float
) -> None:
    put(archive)
    ((day,), reply) = corrected(response_handler, archive, output=output, **PARAMETERS)
    assert worst_edge(day.data, output) <= most
    assert reply["tapered"] == []
    assert reply["warnings"] == []


@pytest.mark.parametrize(("output", "most"), [("VEL", 0.001), ("DISP", 0.005)])
def test_obspy_knows_the_same_truth_from_three_days(
    archive: S3Server, output: str, most: float
) -> None:
    VERY_LONG_PERIOD.put(archive, NSCL, RATE)
    (key, *_) = SCEDC.stationxml_keys("CI", ChannelId.parse(NSCL).station)
    content = archive.client.get_object(Bucket="scedc-pds", Key=key)["Body"]
    stream = Stream([make_trace(NSCL, str(START), counts(), RATE)])
    stream.remove_response(
        obspy.read_inventory(content, format="STATIONXML"),
        output=output,
        pre_filt=CORNERS,
        water_level=None,
    )
    assert worst_edge(stream[0].data[DAY_S : 2 * DAY_S], output) <= most


@pytest.mark.parametrize(("before_s", "after_s"), [(1_800, DAY_S), (DAY_S, 1_800), (3_000, 2_400)])
def test_shorter_neighbours_are_told(
    archive: S3Server, response_handler: Handler, before_s: int, after_s: int
) -> None:
    put(archive, before_s, after_s)
    _, reply = corrected(response_handler, archive, **PARAMETERS)
    for seconds in {before_s, after_s} - {DAY_S}:
        assert mention(reply["warnings"], seconds)
        assert mention(reply["warnings"], NEEDED_S)


def test_neighbours_that_are_long_enough_are_not(
    archive: S3Server, response_handler: Handler
) -> None:
    put(archive, round(NEEDED_S) + 60, round(NEEDED_S) + 60)
    _, reply = corrected(response_handler, archive, **PARAMETERS)
    assert reply["warnings"] == []


def test_twenty_minutes_are_enough_for_short_periods(
    archive: S3Server, response_handler: Handler
) -> None:
    put(archive, 1_260, 1_260)
    parameters = {**PARAMETERS, "pre_filt": [0.02, 0.04, 0.4, 0.45]}
    _, reply = corrected(response_handler, archive, **parameters)
    assert reply["warnings"] == []
