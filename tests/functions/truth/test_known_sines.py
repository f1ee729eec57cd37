"""Sines of a known ground motion, recorded by every kind of instrument, come back as they were.

Row 1 of docs/correctness.md.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest
from obspy.core.inventory import Channel, Response
from scipy.fft import next_fast_len

from local.cloud.s3_server import S3Server
from local.synthetic import instrument
from tests.support.commands import Measured
from tests.support.front_doors import Answer, Handler, ask_day, ask_window, put_counts
from tests.support.known_instruments import (
    ACCELEROMETER,
    GEOPHONE,
    SEISMOMETER,
    ComplexArray,
    channel,
    put_stationxml,
    stationxml,
)
from tests.support.known_motion import Tones
from tests.support.plugins.real_data import REAL_DATA

OUTPUTS = ("DISP", "VEL", "ACC")
PERIODS = 12.9  # of f2: around the window, there are the 2.4 periods of f1 that it needs
MIDDLE = 3 / 8, 5 / 8  # of the record: the window, and the part of the day that is looked at
CountsPer = Callable[[str, Any], ComplexArray]


def record_sines(server: S3Server, handler: Handler, nscl: str, rate: float) -> tuple[Tones, float]:
    """Put sines at f2, f3 and between into the archive; returns them and the record's seconds.

    The band is the one that a short window's reply names.
    """
    put_counts(server, nscl, np.zeros(int(20 * rate) + 20), rate)
    _, f2, f3, _ = ask_window(handler, nscl, 1, 2 + 5 / rate, pre_filt="auto").pre_filt
    tones = Tones(np.geomspace(f2, f3, 4))
    # Lengths with large prime factors make FFTs slow.
    npts = 64 * next_fast_len(math.ceil(PERIODS / f2 * rate / 64))
    put_counts(server, nscl, tones.record(npts, rate), rate)
    return tones, npts / rate


def middle_errors(
    answer: Answer, tones: Tones, seconds: float, rate: float, response: ComplexArray
) -> np.ndarray:
    assert answer.error == ""
    first = round((MIDDLE[0] * seconds - answer.first_s) * rate)
    part = answer.samples[max(0, first) : round((MIDDLE[1] * seconds - answer.first_s) * rate)]
    return tones.errors(part, answer.first_s + max(0, first) / rate, rate, response)


def check_channel(
    server: S3Server,
    day: Handler,
    window: Handler,
    nscl: str,
    rate: float,
    counts_per: CountsPer,
    measured: Measured,
) -> None:
    """Three outputs of a day and of a window, both in the band that "auto" gives."""
    tones, seconds = record_sines(server, window, nscl, rate)
    errors: dict[tuple[str, str], np.ndarray] = {}
    for output in OUTPUTS:
        response = counts_per(output, tones.frequencies)
        answers = {
            "day": ask_day(day, server, nscl, output=output, pre_filt="auto"),
            "window": ask_window(window, nscl, *(part * seconds for part in MIDDLE), output=output),
        }
        for name, answer in answers.items():
            errors[name, output] = middle_errors(answer, tones, seconds, rate, response)
            assert answer.pre_filt[1:3] == pytest.approx(tones.frequencies[[0, -1]])
            assert answer.warnings == []
    worst = max(errors, key=lambda key: errors[key].max())
    measured(f"{nscl}: worst error {errors[worst].max():.1e} of the truth, {worst}")
    assert {key: error.max() for key, error in errors.items() if error.max() > 0.01} == {}


@pytest.mark.parametrize(
    ("sensor", "rate"),
    [(ACCELEROMETER, 10.0), (SEISMOMETER, 10.0), (SEISMOMETER, 1.0), (GEOPHONE, 20.0)],
    ids=["accelerometer", "seismometer", "seismometer at 1 Hz", "geophone"],
)
def test_generated_instruments(
    archive: S3Server,
    response_handler: Handler,
    timewindow_handler: Handler,
    measured: Measured,
    sensor: Any,
    rate: float,
) -> None:
    """The three outputs of a day and of a window, each in the band that "auto" gives."""
    nscl = "XX.TRUE.HHZ."
    put_stationxml(archive, nscl, stationxml(nscl, channel(nscl, sensor.response(rate), rate)))
    check_channel(
        archive, response_handler, timewindow_handler, nscl, rate, sensor.counts_per, measured
    )


def by_evalresp(response: Response) -> CountsPer:
    def counts_per(output: str, frequencies: Any) -> ComplexArray:
        values: ComplexArray = response.get_evalresp_response_for_frequencies(
            frequencies, output=output
        )
        return values

    return counts_per


def test_the_generated_broadband(
    archive: S3Server, response_handler: Handler, timewindow_handler: Handler, measured: Measured
) -> None:
    """An instrument with an anti-alias filter, as the demo has it."""
    nscl, response = "XX.TRUE.BHZ.", instrument.response(40.0)
    put_stationxml(archive, nscl, stationxml(nscl, channel(nscl, response, 40.0)))
    counts_per = by_evalresp(response)
    check_channel(archive, response_handler, timewindow_handler, nscl, 40.0, counts_per, measured)


@functools.cache
def seismic() -> dict[str, list[tuple[str, Channel]]]:
    """The seismic channels of the real stations, by station and band and instrument code.

    Of those whose responses differ by a factor, as the components of a sensor do, it is the first.
    """
    known: dict[bytes, str] = {}
    found: dict[str, list[tuple[str, Channel]]] = {}
    for file in sorted(REAL_DATA.glob("FDSNstationXML/CI/*.xml")):
        (station,) = obspy.read_inventory(str(file))[0]
        for item in station:
            stages = item.response.response_stages if item.response else []
            if not stages or stages[0].input_units not in ("m/s", "m/s**2"):
                continue
            group = found.setdefault(f"{station.code} {item.code[:2]}", [])
            nscl = f"CI.{station.code}.{item.code}.{item.location_code}"
            if known.setdefault(shape(item), nscl) == nscl:
                group.append((nscl, item))
    return found


def shape(epoch: Channel) -> bytes:
    """A response without its gain, to five digits, and its rate."""
    frequencies = np.geomspace(1e-4, 0.45, 40) * epoch.sample_rate
    values = by_evalresp(epoch.response)("DEF", frequencies)
    relative = values / values[20]
    rounded = np.round(np.append(relative, epoch.sample_rate), 5) + 0.0
    return rounded.tobytes()


REAL = (
    "HEC BH", "WBM BH", "WBM EH", "WBM HH", "WBM HN", "WBM LH", "WBM LN", "WBM VH",
)  # fmt: skip


@pytest.mark.real_data
@pytest.mark.parametrize("group", REAL)
def test_every_real_seismic_channel(
    archive: S3Server,
    response_handler: Handler,
    timewindow_handler: Handler,
    measured: Measured,
    group: str,
) -> None:
    """The truth is evalresp's response at the frequencies of the sines."""
    for nscl, epoch in seismic()[group]:
        rate = float(epoch.sample_rate)
        put_stationxml(archive, nscl, stationxml(nscl, channel(nscl, epoch.response, rate)))
        check_channel(
            archive,
            response_handler,
            timewindow_handler,
            nscl,
            rate,
            by_evalresp(epoch.response),
            measured,
        )


@pytest.mark.real_data
def test_no_real_seismic_channel_is_left_out() -> None:
    assert tuple(sorted(seismic())) == REAL
