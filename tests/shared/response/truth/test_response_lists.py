"""Row 6 of docs/correctness.md: response lists are interpolated with a phase that does not jump."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from obspy import Trace
from obspy.core.inventory import Response, ResponseListResponseStage
from obspy.core.inventory.response import InstrumentSensitivity, ResponseListElement

from tests.support.front_doors import remove
from tests.support.known_instruments import (
    DIGITIZER_GAIN,
    GEOPHONE,
    ComplexArray,
    FloatArray,
    digitizer,
)
from tests.support.known_motion import Tones
from tests.support.messages import has_number

RATE = 20.0
NPTS = 12_000
DELAY_S = 0.8  # turns the phase by 288 degrees each Hz
FREQUENCIES = np.linspace(0.02, RATE / 2, 500)
BAND = [0.1, 0.3, 8.5, 9.5]
Order = Callable[[FloatArray], FloatArray]


def delayed(frequencies: FloatArray, output: str = "VEL") -> ComplexArray:
    """Counts per unit of a geophone whose signal comes late."""
    late: ComplexArray = GEOPHONE.counts_per(output, frequencies) * np.exp(
        -2j * np.pi * frequencies * DELAY_S
    )
    return late


def listed(frequencies: Sequence[float] | FloatArray, turn: float = 180.0) -> Response:
    """The geophone as a list; the phases lie in the 360 degrees up to `turn`."""
    values = delayed(np.asarray(frequencies, dtype=np.float64)) / DIGITIZER_GAIN
    phases = turn - (turn - np.degrees(np.angle(values))) % 360.0
    elements = [
        ResponseListElement(*element)
        for element in zip(frequencies, np.abs(values), phases, strict=True)
    ]
    stages = [
        ResponseListResponseStage(1, 1.0, 5.0, "M/S", "V", response_list_elements=elements),
        digitizer(2, RATE, 5.0),
    ]
    value = float(abs(delayed(np.array([5.0]))[0]))
    sensitivity = InstrumentSensitivity(value, 5.0, "M/S", "COUNTS")
    return Response(instrument_sensitivity=sensitivity, response_stages=stages)


def around_jumps(turn: float) -> Tones:
    """Sines within the steps of the list in which the phase jumps by 360 degrees, and outside."""
    phases = turn - (turn - np.degrees(np.angle(delayed(FREQUENCIES)))) % 360.0
    jumps = np.flatnonzero(np.abs(np.diff(phases)) > 180)
    between = (FREQUENCIES[jumps] + FREQUENCIES[jumps + 1]) / 2
    inside = between[(between > BAND[1]) & (between < BAND[2])]
    assert inside.size > 5
    return Tones(np.sort(np.append(inside, inside[:2] + 0.37)))


def worst_error(response: Response, tones: Tones, output: str = "VEL") -> float:
    answer = remove(
        response, tones.record(NPTS, RATE), RATE, output=output, pre_filt=BAND, water_level=None
    )
    assert answer.error == ""
    quarter = NPTS // 4
    part = answer.samples[quarter:-quarter]
    counts_per = delayed(tones.frequencies, "VEL" if output == "DEF" else output)
    return float(tones.errors(part, quarter / RATE, RATE, counts_per).max())


@pytest.mark.parametrize(
    ("turn", "output"),
    [(180.0, "VEL"), (360.0, "VEL"), (0.0, "VEL"), (180.0, "DISP"), (180.0, "ACC"), (360.0, "DEF")],
)
def test_the_phase_is_right_where_it_jumps(turn: float, output: str) -> None:
    """Phases from -180 to 180, 0 to 360, -360 to 0 degrees."""
    assert worst_error(listed(FREQUENCIES, turn), around_jumps(turn), output) < 0.01


def test_a_phase_that_does_not_jump_is_right() -> None:
    """As ObsPy has it, too."""
    tones = Tones(np.geomspace(0.4, 8.0, 5))
    values = GEOPHONE.counts_per("VEL", FREQUENCIES)
    elements = [
        ResponseListElement(f, abs(value) / DIGITIZER_GAIN, np.degrees(np.angle(value)))
        for f, value in zip(FREQUENCIES, values, strict=True)
    ]
    response = listed(FREQUENCIES)
    response.response_stages[0].response_list_elements = elements
    for method in ("fast", "obspy"):
        answer = remove(
            response,
            tones.record(NPTS, RATE),
            RATE,
            pre_filt=BAND,
            water_level=None,
            method=method,
        )
        part = answer.samples[NPTS // 4 : -NPTS // 4]
        counts_per = GEOPHONE.counts_per("VEL", tones.frequencies)
        assert tones.errors(part, NPTS // 4 / RATE, RATE, counts_per).max() < 0.01


def test_a_phase_that_does_not_jump_equals_obspys() -> None:
    """Whatever the band: beyond the list, ObsPy extends its splines."""
    elements = [(f, 1500.0 + f, 3.0 * f) for f in np.linspace(0.5, 8.0, 40)]
    stage = ResponseListResponseStage(
        1,
        1.0,
        5.0,
        "M/S",
        "V",
        response_list_elements=[ResponseListElement(*element) for element in elements],
    )
    response = Response(response_stages=[stage, digitizer(2, RATE, 5.0)])
    counts = Tones(np.array([1.0, 3.0])).record(2_000, RATE)
    trace = Trace(counts, {"sampling_rate": RATE})
    trace.stats.response = response
    with pytest.warns(UserWarning, match="extrapolation"):
        trace.remove_response(pre_filt=BAND, water_level=None)
    for method in ("fast", "obspy"):
        answer = remove(response, counts, RATE, pre_filt=BAND, water_level=None, method=method)
        assert np.abs(answer.samples - trace.data).max() < 1e-10 * np.abs(trace.data).max()


EXTRAPOLATED = {
    (0.1, 0.3, 8.5, 9.5): "extrapolated from 0.1 to 0.5 Hz and from 8 to 9.5 Hz",
    (0.6, 0.7, 8.5, 9.5): "extrapolated from 8 to 9.5 Hz",
    None: "extrapolated from 0 to 0.5 Hz and from 8 to 10 Hz",
    (0.6, 0.7, 7.0, 7.5): "",
}


@pytest.mark.parametrize("band", EXTRAPOLATED)
def test_a_band_beyond_the_list_is_a_warning(band: tuple[float, ...] | None) -> None:
    response = listed(np.linspace(0.5, 8.0, 400))
    counts = Tones(np.array([1.0])).record(2_000, RATE)
    answer = remove(response, counts, RATE, pre_filt=band and list(band))
    found = [text for text in answer.warnings if "list" in text]
    words = EXTRAPOLATED[band]
    if not words:
        assert found == []
        return
    (warning,) = found
    assert warning.endswith(f"covers 0.5 to 8 Hz, so the response is {words}")


def test_two_values_at_one_frequency_are_a_warning() -> None:
    response = listed(np.append(FREQUENCIES, FREQUENCIES[100]))
    response.response_stages[0].response_list_elements[-1].amplitude = 1.0
    answer = remove(response, np.arange(100.0), RATE, pre_filt=BAND)
    (warning,) = [text for text in answer.warnings if "list" in text]
    assert f"stage 1 has two different values at {FREQUENCIES[100]:g} Hz" in warning


ORDERS: dict[str, Order] = {
    "descending": lambda f: f[::-1],
    "shuffled": lambda f: np.random.default_rng(1).permutation(f),
    "twice": lambda f: np.repeat(f, 2),
    "one twice": lambda f: np.append(f, f[100]),
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_the_elements_is_no_matter(order: str) -> None:
    tones = around_jumps(180.0)
    assert worst_error(listed(ORDERS[order](FREQUENCIES)), tones) < 0.01


def test_obspys_way_is_obspys_and_tells_where_it_is_wrong() -> None:
    tones = around_jumps(180.0)
    counts, response = tones.record(NPTS, RATE), listed(FREQUENCIES)
    answer = remove(response, counts, RATE, pre_filt=BAND, water_level=None, method="obspy")
    trace = Trace(counts, {"sampling_rate": RATE})
    trace.stats.response = response
    with pytest.warns(UserWarning, match="extrapolation"):
        trace.remove_response(pre_filt=BAND, water_level=None)
    np.testing.assert_allclose(answer.samples, trace.data, atol=1e-9 * np.abs(trace.data).max())
    words = [text for text in answer.warnings if "extrapolation" not in text]
    assert [text for text in words if "phase" in text.lower()], answer.warnings


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_too_few_elements_are_an_error_in_words(count: int) -> None:
    """It says how many there are; of two and more, the truth between them is as good."""
    frequencies = np.linspace(4.0, 5.0, count)
    tones = Tones(np.array([4.4]))
    answer = remove(
        listed(frequencies),
        tones.record(NPTS, RATE),
        RATE,
        pre_filt=[3.9, 4.1, 4.9, 5.1],
        water_level=None,
    )
    if answer.error:
        assert "list" in answer.error.lower()
        assert has_number(answer.error, count, 0) or (not count and " no " in answer.error)
        return
    assert count > 1
    part = answer.samples[NPTS // 4 : -NPTS // 4]
    counts_per = delayed(tones.frequencies)
    assert tones.errors(part, NPTS // 4 / RATE, RATE, counts_per).max() < 0.05


def test_obspys_way_refuses_an_unsorted_list_in_words() -> None:
    response = listed(FREQUENCIES[::-1])
    answer = remove(response, np.zeros(200), RATE, pre_filt=BAND, method="obspy")
    assert "the frequencies of the response list of stage 1 do not ascend" in answer.error
