"""Random responses of stages of every kind, evaluated by NumPy and by evalresp."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from obspy.core.inventory import Response

from tests.support.compared_responses import Comparison, analog, chain, coefficients, fir, gain

UNITS = ("M", "nm/s", "m/s", "M/S**2", "cm/(sec**2)", "PA")
GAINS = st.sampled_from([1.0, -3.5, 1e-6, 4e9])
PLACES = st.sampled_from([1.0, 0.02, 7.0])
RATES = st.sampled_from([40.0, 200.0, 1000.0])


@st.composite
def roots(draw: st.DrawFn, radius: float, most: int) -> list[complex]:
    """Real roots and conjugate pairs within a circle, on its left side if it is wide."""
    lengths = st.floats(0.01, 0.95).map(lambda part: part * radius)
    angles = st.floats(0.6, 1.4 if radius <= 1 else np.pi - 0.05)
    pairs = draw(st.lists(st.tuples(lengths, angles), max_size=most))
    real = draw(st.lists(lengths, max_size=most))
    left = -1.0 if radius > 1 else 1.0
    upper = [complex(left * length * np.sin(a), length * np.cos(a)) for length, a in pairs]
    return [*upper, *(root.conjugate() for root in upper), *(complex(left * x) for x in real)]


@st.composite
def decimations(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "decimation_input_sample_rate": draw(RATES),
        "decimation_delay": draw(st.floats(0, 0.1)),
        "decimation_correction": draw(st.floats(-0.01, 0.1)),
    }


@st.composite
def sensors(draw: st.DrawFn) -> Any:
    members = {
        "kind": draw(st.sampled_from(["LAPLACE (RADIANS/SECOND)", "LAPLACE (HERTZ)"])),
        "input_units": draw(st.sampled_from(UNITS)),
        "stage_gain": draw(GAINS),
        "stage_gain_frequency": draw(PLACES),
        "normalization_factor": draw(GAINS),
        "normalization_frequency": draw(PLACES),
    }
    zeros = draw(st.integers(0, 3)) * [0j] + draw(roots(300.0, 1))
    if not zeros:  # at 0 Hz it hears something
        members["stage_gain_frequency"] = draw(st.one_of(st.just(0.0), PLACES))
    return analog(1, zeros, draw(roots(1000.0, 3)), **members)


WEIGHTS = st.lists(st.floats(0.01, 1.0), min_size=1, max_size=40)


@st.composite
def filters(draw: st.DrawFn, number: int) -> Any:
    """A digital filter of counts: weights of one sign, so that it has no zero in its passband."""
    members = draw(decimations()) | {"gain": draw(GAINS), "gain_frequency": draw(PLACES)}
    weights, kind = draw(WEIGHTS), draw(st.sampled_from(["NONE", "ODD", "EVEN", "even", "FIR"]))
    if kind in ("NONE", "ODD", "EVEN"):
        return fir(number, weights, kind, **members)
    if kind == "even":
        return fir(number, weights + weights[::-1], **members)
    return coefficients(number, weights, [], input_units="COUNTS", **members)


@st.composite
def recursive(draw: st.DrawFn, number: int) -> Any:
    """A digital filter with feedback."""
    members = draw(decimations())
    if draw(st.booleans()):
        members |= {"gain": draw(GAINS), "gain_frequency": draw(PLACES), "input_units": "COUNTS"}
        below = np.real(np.poly([*draw(roots(1.0, 2)), 0.3])).tolist()
        return coefficients(number, draw(WEIGHTS), below, **members)
    units = {"input_units": "COUNTS", "output_units": "COUNTS", "decimation_factor": 1}
    if draw(st.booleans()):
        members = {}  # its rate is inferred
    kind = {"kind": "DIGITAL (Z-TRANSFORM)", "normalization_frequency": draw(PLACES)}
    zeros, poles = draw(roots(1.0, 1)), draw(roots(1.0, 2))
    return analog(number, zeros, poles, decimation_offset=0, **units | members | kind)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    numbers = range(4, 4 + draw(st.integers(0, 2)))
    digital = [draw(st.one_of(filters(number), recursive(number))) for number in numbers]
    stages = [draw(sensors()), gain(2, draw(GAINS)), coefficients(3, [], []), *digital]
    return chain(*stages, sensitivity_at=draw(st.one_of(st.none(), PLACES)))


@given(responses())
def test_random_responses_equal_evalresp(response: Response) -> None:
    found = Comparison()
    found.add("random", response, 40.0, points=12)
    assert found.unknown == set()
