"""Row 4 of docs/correctness.md: faults and contradictions of a response, each in words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from obspy import Stream, UTCDateTime
from obspy.core.inventory import PolynomialResponseStage, Response, ResponseStage

from shared.errors import NoResponseError
from shared.response.epochs import find_response
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from tests.support.builders import make_trace
from tests.support.front_doors import remove
from tests.support.known_instruments import SEISMOMETER, channel, inventory
from tests.support.metadata_faults import RATE, four_stages

Edit = Callable[[Response], None]
COUNTS = np.arange(600.0)


def stage(number: int, **members: Any) -> Edit:
    """Other members of a stage."""

    def edit(response: Response) -> None:
        for name, value in members.items():
            setattr(response.response_stages[number - 1], name, value)

    return edit


def overall(**members: Any) -> Edit:
    """Other members of the sensitivity."""

    def edit(response: Response) -> None:
        for name, value in members.items():
            setattr(response.instrument_sensitivity, name, value)

    return edit


def unknown_units(response: Response) -> None:
    stage(3, output_units="A")(response)
    stage(4, input_units="mA")(response)


def acceleration(response: Response) -> None:
    stage(1, input_units="M/S**2")(response)


def inverted(response: Response) -> None:
    """Two signs, in the sensor's gain and in the sensitivity, that agree."""
    stage(1, stage_gain=-1500.0)(response)
    overall(value=-response.instrument_sensitivity.value)(response)


def nothing(_: Response) -> None:
    pass


WARNINGS: dict[str, tuple[Edit, str]] = {
    "sensitivity of 0": (overall(value=0.0), "InstrumentSensitivity is 0 at 1 Hz: not used"),
    "sensitivity at 0 Hz": (overall(frequency=0.0), "at 0 Hz: not used"),
    "sensitivity at no frequency": (
        overall(frequency=None),
        "is 2.4e+09 at no frequency: not used",
    ),
    "sensitivity to another unit": (
        acceleration,
        "stage 1 takes M/S**2, but InstrumentSensitivity takes M/S",
    ),
    "sensitivity in another unit": (
        overall(output_units="V"),
        "stage 4 gives COUNTS, but InstrumentSensitivity gives V",
    ),
    "a sign of the gain": (
        stage(2, stage_gain=-4.0),
        "at 1 Hz is -2.4e+09 COUNTS per M/S, but InstrumentSensitivity is 2.4e+09",
    ),
    "a sign of the normalization": (
        stage(1, normalization_factor=-SEISMOMETER.normalization),
        "at 1 Hz is -2.4e+09 COUNTS per M/S, but InstrumentSensitivity is 2.4e+09",
    ),
    "a far number": (
        stage(4, stage_sequence_number=400),
        "stage 4 to 399 is missing in the StationXML, which has the stages 1, 2, 3, 400",
    ),
    "sensitivity beyond Nyquist": (overall(frequency=40.0, value=1e9), "at 40 Hz is 2.4e+09"),
    "coefficients": (stage(4, coefficients=[0.5, 0.6]), "of stage 4 sum to 1.1: scaled to a sum"),
    "unstable": (stage(1, poles=[0.1 + 1j, 0.1 - 1j]), "stage 1 has a pole with a positive real"),
    "units that ObsPy does not know": (unknown_units, "stage 4 takes mA, but stage 3 gives A"),
}


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("name", WARNINGS)
def test_a_contradiction_is_a_warning(name: str, method: str) -> None:
    edit, words = WARNINGS[name]
    response = four_stages()
    edit(response)
    answer = remove(response, COUNTS, RATE, pre_filt=[0.1, 0.2, 1.0, 2.0], method=method)
    assert answer.error == ""
    assert [text for text in answer.warnings if words in text], answer.warnings
    assert all(text.startswith("XX.TRUE..HHZ: ") for text in answer.warnings)


CONSISTENT: dict[str, Edit] = {
    "as it is": nothing,
    "sensitivity beyond Nyquist": overall(frequency=40.0),
    "no sensitivity": lambda response: setattr(response, "instrument_sensitivity", None),
    "symmetric coefficients": stage(4, symmetry="ODD", coefficients=[0.01, 0.98]),
    "negative gain": inverted,
    "negative normalization at another frequency": lambda response: stage(
        1, stage_gain_frequency=2.0, normalization_factor=-SEISMOMETER.normalization
    )(response),
    "another spelling of the sensitivity's unit": overall(input_units="m/sec"),
    "an unknown name of counts": lambda response: (
        stage(4, output_units="DIGITS")(response),
        overall(output_units="digits")(response),
    ),
    "spelling of a unit": stage(3, input_units="Volts"),
}


@pytest.mark.parametrize("name", CONSISTENT)
def test_ordinary_metadata_give_no_warning(name: str) -> None:
    response = four_stages()
    CONSISTENT[name](response)
    answer = remove(response, COUNTS, RATE, pre_filt=[0.1, 0.2, 1.0, 2.0])
    assert (answer.error, answer.warnings) == ("", [])


ERRORS: dict[str, tuple[Edit, str]] = {
    "infinite gain": (stage(3, stage_gain=np.inf), "the gain of stage 3 is inf"),
    "gain at 0 Hz": (stage(1, stage_gain_frequency=0.0), "the gain of stage 1 is stated at 0 Hz"),
    "gain at no frequency": (stage(2, stage_gain_frequency=None), "gain of stage 2 has no freq"),
    "normalization of 0": (
        stage(1, normalization_factor=0.0),
        "the normalization factor of stage 1 is 0",
    ),
    "sum of 0": (stage(4, coefficients=[1.0, -1.0]), "the coefficients of stage 4 sum to 0"),
    "negative number": (stage(2, stage_sequence_number=-1), "stage -1: the first stage must have"),
    "no symmetry": (stage(4, _symmetry="FOO"), "stage 4: evalresp refuses it"),
}


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("name", ERRORS)
def test_a_fault_is_an_error(name: str, method: str) -> None:
    edit, words = ERRORS[name]
    response = four_stages()
    edit(response)
    answer = remove(response, COUNTS, RATE, method=method)
    assert words in answer.error
    assert answer.error.startswith("XX.TRUE..HHZ at 2024-01-01")


def test_a_curved_polynomial_behind_a_filter_is_an_error() -> None:
    """evalresp takes a straight one for a gain."""
    response = SEISMOMETER.response(RATE)
    bounds = [0.0, 1.0, -1.0, 1.0, 0.0]
    curve = PolynomialResponseStage(2, None, None, "V", "V", *bounds, coefficients=[0.0, 1.0, 2.0])
    digitizer = response.response_stages[1]
    digitizer.stage_sequence_number = 3
    response.response_stages[1:] = [curve, digitizer]
    assert "stage 2" in remove(response, COUNTS, RATE).error
    curve.coefficients = [0.0, 1.0]
    assert remove(response, COUNTS, RATE).error == ""


def test_the_same_finding_of_many_segments_is_one_warning() -> None:
    response = four_stages()
    overall(value=1.0)(response)
    metadata = inventory("XX.TRUE.HHZ.", channel("XX.TRUE.HHZ.", response, RATE))
    times = [f"2024-01-01T{hour:02}:00:00" for hour in range(3)]
    stream = Stream([make_trace("XX.TRUE.HHZ.", time, COUNTS, RATE) for time in times])
    report = remove_channel_response(stream, metadata, RemovalParameters(gaps="split"))
    assert len(report.warnings) == 1
    assert "InstrumentSensitivity is 1" in report.warnings[0]


def test_an_epoch_without_a_response_gives_way_with_a_warning() -> None:
    nscl = "XX.TRUE.HHZ."
    old = channel(nscl, SEISMOMETER.response(RATE), RATE)
    new = channel(nscl, SEISMOMETER.response(RATE), RATE, start_date=UTCDateTime(2020, 1, 1))
    new.response = None
    trace = make_trace(nscl, "2024-01-01", COUNTS, RATE)
    with pytest.warns(UserWarning, match="the epoch 2020-01-01.* has no response, took another"):
        find_response(trace, inventory(nscl, old, new), "VEL")


def test_a_mass_position_described_as_motion_is_a_warning() -> None:
    nscl = "XX.TRUE.VMZ."
    metadata = inventory(nscl, channel(nscl, SEISMOMETER.response(RATE), RATE))
    trace = make_trace(nscl, "2024-01-01", COUNTS, RATE)
    with pytest.warns(UserWarning, match="VMZ is a mass position by its code, but .* response to"):
        find_response(trace, metadata, "VEL")
    volts = Response(response_stages=[ResponseStage(1, 10.0, 1.0, "V", "COUNTS")])
    metadata = inventory(nscl, channel(nscl, volts, RATE))
    with pytest.raises(NoResponseError, match="a response to V cannot give output 'VEL'"):
        find_response(trace, metadata, "VEL")
