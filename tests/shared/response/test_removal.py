"""Response removal against ObsPy's own, and against the ground motion that went in."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Inventory, Stream, UTCDateTime
from obspy.core.inventory import (
    InstrumentPolynomial,
    InstrumentSensitivity,
    PolynomialResponseStage,
    Response,
)
from obspy.signal.util import _npts2nfft

from local.synthetic import ground_motion, instrument
from shared.errors import BadRequestError, NoResponseError, TooLargeError, UnreadableObjectError
from shared.fields import Fields
from shared.response._fast import fft_length
from shared.response.parameters import UNITS, RemovalParameters
from shared.response.removal import _OBSPY_BYTES, remove_response
from shared.waveforms.segments import cut
from tests.support.builders import METADATA_START, make_trace, noise
from tests.support.commands import PROJECT, Measured

NSCL = "CI.BOM.BHZ."
NAMES = tuple(RemovalParameters.__dataclass_fields__)


def station(*epochs: instrument.ChannelEpoch) -> Inventory:
    """The metadata of CI.BOM, as read from StationXML."""
    epochs = epochs or (instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START),)
    content = instrument.stationxml("CI", "BOM", epochs)
    return obspy.read_inventory(io.BytesIO(content), format="STATIONXML")


def hour(npts: int = 144_000) -> Stream:
    return Stream([make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(npts))])


def parse(**values: Any) -> RemovalParameters:
    return RemovalParameters.parse(Fields(values, NAMES))


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

    outcome = remove_response(stream, station(), parse(**values))
    by_obspy = remove_response(parity, station(), parse(**values, method="obspy"))

    expected.remove_response(station(), **keywords)
    np.testing.assert_array_equal(parity[0].data, expected[0].data)
    assert worst_error(stream, expected) < 1e-6
    assert stream[0].data.dtype == parity[0].data.dtype == np.float64
    units = UNITS.get(values.get("output", "VEL"), "m/s")
    for way, found in (("fast", outcome), ("obspy", by_obspy)):
        assert (found.units, found.method, found.gaps, found.warnings) == (units, way, [], ())
        assert found.pre_filt == (tuple(values["pre_filt"]) if "pre_filt" in values else None)


def worst_error(stream: Stream, expected: Stream) -> float:
    """The largest difference, relative to the expected peak."""
    (trace,), (reference,) = stream, expected
    return float(np.abs(trace.data - reference.data).max() / np.abs(reference.data).max())


def test_split_segments_are_corrected_each_by_itself_as_by_obspy() -> None:
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00", noise(40_000)),
        make_trace(NSCL, "2024-01-01T01:00:00", noise(10_000, 2)),
    ]
    stream, expected = Stream(traces).copy(), Stream(traces).copy()
    outcome = remove_response(stream, station(), parse(gaps="split"))
    assert [gap["bridged"] for gap in outcome.gaps] == [False]
    assert len(outcome.tapered) == 4
    expected.remove_response(station())
    for trace, reference in zip(stream, expected, strict=True):
        assert worst_error(Stream([trace]), Stream([reference])) < 1e-6
        assert trace.stats.starttime == reference.stats.starttime


def test_gives_back_the_ground_motion_that_went_in(measured: Measured) -> None:
    truth, stream = known_motion()
    parameters = parse(pre_filt=[0.003, 0.006, 16, 18])

    remove_response(stream, station(), parameters)

    inner = slice(14_400, -14_400)  # without the taper
    error = np.abs(stream[0].data - truth)[inner].max() / np.abs(truth).max()
    measured(f"worst error {error:.1e} of the true peak, {np.abs(truth).max():.1e} m/s")
    assert error < 2e-4


def known_motion(rate: float = 40.0, npts: int = 288_000) -> tuple[np.ndarray, Stream]:
    """Ground velocity in m/s, and the counts that the instrument makes of it."""
    truth = ground_motion.ground_velocity(npts, rate, seed=7, earthquake_at=3000.0)
    frequencies = ground_motion.rfft_frequencies(npts, rate)
    spectrum = np.fft.rfft(truth) * instrument.frequency_response(rate, frequencies)
    return truth, Stream([make_trace(NSCL, "2024-01-01", np.rint(np.fft.irfft(spectrum, npts)))])


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("seconds", [0.5, 5.0, 60.0, 900.0])
def test_a_bridged_gap_hardly_shows(seconds: float, method: str) -> None:
    truth, whole = known_motion()
    lost = int(seconds * 40)
    traces = [whole[0].slice(endtime=whole[0].stats.starttime + 119_999 / 40)]
    traces += [whole[0].slice(starttime=whole[0].stats.starttime + (120_000 + lost) / 40)]
    errors = {}
    for gaps in ("bridge", "split"):
        stream = Stream(traces).copy()
        corners = [0.003, 0.006, 16, 18]
        outcome = remove_response(
            stream, station(), parse(pre_filt=corners, gaps=gaps, method=method)
        )
        assert [trace.stats.npts for trace in stream] == [120_000, 168_000 - lost]  # none delivered
        assert outcome.gaps == [
            {
                "starttime": "2024-01-01T00:50:00.000000Z",
                "endtime": str(UTCDateTime(2024, 1, 1, 0, 50) + (lost - 1) / 40),
                "samples": lost,
                "bridged": gaps == "bridge",
            }
        ]
        assert len(outcome.tapered) == (2 if gaps == "bridge" else 4)
        # From ten seconds to two minutes on both sides of it.
        after = stream[1].data[400:4_800] - truth[120_000 + lost + 400 : 120_000 + lost + 4_800]
        before = stream[0].data[-4_800:-400] - truth[115_200:119_600]
        errors[gaps] = np.std(np.concatenate([before, after])) / np.std(truth[20_000:100_000])
    assert errors["bridge"] < 0.5 * errors["split"]
    assert errors["bridge"] < 0.3


@pytest.mark.parametrize("shift", [0.3, -0.3, 0.5])
def test_a_segment_off_the_grid_keeps_its_times(shift: float) -> None:
    """Corrected is what was sampled then: a shift moves the result, and does not change it."""
    _, whole = known_motion()
    start = whole[0].stats.starttime
    parts = [whole[0].slice(endtime=start + 3_000), whole[0].slice(starttime=start + 3_007)]
    on, off = Stream(parts).copy(), Stream(parts).copy()
    off[1].stats.starttime += shift / 40
    times = [trace.stats.starttime for trace in off]
    parameters = parse(pre_filt="auto")
    remove_response(on, station(), parameters)
    remove_response(off, station(), parameters)
    assert [trace.stats.starttime for trace in off] == times
    for one, other in zip(on, off, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_what_lies_around_takes_the_taper_away() -> None:
    """The middle of a trace with its surroundings is what the whole trace gives there."""
    _, whole = known_motion()
    parameters = parse(pre_filt="auto")
    middle = Stream([cut(whole[0], 96_000, 192_000)])
    margins = Stream([cut(whole[0], 48_000, 96_000), cut(whole[0], 192_000, 240_000)])
    outcome = remove_response(middle.copy(), station(), parameters)
    assert len(outcome.tapered) == 2

    found = middle.copy()
    outcome = remove_response(found, station(), parameters, margins)
    assert (outcome.tapered, outcome.gaps, outcome.warnings) == ([], [], ())
    remove_response(whole, station(), parameters)
    expected = Stream([cut(whole[0], 96_000, 192_000)])
    assert found[0].stats.starttime == expected[0].stats.starttime
    assert found[0].stats.npts == expected[0].stats.npts == 96_000
    assert worst_error(found, expected) < 1e-3
    assert margins[0].data.dtype == np.int32  # as they were


@pytest.mark.parametrize("gaps", ["bridge", "split"])
def test_margins_that_do_not_join_are_told(gaps: str) -> None:
    _, whole = known_motion()
    start = whole[0].stats.starttime
    day = whole.slice(start + 3_600, start + 7_000)
    before = whole.slice(start, start + 1_200)
    before[0].stats.starttime -= 11_000
    outcome = remove_response(day, station(), parse(gaps=gaps), before)
    assert outcome.warnings == (
        "tapered at the start, as no samples of the day before join it",
        "tapered at the end, as no samples of the day after join it",
    )
    assert len(outcome.tapered) == 2


def test_margins_of_another_epoch_are_of_no_use() -> None:
    _, whole = known_motion()
    change = whole[0].stats.starttime + 3_600
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change - 1e-6
    second.response.response_stages[0].stage_gain *= 2
    second.response.instrument_sensitivity.value *= 2
    margins, day = Stream([cut(whole[0], 0, 144_000)]), Stream([cut(whole[0], 144_000, 288_000)])
    outcome = remove_response(day, inventory, parse(), margins)
    assert "tapered at the start" in outcome.warnings[0]


def test_a_single_sample_is_as_nothing() -> None:
    """ObsPy fails, which for one stray sample would be the whole day lost."""
    stream = hour(1)
    remove_response(stream, station(), RemovalParameters())
    np.testing.assert_array_equal(stream[0].data, [0.0])


@pytest.mark.parametrize("npts", [2, 3, 10])
def test_short_segments_stay_finite(npts: int) -> None:
    stream, expected = hour(npts), hour(npts)
    remove_response(stream, station(), RemovalParameters())
    expected.remove_response(station())
    np.testing.assert_array_equal(stream[0].data, expected[0].data)


def test_an_epoch_begins_within_the_day() -> None:
    change = UTCDateTime("2024-01-01T00:30:00")
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change - 1e-6
    second.response.instrument_sensitivity.value *= 2
    second.response.response_stages[0].stage_gain *= 2
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00", noise(4_000)),
        make_trace(NSCL, "2024-01-01T00:30:00", noise(4_000)),
    ]
    stream = Stream(traces)
    remove_response(stream, inventory, parse(gaps="split"))
    np.testing.assert_allclose(stream[0].data, 2 * stream[1].data, rtol=1e-9, atol=1e-20)


@pytest.mark.parametrize("shift", [0.0, 0.3, -0.3])
@pytest.mark.parametrize("touching", [True, False])
def test_a_segment_is_split_where_the_response_changes(shift: float, touching: bool) -> None:
    """ObsPy alone takes the first response for all of it: wrong by a factor of two here."""
    trace = make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(20_000))
    change = trace.stats.starttime + (12_000 + shift) / 40.0
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change if touching else change - 1e-6
    second.response.response_stages[0].stage_gain *= 2
    second.response.instrument_sensitivity.value *= 2
    stream = Stream([trace.copy()])

    outcome = remove_response(stream, inventory, parse(gaps="split"))

    # A sample at the instant at which the second begins is the second one's.
    first_of_it = 12_000 + (1 if shift > 0 else 0)
    assert [part.stats.npts for part in stream] == [first_of_it, 20_000 - first_of_it]
    assert stream[1].stats.starttime == trace.stats.starttime + first_of_it / 40.0
    assert any("split where another response begins" in note for note in outcome.warnings)
    for part, epoch, samples in zip(
        stream, (first, second), (slice(first_of_it), slice(first_of_it, None)), strict=True
    ):
        alone = make_trace(NSCL, str(part.stats.starttime), trace.data[samples])
        alone.stats.response = epoch.response
        assert worst_error(Stream([part]), Stream([alone.remove_response()])) < 1e-6


def test_a_new_epoch_with_the_same_response_splits_nothing() -> None:
    change = UTCDateTime("2024-01-01T00:10:00")
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    inventory[0][0].channels[0].end_date = change
    stream = hour()
    outcome = remove_response(stream, inventory, RemovalParameters())
    assert (len(stream), outcome.warnings) == (1, ())


def test_a_response_that_ends_within_a_segment_is_told() -> None:
    inventory = station()
    inventory[0][0][0].end_date = UTCDateTime("2024-01-01T00:30:00")
    with pytest.raises(NoResponseError, match="no response from 2024-01-01T00:30:00"):
        remove_response(hour(), inventory, RemovalParameters())


@pytest.mark.parametrize("gain", [1, 2])
def test_a_second_without_an_epoch_between_two_loses_no_day(gain: int) -> None:
    """One that ends at hh:mm:59 and another that begins at the full minute, as is often written."""
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    change = UTCDateTime("2024-01-01T00:30:00")
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change - 1
    second.response.response_stages[0].stage_gain *= gain
    second.response.instrument_sensitivity.value *= gain
    stream = hour()
    outcome = remove_response(stream, inventory, RemovalParameters())
    assert [trace.stats.starttime for trace in stream[1:]] == (
        [] if gain == 1 else [UTCDateTime("2024-01-01T00:30:00.0195")]
    )
    assert len(outcome.warnings) == gain - 1
    assert outcome.gaps == []


def test_an_epoch_without_a_response_is_passed_over_as_by_obspy() -> None:
    epoch = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(epoch, epoch)
    inventory[0][0][0].response = None
    assert remove_response(hour(), inventory, RemovalParameters()).warnings == ()


def test_a_band_beyond_the_nyquist_frequency_is_refused() -> None:
    with pytest.raises(BadRequestError, match=r"pre_filt .* must begin below 20.0 Hz"):
        remove_response(hour(1_000), station(), parse(pre_filt=[20, 21, 22, 23]))


def test_two_epochs_that_claim_a_time_are_told() -> None:
    epoch = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    stream = hour(1_000)
    outcome = remove_response(stream, station(epoch, epoch), RemovalParameters())
    assert any("2 epochs claim CI.BOM..BHZ" in note for note in outcome.warnings)


def no_stages(inventory: Inventory) -> None:
    inventory[0][0][0].response = Response(
        instrument_sensitivity=InstrumentSensitivity(1.0, 1.0, "M/S", "COUNTS")
    )


def no_response(inventory: Inventory) -> None:
    inventory[0][0][0].response = None


def ended(inventory: Inventory) -> None:
    inventory[0][0][0].end_date = UTCDateTime(2020, 1, 1)


def other_location(inventory: Inventory) -> None:
    inventory[0][0][0].location_code = "10"


def pressure(inventory: Inventory) -> None:
    inventory[0][0][0].response.response_stages[0].input_units = "PA"


def not_scaled_by_obspy(inventory: Inventory) -> None:
    inventory[0][0][0].response.response_stages[0].input_units = "CM/SEC**2"


def broken_stage(inventory: Inventory) -> None:
    stage = inventory[0][0][0].response.response_stages[3]
    stage.decimation_input_sample_rate = None


def polynomial(inventory: Inventory) -> None:
    keywords = {
        "frequency_lower_bound": 0.0,
        "frequency_upper_bound": 1.0,
        "approximation_lower_bound": -10.0,
        "approximation_upper_bound": 10.0,
        "maximum_error": 0.0,
        "coefficients": [0.0, 2.0],
    }
    inventory[0][0][0].response = Response(
        instrument_polynomial=InstrumentPolynomial("M/S", "COUNTS", **keywords),
        response_stages=[PolynomialResponseStage(1, 1.0, 1.0, "M/S", "COUNTS", **keywords)],
    )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_stages, "has no stages"),
        (no_response, "no response for this time"),
        (ended, "no response for this time, but 2015-01-01T00:00:00.000000Z to 2020-01-01"),
        (other_location, "no response for this time, but nothing of this channel"),
        (pressure, "the response is one of PA, so VEL cannot be had"),
        (not_scaled_by_obspy, "the response is one of CM/SEC"),
        (polynomial, "the response is a polynomial of M/S, so VEL cannot be had"),
        (broken_stage, "response not usable"),
    ],
)
def test_unusable_responses_are_clear_errors(spoil: Any, words: str) -> None:
    inventory = station()
    spoil(inventory)
    with pytest.raises(NoResponseError, match=words) as caught:
        remove_response(hour(1_000), inventory, RemovalParameters())
    assert "CI.BOM..BHZ at 2024-01-01T00:00:00.019500Z" in caught.value.message


@pytest.mark.parametrize("spoil", [pressure, polynomial])
def test_what_is_no_ground_motion_can_be_had_in_its_own_unit(spoil: Any) -> None:
    inventory = station()
    spoil(inventory)
    stream, expected = hour(12_000), hour(12_000)
    outcome = remove_response(stream, inventory, parse(output="DEF"))
    expected.remove_response(inventory, output="DEF")
    assert worst_error(stream, expected) < 1e-6
    assert outcome.units == ("PA" if spoil is pressure else "M/S")
    assert outcome.method == ("fast" if spoil is pressure else "obspy")


@pytest.mark.parametrize("method", ["fast", "obspy"])
def test_a_result_that_is_not_finite_is_an_error(method: str) -> None:
    """A gain beyond what floats can hold, as a wrong unit in the metadata may make it."""
    inventory = station()
    for stage in inventory[0][0][0].response.response_stages:
        stage.stage_gain = 1e-300
    with pytest.raises(NoResponseError, match="not finite|not usable"):
        remove_response(hour(12_000), inventory, parse(water_level=None, method=method))


def test_a_response_of_nothing_but_zeros_is_an_error() -> None:
    inventory = station()
    for stage in inventory[0][0][0].response.response_stages:
        stage.stage_gain = 1e-300
    with pytest.raises(NoResponseError, match="zero on all frequencies"):
        remove_response(hour(12_000), inventory, RemovalParameters())


@pytest.mark.parametrize("npts", [10_001, 12_607, 20_000, 40_039, 47_999, 199_742])
@pytest.mark.parametrize("flat", [False, True])
def test_lengths_of_all_kinds_equal_obspy(npts: int, flat: bool) -> None:
    response = instrument.response(40.0)
    if flat:  # gains alone: nothing bends the response near the Nyquist frequency
        response.response_stages = response.response_stages[1:3]
        response.response_stages[0].input_units = "M/S"
    inventory = station()
    inventory[0][0][0].response = response
    stream, expected = hour(npts), hour(npts)
    assert remove_response(stream, inventory, RemovalParameters()).method == "fast"
    expected.remove_response(inventory)
    assert worst_error(stream, expected) < 1e-6


def test_fft_length_is_obspys_but_for_powers_of_two() -> None:
    for npts in [*range(9_990, 10_200), *range(8_640_001, 8_640_051), 16_777_210, 2**24]:
        ours, theirs = fft_length(npts), _npts2nfft(npts)
        assert 2 * npts <= ours <= theirs
        if ours != theirs:
            assert theirs.bit_count() == 1
            assert ours % 32 == 0
            assert ours < 2.1 * npts


@pytest.mark.parametrize(
    "corners", [[0.1, 0.2, 15, 1e308], [0, 1e-9, 1e-8, 19], [19, 19.5, 30, 40]]
)
def test_bands_of_all_kinds_equal_obspy(corners: list[float]) -> None:
    stream, expected = hour(20_000), hour(20_000)
    outcome = remove_response(stream, station(), parse(pre_filt=corners))
    assert [note[:31] for note in outcome.warnings] == (
        ["pre_filt ends beyond the Nyquis"] if corners[3] > 20 else []
    )
    expected.remove_response(station(), pre_filt=corners)
    assert worst_error(stream, expected) < 1e-6


def test_samples_that_are_no_numbers_are_told() -> None:
    trace = make_trace(NSCL, "2024-01-01", [1.0, np.nan] * 100, dtype=np.float32)
    with pytest.raises(UnreadableObjectError, match="some samples are not numbers"):
        remove_response(Stream([trace]), station(), RemovalParameters())


def test_obspys_way_is_refused_where_its_memory_does_not_suffice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lambda would end the process, in the queue five times, and nobody would know why."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    stream = hour()
    before = stream[0].data.copy()
    with pytest.raises(TooLargeError, match="CI.BOM..BHZ.* 144,000 samples at 40 Hz by O") as error:
        remove_response(stream, station(), parse(method="obspy"))
    assert 'ask for "method": "fast", or give it more' in error.value.message
    np.testing.assert_array_equal(stream[0].data, before)


def test_a_sampling_rate_that_cannot_be_does_not_end_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a damaged header says it: an end is led to zero for an hour, of a billion samples."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "10240")
    stream = Stream([make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(4_000))])
    damaged = Stream([make_trace(NSCL, "2024-01-01T12:00:00", noise(300))])
    damaged[0].stats.sampling_rate = 911_400.0
    with pytest.raises(TooLargeError, match=r"samples at 911400 Hz needs .* function has 10,240"):
        remove_response(stream + damaged, station(), parse())


@pytest.mark.parametrize("values", [{}, {"pre_filt": [0.01, 0.02, 15, 18]}, {"water_level": None}])
def test_obspy_takes_the_memory_that_it_is_said_to(
    values: dict[str, Any], measured: Measured
) -> None:
    """In a process of its own, as what others have freed would hide some of it."""
    malloc_as_it_is = {
        name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")
    }
    done = subprocess.run(
        [sys.executable, "-c", OBSPYS_MEMORY, json.dumps(values)],
        cwd=PROJECT,
        env={**malloc_as_it_is, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    taken, points = map(int, done.stdout.split())
    measured(f"{values}: {taken / points:.1f} bytes for each of {points:,} points")
    # A little less than what is taken: what is refused must not fit.
    assert 0.97 * _OBSPY_BYTES < taken / points < 1.2 * _OBSPY_BYTES


OBSPYS_MEMORY = """
import json, sys
from pathlib import Path
from obspy.signal.util import _npts2nfft
from tests.shared.response.test_removal import hour, parse, station
from shared.response.removal import _OBSPY_BYTES, remove_response

def kilobytes(name):
    text = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name))

values = json.loads(sys.argv[1])
remove_response(hour(), station(), parse(method="obspy"))  # imports all that it needs
stream = hour(3_456_000)
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = kilobytes("VmRSS")
remove_response(stream, station(), parse(method="obspy", **values))
print(1024 * (kilobytes("VmHWM") - before), _npts2nfft(3_456_000))
"""
