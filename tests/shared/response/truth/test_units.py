"""The number and the unit beside it agree, whatever the unit of the metadata.

Row 3 of docs/correctness.md.
"""

from dataclasses import replace

import numpy as np
import pytest
from obspy import Stream
from obspy.core.inventory import Response, ResponseListResponseStage, ResponseStage
from obspy.core.inventory.response import InstrumentSensitivity, ResponseListElement

from shared.archive.time import format_time
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from shared.response.units import motion_derivative
from tests.support.builders import make_trace
from tests.support.front_doors import START, Answer, remove
from tests.support.known_instruments import (
    DERIVATIVES,
    DIGITIZER_GAIN,
    SEISMOMETER,
    ComplexArray,
    Sensor,
    channel,
    digitizer,
    inventory,
)
from tests.support.known_motion import Tones

NSCL = "XX.TRUE.HHZ."
RATE = 5.0
NPTS = 12_000
TONES = Tones(np.array([0.2, 0.5, 1.2]))
COUNTS = TONES.record(NPTS, RATE)
BAND = [0.05, 0.1, 1.5, 2.0]
FLAT = (complex(-2 * np.pi * 300.0),)  # one pole far above the band

MOTION = {
    # As metadata write it: how often displacement is differentiated, and SI units in one of it.
    "M": (0, 1.0), "m": (0, 1.0), "cm": (0, 1e-2), "MM": (0, 1e-3), "um": (0, 1e-6),
    "nm": (0, 1e-9), "NM": (0, 1e-9),
    "M/S": (1, 1.0), "m/sec": (1, 1.0), "cm/s": (1, 1e-2), "CM/SEC": (1, 1e-2),
    "mm/s": (1, 1e-3), "Mm/s": (1, 1e-3), "um/s": (1, 1e-6), "nm/s": (1, 1e-9),
    "NM/S": (1, 1e-9), "nm/sec": (1, 1e-9),
    "M/S**2": (2, 1.0), "m/s/s": (2, 1.0), "M/(SEC**2)": (2, 1.0), "m/s^2": (2, 1.0),
    "cm/s**2": (2, 1e-2), "CM/SEC**2": (2, 1e-2), "CM/S/S": (2, 1e-2), "mm/s**2": (2, 1e-3),
    "MM/(S**2)": (2, 1e-3), "nm/s**2": (2, 1e-9), "NM/SEC**2": (2, 1e-9), "gal": (2, 1e-2),
}  # fmt: skip
SI = ("m", "m/s", "m/s**2")


def errors(answer: Answer, counts_per: ComplexArray) -> float:
    """The worst relative error of the sines in the middle of an answer."""
    assert answer.error == ""
    quarter = NPTS // 4
    found = TONES.errors(answer.samples[quarter:-quarter], quarter / RATE, RATE, counts_per)
    return float(found.max())


def per_label(label: str, units: str) -> float:
    """Units of the input in one unit of the label of an answer: the same one, or SI."""
    derivative, si = MOTION.get(units, (None, 1.0))
    known = {units.casefold(): 1.0}
    if derivative is not None:
        known[SI[derivative]] = 1 / si
    assert label.casefold() in known
    return known[label.casefold()]


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("units", MOTION)
def test_the_instruments_own_unit_of_motion(units: str, method: str) -> None:
    """`DEF` is in the unit of the metadata, or in SI units and says so."""
    derivative, si = MOTION[units]
    sensor = Sensor((), FLAT, 1500.0, 1.0, units, derivative, si)
    answer = remove(sensor.response(RATE), COUNTS, RATE, output="DEF", pre_filt=BAND, method=method)
    counts_per = sensor.counts_per("DEF", TONES.frequencies) * per_label(answer.units, units)
    assert errors(answer, counts_per) < 0.01


@pytest.mark.parametrize("units", MOTION)
def test_ground_motion_is_in_si_units_or_refused(units: str) -> None:
    """A unit that cannot be turned into ground motion is an error that names it."""
    derivative, si = MOTION[units]
    sensor = Sensor((), FLAT, 1500.0, 1.0, units, derivative, si)
    for output, times in DERIVATIVES.items():
        answer = remove(
            sensor.response(RATE), COUNTS, RATE, output=output, pre_filt=BAND, water_level=None
        )
        if answer.error:
            assert units in answer.error
            continue
        assert answer.units == SI[times]
        assert errors(answer, sensor.counts_per(output, TONES.frequencies)) < 0.01


@pytest.mark.parametrize(
    "units", ["PA", "pa", "hPa", "mbar", "V", "v", "T", "nT", "RAD/S", "C", "M/M", "%"]
)
def test_the_instruments_own_unit_of_another_quantity(units: str) -> None:
    sensor = Sensor((), FLAT, 1500.0, 1.0, units)
    answer = remove(sensor.response(RATE), COUNTS, RATE, output="DEF", pre_filt=BAND)
    assert answer.units.casefold() == units.casefold()
    assert errors(answer, sensor.counts_per("DEF", TONES.frequencies)) < 0.01


FLAT_RESPONSE = np.full(TONES.frequencies.shape, 1500.0 * DIGITIZER_GAIN, dtype=complex)


@pytest.mark.parametrize("units", ["m/s", "nm/s", "mm/s**2", "cm", "PA"])
def test_the_unit_of_a_response_list(units: str) -> None:
    elements = [ResponseListElement(f, 1500.0, 0.0) for f in np.geomspace(1e-4, 2.5, 60)]
    stages = [
        ResponseListResponseStage(1, 1.0, 1.0, units, "V", response_list_elements=elements),
        digitizer(2, RATE, 1.0),
    ]
    sensitivity = InstrumentSensitivity(1500.0 * DIGITIZER_GAIN, 1.0, units, "COUNTS")
    response = Response(instrument_sensitivity=sensitivity, response_stages=stages)
    answer = remove(response, COUNTS, RATE, output="DEF", pre_filt=BAND)
    assert errors(answer, FLAT_RESPONSE * per_label(answer.units, units)) < 0.01


@pytest.mark.parametrize("units", ["m/s", "nm/s", "PA"])
def test_the_unit_of_a_first_stage_that_names_none(units: str) -> None:
    """A first stage that is a gain alone has the unit of the overall sensitivity."""
    stages = [ResponseStage(1, 1500.0, 1.0, None, None), digitizer(2, RATE, 1.0)]
    sensitivity = InstrumentSensitivity(1500.0 * DIGITIZER_GAIN, 1.0, units, "COUNTS")
    response = Response(instrument_sensitivity=sensitivity, response_stages=stages)
    answer = remove(response, COUNTS, RATE, output="DEF", pre_filt=BAND)
    assert errors(answer, FLAT_RESPONSE * per_label(answer.units, units)) < 0.01


@pytest.mark.parametrize("units", MOTION)
def test_every_spelling_of_a_unit_of_motion_is_known(units: str) -> None:
    assert motion_derivative(units) == MOTION[units][0]


@pytest.mark.parametrize("units", ["", "PA", "M/M", "M**3/M**3", "RAD/S", "V/M", "T", "MBAR", "%"])
def test_other_units_are_not_of_motion(units: str) -> None:
    assert motion_derivative(units) is None


def test_a_unit_that_changes_within_a_day_is_named_with_its_times() -> None:
    middle = START + 6_000 / RATE
    other = replace(SEISMOMETER, units="PA", derivative=None)
    metadata = inventory(
        NSCL,
        channel(NSCL, SEISMOMETER.response(RATE), RATE, end_date=middle),
        channel(NSCL, other.response(RATE), RATE, start_date=middle),
    )
    stream = Stream([make_trace(NSCL, str(START), COUNTS, RATE, np.float64)])
    report = remove_channel_response(stream, metadata, RemovalParameters(output="DEF"))
    assert report.units == "M/S, PA"
    (warning,) = [text for text in report.warnings if "unit changes" in text]
    assert f"M/S from {format_time(START)}, PA from {format_time(middle)}" in warning
