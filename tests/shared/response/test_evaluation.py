"""Responses of every kind of stage, evaluated by NumPy and by evalresp."""

import warnings

import numpy as np
import pytest
from obspy.core.inventory import (
    PolynomialResponseStage,
    Response,
    ResponseListResponseStage,
    ResponseStage,
)
from obspy.core.inventory.response import ResponseListElement

from shared.response.evaluation import evaluate, is_known
from tests.support.commands import Measured
from tests.support.compared_responses import (
    OUTPUTS,
    Comparison,
    analog,
    by_evalresp,
    chain,
    coefficients,
    fir,
    frequencies,
    gain,
)
from tests.support.known_instruments import decimation

POLES, ZEROS = [-0.037 + 0.037j, -0.037 - 0.037j, -300 + 0j], [0j, 0j]
LONG = (np.sinc(np.linspace(-8, 8, 401)) * np.hanning(401) / 25).tolist()
RISING = [0.05, 0.15, 0.3, 0.4, 0.1]
CORRECTED = {"decimation_delay": 0.031, "decimation_correction": 0.029}

SENSOR, DIGITIZER = analog(1, ZEROS, POLES), coefficients(2, [], [])
DIGITAL = {"kind": "DIGITAL (Z-TRANSFORM)", "input_units": "COUNTS", "output_units": "COUNTS"}
NO_DECIMATION = dict.fromkeys(decimation(200.0))


def after(*stages: ResponseStage) -> Response:
    return chain(SENSOR, DIGITIZER, *stages)


def of_units(units: str) -> Response:
    return chain(analog(1, ZEROS, POLES, input_units=units), DIGITIZER)


KNOWN = {
    "poles and zeros in rad/s": after(),
    "poles and zeros in hertz": chain(analog(1, ZEROS, POLES, kind="LAPLACE (HERTZ)"), DIGITIZER),
    "poles and zeros, digital": after(analog(3, [0j, 1 + 0j], [0.3j, -0.3j, 0.9 + 0j], **DIGITAL)),
    "a digital pole at 0 Hz": chain(
        SENSOR, DIGITIZER, analog(3, [0j], [1 + 0j], **DIGITAL), sensitivity_at=2.0
    ),
    "an analog pole at 0 Hz": chain(analog(1, [], [0j, -3 + 0j]), DIGITIZER),
    "no poles and no zeros": chain(analog(1, [], []), DIGITIZER, analog(3, [], [], **DIGITAL)),
    "poles that overflow": chain(analog(1, [], [-1e3 + 0j] * 60, normalization_factor=1e180)),
    "a gain alone": chain(SENSOR, gain(2), coefficients(3, [], [])),
    "a gain alone as first stage": chain(ResponseStage(1, 5.0, 1.0, "M/S", "V"), DIGITIZER),
    "FIR, asymmetric, with a correction": after(fir(3, RISING, **CORRECTED)),
    "FIR, asymmetric by name, odd": after(fir(3, [0.25, 0.5, 0.25], **CORRECTED)),
    "FIR, asymmetric by name, even": after(fir(3, [0.2, 0.3, 0.3, 0.2], **CORRECTED)),
    "FIR, asymmetric by name, long": after(fir(3, LONG)),
    "FIR, odd": after(fir(3, [-0.1, 0.2, 0.8], "ODD", **CORRECTED)),
    "FIR, even": after(fir(3, [-0.1, 0.2, 0.4], "EVEN", **CORRECTED)),
    "FIR, a sum of 0.98": after(fir(3, [0.48, 0.5])),
    "FIR, a sum of 0.9799": after(fir(3, [0.4799, 0.5])),
    "FIR, a sum of 1.0201": after(fir(3, [0.5201, 0.5])),
    "FIR, a sum of 3": after(fir(3, [1.0, 1.2, 0.8], **CORRECTED)),
    "FIR, odd, a sum of 3": after(fir(3, [0.5, 2.0], "ODD")),
    "FIR of no coefficients": after(fir(3, []), fir(4, [], "ODD"), fir(5, [], "EVEN")),
    "FIR of one coefficient": after(fir(3, [1.0], **CORRECTED)),
    "FIR at a rate of 0": after(fir(3, RISING, decimation_input_sample_rate=0.0)),
    "FIR with its gain elsewhere": after(fir(3, RISING, gain=2.0, gain_frequency=9.0)),
    "FIR, even, with its gain elsewhere": after(fir(3, [0.4, 0.5], "EVEN", gain_frequency=9.0)),
    "coefficients": after(coefficients(3, RISING, [], input_units="COUNTS", **CORRECTED)),
    "coefficients with feedback": chain(SENSOR, coefficients(2, [0.2, 0.1], [1.0, -0.7, 0.1])),
    "coefficients with feedback, said to be analog": chain(
        SENSOR, coefficients(2, [0.2], [1.0, -0.7], kind="ANALOG (RADIANS/SECOND)")
    ),
    "coefficients with feedback and their gain elsewhere": chain(
        SENSOR, coefficients(2, [0.2], [1.0, -0.7], gain_frequency=9.0)
    ),
    "a gain elsewhere": chain(analog(1, ZEROS, POLES, stage_gain_frequency=0.02), DIGITIZER),
    "a normalisation elsewhere": chain(
        analog(1, ZEROS, POLES, normalization_frequency=0.02, normalization_factor=7.0), DIGITIZER
    ),
    "a sensitivity elsewhere": chain(SENSOR, DIGITIZER, fir(3, RISING), sensitivity_at=0.05),
    "a sensitivity of no frequency": chain(analog(1, [], POLES), DIGITIZER, sensitivity_at=0.0),
    "no sensitivity": chain(SENSOR, DIGITIZER, fir(3, RISING), sensitivity_at=None),
    "no sensitivity and gains at several frequencies": chain(
        analog(1, ZEROS, POLES, stage_gain_frequency=0.02),
        DIGITIZER,
        fir(3, RISING, gain_frequency=9.0),
        fir(4, RISING, gain_frequency=0.0),
        sensitivity_at=None,
    ),
    "no sensitivity and gains at 0 Hz": chain(
        analog(1, [], POLES, stage_gain_frequency=0.0),
        coefficients(2, [], [], gain_frequency=0.0),
        sensitivity_at=None,
    ),
    "negative gains": chain(SENSOR, gain(2, -4.0), coefficients(3, [], [])),
    "a factor of the wrong sign": chain(analog(1, ZEROS, POLES, normalization_factor=-2.0)),
    "a decimation of a sensor": chain(
        analog(1, ZEROS, POLES, decimation_input_sample_rate=200.0, decimation_factor=1)
    ),
    "digital poles and zeros of an inferred rate": after(
        fir(3, RISING, decimation_factor=2), analog(4, [0j], [0.5 + 0j], **DIGITAL)
    ),
    "digital poles and zeros of no rate": chain(analog(1, [0j], [0.5 + 0j], **DIGITAL)),
    **{
        f"units {units}": of_units(units)
        for prefix in ("", "n", "c", "m", "u")
        for units in (f"{prefix}m", f"{prefix}m/s", f"{prefix}M/SEC", f"{prefix}m/s**2")
    },
    **{
        f"units {units}": of_units(units)
        for units in ("M/(S**2)", "CM/(SEC**2)", "M/S/S", "M/M", "M**3/M**3", "PA", "V", "T", "%")
    },
}
"""Kinds of responses that metadata of the archive may have; all are evaluated by NumPy."""


def response_list() -> Response:
    elements = [ResponseListElement(f, 10.0, -f) for f in np.geomspace(1e-4, 200, 20)]
    stage = ResponseListResponseStage(1, 1.0, 1.0, "M/S", "V", response_list_elements=elements)
    return chain(stage)


def line() -> PolynomialResponseStage:
    bounds = {"frequency_lower_bound": 0.0, "frequency_upper_bound": 2.0, "maximum_error": 0.0}
    limits = {"approximation_lower_bound": -1.0, "approximation_upper_bound": 1.0}
    return PolynomialResponseStage(
        1, 1.0, 1.0, "M/S", "V", coefficients=[0.0, 2.0], **bounds, **limits
    )


def of_no_symmetry() -> ResponseStage:
    stage = fir(3, RISING)
    stage._symmetry = "FOO"  # its setter refuses it
    return stage


UNKNOWN = {
    "a response list": response_list(),
    "a polynomial": chain(line(), DIGITIZER),
    "no units": of_units(""),
    "stages out of order": chain(DIGITIZER, SENSOR),
    "no decimation of coefficients": chain(SENSOR, coefficients(2, [], [], **NO_DECIMATION)),
    "no decimation of a FIR filter": after(fir(3, RISING, **NO_DECIMATION)),
    "half of a decimation": after(fir(3, RISING, decimation_delay=None)),
    "a decimation of a gain": chain(SENSOR, gain(2, decimation_input_sample_rate=1.0)),
    "a factor that is no integer": after(fir(3, RISING, decimation_factor=2.0)),
    "other units than those before": chain(SENSOR, fir(2, RISING)),
    "a stage twice": chain(SENSOR, DIGITIZER, fir(2, RISING)),
    "a gain of 0": chain(SENSOR, coefficients(2, [], [], gain=0.0)),
    "no gain": chain(SENSOR, coefficients(2, [], [], gain=None)),
    "a gain at no frequency": chain(SENSOR, coefficients(2, [], [], gain_frequency=None)),
    "a gain that is no number": chain(SENSOR, coefficients(2, [], [], gain=float("nan"))),
    "a gain at 0 Hz of a sensor that hears none": chain(
        analog(1, ZEROS, POLES, stage_gain_frequency=0.0), DIGITIZER
    ),
    "analog coefficients": chain(SENSOR, coefficients(2, [1.0], [], kind="ANALOG (HERTZ)")),
    "another symmetry": after(of_no_symmetry()),
    "coefficients that sum to 0": after(fir(3, [0.5, -0.5, 0.25, -0.25])),
    "no stages": Response(),
}
"""Kinds that are left to evalresp, and mostly refused by it."""


def test_every_ordinary_kind_is_known_and_equals_evalresp(measured: Measured) -> None:
    found = Comparison()
    for name, response in KNOWN.items():
        found.add(name, response, 200.0, points=120)
    assert found.unknown == set()
    assert found.pairs == len(KNOWN) * len(OUTPUTS)
    measured(str(found))


@pytest.mark.parametrize("name", UNKNOWN)
def test_all_else_is_left_to_evalresp(name: str) -> None:
    response, at = UNKNOWN[name], frequencies(200.0)[6:]
    assert not is_known(response)
    expected = by_evalresp(response, at, "VEL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(expected, type):
            with pytest.raises(expected):
                evaluate(response, at, "VEL")
        else:
            np.testing.assert_array_equal(evaluate(response, at, "VEL"), expected)


def test_evalresp_refuses_an_unknown_output() -> None:
    with pytest.raises(ValueError, match="must be one of"):
        evaluate(KNOWN["no sensitivity"], np.ones(3), "JERK")


def test_a_warning_of_evalresp_is_kept() -> None:
    response = of_units("M/S")
    response.response_stages[0].input_units = None
    with pytest.warns(UserWarning, match="Set the input units of stage 1"):
        values = evaluate(response, np.ones(3), "DISP")
    np.testing.assert_allclose(values, evaluate(of_units("M/S"), np.ones(3), "DISP"), rtol=1e-13)


def test_many_frequencies_are_those_of_few() -> None:
    response, at = KNOWN["FIR, asymmetric, with a correction"], np.linspace(0, 100, 10_001)
    whole = evaluate(response, at, "ACC")
    parts = [evaluate(response, part, "ACC") for part in np.array_split(at, 101)]
    np.testing.assert_allclose(whole, np.concatenate(parts), rtol=1e-12)
    assert evaluate(response, at[:0], "ACC").size == 0
