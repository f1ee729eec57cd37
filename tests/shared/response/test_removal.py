"""Response removal compared with ObsPy's, and with known ground motion."""

from typing import Any

import numpy as np
import pytest
from obspy import Stream
from obspy.signal.util import _npts2nfft

from local.synthetic import instrument
from shared import response
from shared.errors import BadRequestError, UnreadableObjectError
from shared.response import _fast_removal, remove_channel_response
from shared.response._fast_removal import fft_length
from shared.response._fft import prime_factors
from shared.response.parameters import UNITS, RemovalParameters
from tests.support.builders import make_trace, noise
from tests.support.commands import Measured
from tests.support.response_removal import NSCL, hour, known_motion, parse, station, worst_error


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"output": "DISP"},
        {"output": "ACC"},
        {"output": "DEF"},
        {"pre_filt": [0.01, 0.02, 15, 18]},
        {"pre_filt": [0.01, 0.02, 15, 18], "water_level": None},
        {"water_level": 20},
        {"taper_fraction": 0},
        {"taper_fraction": 0.3},
        {"zero_mean": False},
        {"output": "DISP", "pre_filt": [0.01, 0.02, 15, 18], "zero_mean": False},
    ],
)
@pytest.mark.parametrize("npts", [144_000, 100_001])
def test_equals_obspy(values: dict[str, Any], npts: int) -> None:
    stream, parity, expected = hour(npts), hour(npts), hour(npts)
    keywords = {"taper": values.get("taper_fraction") != 0, **values}

    report = remove_channel_response(stream, station(), parse(**values))
    by_obspy = remove_channel_response(parity, station(), parse(**values, method="obspy"))

    expected.remove_response(station(), **keywords)
    np.testing.assert_array_equal(parity[0].data, expected[0].data)
    assert worst_error(stream, expected) < 1e-6
    assert stream[0].data.dtype == parity[0].data.dtype == np.float64
    units = UNITS.get(values.get("output", "VEL"), "m/s")
    for method, found in (("fast", report), ("obspy", by_obspy)):
        assert (found.units, found.method, found.gaps, found.warnings) == (units, method, [], ())
        assert found.pre_filt == (tuple(values["pre_filt"]) if "pre_filt" in values else None)


def test_split_segments_are_corrected_each_by_itself_as_by_obspy() -> None:
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00", noise(40_000)),
        make_trace(NSCL, "2024-01-01T01:00:00", noise(10_000, 2)),
    ]
    stream, expected = Stream(traces).copy(), Stream(traces).copy()
    report = remove_channel_response(stream, station(), parse(gaps="split"))
    assert [gap["bridged"] for gap in report.gaps] == [False]
    assert len(report.tapered) == 4
    expected.remove_response(station())
    for trace, reference in zip(stream, expected, strict=True):
        assert worst_error(Stream([trace]), Stream([reference])) < 1e-6
        assert trace.stats.starttime == reference.stats.starttime


def test_gives_back_the_ground_motion_that_went_in(measured: Measured) -> None:
    truth, stream = known_motion()
    parameters = parse(pre_filt=[0.003, 0.006, 16, 18])

    remove_channel_response(stream, station(), parameters)

    inner = slice(14_400, -14_400)  # without the taper
    error = np.abs(stream[0].data - truth)[inner].max() / np.abs(truth).max()
    measured(f"worst error {error:.1e} of the true peak, {np.abs(truth).max():.1e} m/s")
    assert error < 2e-4


def test_a_single_sample_is_as_nothing() -> None:
    """ObsPy fails, and one stray sample would lose the whole day."""
    stream = hour(1)
    remove_channel_response(stream, station(), RemovalParameters())
    np.testing.assert_array_equal(stream[0].data, [0.0])


@pytest.mark.parametrize("values", [{}, {"output": "ACC"}, {"output": "DISP", "water_level": None}])
@pytest.mark.parametrize("npts", [2, 3, 10, 100, 127, 1_000, 2_501, 4_001, 9_999])
def test_short_segments_equal_obspy(npts: int, values: dict[str, Any]) -> None:
    stream, expected = hour(npts), hour(npts)
    assert remove_channel_response(stream, station(), parse(**values)).method == "fast"
    expected.remove_response(station(), **values)
    assert np.isfinite(stream[0].data).all()
    assert worst_error(stream, expected) < 1e-9


@pytest.mark.parametrize("npts", [1_000, 20_000])
def test_a_response_that_only_evalresp_knows_is_reported(npts: int) -> None:
    inventory = station()
    inventory[0][0][0].response.response_stages[0].input_units = None
    stream, expected = hour(npts), hour(npts)
    report = remove_channel_response(stream, inventory, RemovalParameters())
    with pytest.warns(UserWarning, match="Set the input units of stage 1") as caught:
        expected.remove_response(inventory)
    assert worst_error(stream, expected) < 1e-9
    assert report.method == "fast with evalresp"
    assert set(report.warnings) == {str(warning.message) for warning in caught}


LENGTHS = [10, 11, 101, 2_501, 4_096, 9_999, 10_000, 10_001, 10_007, 12_607, 16_384, 3**9, 20_000]
"""Short and long: powers of 2 and 3, primes, squares of primes, and large prime factors."""


@pytest.mark.parametrize("flat", [False, True])
def test_lengths_of_all_kinds_equal_obspy(flat: bool, measured: Measured) -> None:
    response = instrument.response(40.0)
    if flat:  # gains only, without a filter near the Nyquist frequency
        response.response_stages = response.response_stages[1:3]
        for number, stage in enumerate(response.response_stages, 1):
            stage.stage_sequence_number = number
        response.response_stages[0].input_units = "M/S"
    inventory = station()
    inventory[0][0][0].response = response
    errors = {}
    for npts in [*LENGTHS, 41 * 499, 151**2, 40_039, 47_999, 199_742]:
        stream, expected = hour(npts), hour(npts)
        assert remove_channel_response(stream, inventory, RemovalParameters()).method == "fast"
        expected.remove_response(inventory)
        errors[npts] = worst_error(stream, expected)
    worst = max(errors, key=errors.__getitem__)
    measured(f"worst error {errors[worst]:.1e} of the peak, of {worst} samples")
    assert errors[worst] < 1e-9


def test_fft_length_is_obspys_but_for_powers_of_two() -> None:
    for npts in [*range(9_990, 10_200), *range(8_640_001, 8_640_051), 16_777_210, 2**24]:
        ours, theirs = fft_length(npts), _npts2nfft(npts)
        assert 2 * npts <= ours <= theirs
        if ours != theirs:
            assert theirs.bit_count() == 1
            assert ours % 2 == 0
            assert prime_factors(ours)[-1] <= 11
            assert ours < 2.02 * npts


@pytest.mark.parametrize(
    "corners", [[0.1, 0.2, 15, 1e308], [0, 1e-9, 1e-8, 19], [19, 19.5, 30, 40]]
)
def test_bands_of_all_kinds_equal_obspy(corners: list[float]) -> None:
    stream, expected = hour(20_000), hour(20_000)
    report = remove_channel_response(stream, station(), parse(pre_filt=corners))
    beyond = ["pre_filt ends beyond the Nyquis"] if corners[3] > 20 else []
    clipped = ["the water level of 60 dB clips "] if corners[0] == 19 else []
    assert [note[:31] for note in report.warnings] == beyond + clipped
    expected.remove_response(station(), pre_filt=corners)
    assert worst_error(stream, expected) < 1e-6


@pytest.mark.parametrize("method", ["fast", "obspy"])
def test_clipping_is_told_from_the_lowest_frequency_of_the_fft(method: str) -> None:
    """ObsPy's FFT of three samples has eight points."""
    given = {"pre_filt": [0.0005, 0.001, 18.5, 19.9], "water_level": 3, "output": "DISP"}
    stream = Stream([make_trace(NSCL, "2024-01-01", noise(3), 40.0)])
    (warning,) = remove_channel_response(stream, station(), parse(**given, method=method)).warnings
    assert "amplitudes from 5 to " in warning


def test_a_band_beyond_the_nyquist_frequency_is_refused() -> None:
    with pytest.raises(BadRequestError, match=r"pre_filt .* must begin below 20.0 Hz"):
        remove_channel_response(hour(1_000), station(), parse(pre_filt=[20, 21, 22, 23]))


def test_samples_that_are_no_numbers_are_told() -> None:
    trace = make_trace(NSCL, "2024-01-01", [1.0, np.nan] * 100, dtype=np.float32)
    with pytest.raises(UnreadableObjectError, match="some samples are not numbers"):
        remove_channel_response(Stream([trace]), station(), RemovalParameters())


def test_large_inverse_responses_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that no polynomial fits takes as much memory as the day."""
    kept = _fast_removal._cached_inverse.cache_info
    remove_channel_response(hour(20_000), station(), parse())
    assert kept().currsize
    monkeypatch.setattr(_fast_removal, "_MOST_CACHED_BYTES", 1000)
    remove_channel_response(hour(20_000), station(), parse())
    assert not kept().currsize


def test_public_names() -> None:
    assert isinstance(
        response.remove_channel_response(hour(), station(), parse()), response.RemovalReport
    )
    assert response.RemovalParameters() == parse()
    with pytest.raises(AttributeError, match="no attribute 'speed'"):
        _ = response.speed
