"""Row 4 of docs/correctness.md: contradictions in metadata are warnings with both figures."""

from typing import Any

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support import metadata_faults as faults
from tests.support.front_doors import Answer, Handler, ask_day, put_counts
from tests.support.known_instruments import SEISMOMETER, channel, put_stationxml, stationxml
from tests.support.known_motion import Tones
from tests.support.messages import has_number, with_numbers
from tests.support.metadata_faults import RATE, SENSITIVITY, Edit

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

NSCL = "XX.TRUE.BHZ."
NPTS = 6_000
TONES = Tones(np.array([0.3, 1.2]))
SENSOR_POWER = (2 * np.pi) ** 2  # of two zeros at 1 Hz
# The seismometer's gain at 0.005 Hz, relative to that at 1 Hz.
AT_5_MHZ = abs(SEISMOMETER.shape([0.005])[0]) * SEISMOMETER.normalization


def put(archive: S3Server, edit: Edit, rate: float = RATE) -> None:
    tree = stationxml(NSCL, channel(NSCL, faults.four_stages(), RATE))
    edit(tree)
    put_stationxml(archive, NSCL, tree)
    put_counts(archive, NSCL, TONES.record(NPTS, rate), rate)


def ask(handler: Handler, archive: S3Server, edit: Edit, **parameters: Any) -> Answer:
    put(archive, edit)
    band = {"pre_filt": [0.05, 0.1, 1.8, 2.2], "water_level": None}
    return ask_day(handler, archive, NSCL, **{**band, **parameters})


def is_right(answer: Answer, gain: Any = 1.0) -> bool:
    """Whether the sines are right, where the instrument's true gain is so many times larger."""
    if answer.error:
        return False
    counts_per = SEISMOMETER.counts_per("VEL", TONES.frequencies) * faults.AMPLIFIER_GAIN * gain
    part = answer.samples[NPTS // 4 : -NPTS // 4]
    return bool(TONES.errors(part, NPTS // 4 / RATE, RATE, counts_per).max() < 0.01)


def names_stage(message: str, number: int) -> bool:
    return "stage" in message.lower() and has_number(message, number, 0)


def nothing(_: Any) -> None:
    pass


SENSITIVITIES = {
    "sensitivity half as large again": (
        faults.scale("InstrumentSensitivity/Value", 1.5),
        (SENSITIVITY, 1.5 * SENSITIVITY),
    ),
    "sensitivity 3% too large": (
        faults.scale("InstrumentSensitivity/Value", 1.03),
        (SENSITIVITY, 1.03 * SENSITIVITY),
    ),
    "sensitivity at another frequency": (
        faults.scale("InstrumentSensitivity/Frequency", 0.005),
        (SENSITIVITY * AT_5_MHZ, SENSITIVITY),
    ),
    "a digit lost in the sensor's gain": (
        faults.write(1, "StageGain/Value", "150.0"),
        (SENSITIVITY / 10, SENSITIVITY),
    ),
    "normalization twice as large": (
        faults.scale("Stage/PolesZeros/NormalizationFactor", 2.0),
        (2 * SENSITIVITY, SENSITIVITY),
    ),
    "poles lost": (
        faults.drop(1, "PolesZeros/Pole"),
        (SENSITIVITY * SEISMOMETER.normalization * SENSOR_POWER, SENSITIVITY),
    ),
}


@pytest.mark.parametrize("method", ["fast", "obspy"])
def test_the_stages_gain_against_the_sensitivity(
    archive: S3Server, response_handler: Handler, method: str
) -> None:
    silent = {}
    for name, (edit, figures) in SENSITIVITIES.items():
        answer = ask(response_handler, archive, edit, method=method)
        assert answer.error == ""
        if not with_numbers(answer.warnings, *figures, tolerance=0.005):
            silent[name] = answer.warnings
    # The figures are those of the input's unit, whatever is asked for.
    edit, figures = SENSITIVITIES["a digit lost in the sensor's gain"]
    for output in ("DISP", "ACC", "DEF"):
        answer = ask(response_handler, archive, edit, output=output, method=method)
        if not with_numbers(answer.warnings, *figures, tolerance=0.005):
            silent[output] = answer.warnings
    assert silent == {}


CONSISTENT = {
    "as they are": nothing,
    "1.5% of rounding": faults.scale("InstrumentSensitivity/Value", 1.015),
    "another name of volts": faults.write(1, "PolesZeros/OutputUnits/Name", "VOLTS"),
    "a sensor without rates": faults.drop(1, "Decimation"),
    "no last filter": faults.both(
        faults.drop_stage(4),
        faults.drop(1, "Decimation"),
        faults.write(3, "Decimation/InputSampleRate", "5.0"),
    ),
}


def test_consistent_metadata_give_no_warning(archive: S3Server, response_handler: Handler) -> None:
    for name, edit in CONSISTENT.items():
        answer = ask(response_handler, archive, edit)
        assert is_right(answer), name
        assert answer.warnings == [], name


def test_another_prefix_is_no_contradiction(archive: S3Server, response_handler: Handler) -> None:
    for units, factor in (("nm/s", 1e-9), ("MM/S", 1e-3)):
        edit = faults.both(
            faults.write(1, "PolesZeros/InputUnits/Name", units),
            faults.write(1, "StageGain/Value", repr(1500.0 * factor)),
            faults.scale("InstrumentSensitivity/Value", factor),
            faults.write_overall("InstrumentSensitivity/InputUnits/Name", units),
        )
        answer = ask(response_handler, archive, edit)
        assert is_right(answer), units
        assert answer.warnings == [], units


RATES = [
    (nothing, 6.25, (5.0, 6.25)),
    (faults.write(4, "Decimation/Factor", "5"), 5.0, (4.0, 5.0)),
    (faults.write(4, "Decimation/InputSampleRate", "40.0"), 5.0, (10.0, 5.0)),
]


def test_both_front_doors_tell_of_gains_and_rates(archive: S3Server, door: Door) -> None:
    """The rate in which the stages end, against that of the data."""
    lost, gains = SENSITIVITIES["poles lost"]
    for edit, rate, figures in [(lost, RATE, gains), *RATES]:
        put(archive, edit, rate)
        answer = door(NSCL, NPTS / rate, pre_filt=[0.05, 0.1, 1.5, 1.9])
        assert answer.error == ""
        assert with_numbers(answer.warnings, *figures, tolerance=0.001), answer.warnings


def test_the_rate_that_one_stage_ends_and_the_next_begins_in(
    archive: S3Server, response_handler: Handler
) -> None:
    """Both rates, 20 and 24 Hz, and so 6 Hz at the end."""
    edit = faults.write(4, "Decimation/InputSampleRate", "24.0")
    answer = ask(response_handler, archive, edit)
    assert [text for text in answer.warnings if names_stage(text, 4)], answer.warnings
    assert with_numbers(answer.warnings, 6.0, 5.0, tolerance=0.001), answer.warnings


NUMBERS: dict[str, tuple[Edit, tuple[int, ...]]] = {
    "unsorted": (faults.reorder(1, 3, 4, 2), (1, 2, 3, 4)),
    "reversed": (faults.reorder(4, 3, 2, 1), (1, 2, 3, 4)),
    "no 3": (faults.renumber(1, 2, 4, 5), (3,)),
    "2 lost": (faults.drop_stage(2), (2,)),
    "from 0": (faults.renumber(0, 1, 2, 3), (0,)),
}


def test_the_order_and_the_numbers_of_the_stages(
    archive: S3Server, response_handler: Handler
) -> None:
    """The numbers as they are, or the one that is missing, in a warning or an error."""
    silent = {}
    for name, (edit, numbers) in NUMBERS.items():
        answer = ask(response_handler, archive, edit)
        texts = [*answer.warnings, answer.error]
        if not any(all(names_stage(text, number) for number in numbers) for text in texts):
            silent[name] = texts
    assert silent == {}


def test_stages_in_another_order_or_with_other_numbers_are_all_there(
    archive: S3Server, response_handler: Handler
) -> None:
    for name in ("unsorted", "no 3"):
        assert is_right(ask(response_handler, archive, NUMBERS[name][0])), name
