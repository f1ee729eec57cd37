"""The instrument: its StationXML as read by ObsPy, and its fast response against evalresp."""

import io

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime
from obspy.io.stationxml.core import validate_stationxml

from local.synthetic import instrument

START = UTCDateTime(2015, 1, 1)
RATES = (100.0, 40.0)


def some_frequencies(sampling_rate: float, highest: float) -> np.ndarray:
    """Return frequencies from one cycle a day to `highest`: half log-uniform, half uniform."""
    rng = np.random.default_rng(0)
    lowest = 1 / 86400
    return np.concatenate(
        [
            [lowest],
            10 ** rng.uniform(np.log10(lowest), np.log10(highest), 20000),
            rng.uniform(lowest, highest, 20000),
            [highest],
        ]
    )


@pytest.mark.parametrize("rate", RATES)
def test_fast_response_is_evalresp_s(rate):
    frequencies = some_frequencies(rate, 0.4 * rate)
    exact = instrument.response(rate).get_evalresp_response_for_frequencies(frequencies, "VEL")
    error = np.abs(instrument.frequency_response(rate, frequencies) - exact) / np.abs(exact)
    # Measured: 2e-12. The docstring promises 1e-6.
    assert error.max() < 1e-10


@pytest.mark.parametrize("rate", RATES)
def test_fast_response_holds_up_to_nyquist(rate):
    frequencies = some_frequencies(rate, 0.5 * rate)
    exact = instrument.response(rate).get_evalresp_response_for_frequencies(frequencies, "VEL")
    error = np.abs(instrument.frequency_response(rate, frequencies) - exact)
    # Near Nyquist the filter passes almost nothing: the error is relative to the sensitivity.
    assert error.max() < 1e-10 * instrument.SENSITIVITY


@pytest.mark.parametrize("rate", RATES)
def test_response_is_flat_at_1_hz_falls_below_120_s_and_is_nothing_at_0(rate):
    gains = np.abs(instrument.frequency_response(rate, np.array([0.0, 1 / 1200, 1 / 120, 1.0])))
    relative = gains / instrument.SENSITIVITY
    assert relative[0] == 0
    # Two zeros at the origin: a factor of 100 per decade below the corner, and 3 dB at it.
    assert relative[1] == pytest.approx(0.01, rel=0.02)
    assert relative[2] == pytest.approx(np.sqrt(0.5), rel=0.02)
    assert relative[3] == pytest.approx(1, rel=0.01)


def test_fast_response_keeps_shape_order_and_type():
    frequencies = np.array([[5.0, 1.0], [0.1, 5.0]])
    answer = instrument.frequency_response(100.0, frequencies)
    assert answer.shape == (2, 2)
    assert answer.dtype == np.complex128
    assert answer[0, 0] == answer[1, 1]
    assert instrument.frequency_response(100.0, np.array([])).shape == (0,)


@pytest.mark.parametrize("frequency", [-0.1, 20.1, np.nan])
def test_a_frequency_out_of_range_is_named(frequency):
    with pytest.raises(ValueError, match=f"0 to 20.0 Hz, got {frequency}"):
        instrument.frequency_response(40.0, np.array([frequency]))


@pytest.mark.parametrize(("rate", "taps"), [(100.0, 71), (40.0, 39)])
def test_stages_are_those_of_sts_2_and_q330(rate, taps):
    sensor, preamplifier, converter, fir = instrument.response(rate).response_stages
    assert (sensor.stage_gain, sensor.input_units, len(sensor.poles)) == (1500.0, "m/s", 5)
    assert preamplifier.stage_gain == 1.0
    assert (converter.stage_gain, converter.output_units) == (419430.0, "counts")
    assert len(fir.coefficients) == taps
    assert sum(fir.coefficients) == pytest.approx(1, abs=2e-6)
    assert fir.decimation_delay == fir.decimation_correction > 0


@pytest.mark.parametrize("rate", [20.0, 0.0, float("nan")])
def test_unknown_sampling_rate_is_named(rate):
    for refuses in (
        lambda: instrument.response(rate),
        lambda: instrument.frequency_response(rate, np.array([1.0])),
        lambda: instrument.stationxml("CI", "X", [epoch("BHZ", rate)]),
    ):
        with pytest.raises(ValueError, match=f"40.0 or 100.0 Hz, got {rate}"):
            refuses()


def epoch(channel: str, rate: float, start: UTCDateTime = START) -> instrument.ChannelEpoch:
    return instrument.ChannelEpoch(channel, "", rate, start)


def test_stationxml_is_valid_1_1_and_reloads():
    later = UTCDateTime(2020, 6, 3, 18, 20)
    channels = [epoch("BHN", 40.0, later), epoch("BHE", 40.0), epoch("HHZ", 100.0)]
    document = instrument.stationxml("CI", "BOM", channels)

    assert b'schemaVersion="1.1"' in document
    valid, errors = validate_stationxml(io.BytesIO(document))
    assert valid, errors
    inventory = obspy.read_inventory(io.BytesIO(document))
    assert inventory[0][0].start_date == START
    loaded = {channel.code: channel for channel in inventory[0][0]}
    assert [(c.azimuth, c.dip) for c in loaded.values()] == [(0, 0), (90, 0), (0, -90)]
    assert loaded["BHN"].start_date == later
    assert all(channel.end_date is None for channel in loaded.values())
    assert loaded["HHZ"].sample_rate == 100.0
    response = inventory.get_response("CI.BOM..HHZ", UTCDateTime(2019, 7, 2))
    frequencies = np.array([0.001, 1.0, 30.0])
    assert response.get_evalresp_response_for_frequencies(frequencies, "VEL") == pytest.approx(
        instrument.frequency_response(100.0, frequencies), rel=1e-9
    )


def test_stationxml_is_the_same_every_time():
    channels = [epoch("HHZ", 100.0)]
    documents = {instrument.stationxml("CI", "SOC", channels) for _ in range(2)}
    assert len(documents) == 1


def test_stationxml_needs_channels_that_point_somewhere():
    with pytest.raises(ValueError, match=r"CI\.SOC has no channels"):
        instrument.stationxml("CI", "SOC", [])
    with pytest.raises(ValueError, match="must end in Z, N or E, got 'LOG'"):
        instrument.stationxml("CI", "SOC", [epoch("LOG", 40.0)])
