"""Row 4 of docs/correctness.md: metadata that cannot be right are an error that names the stage."""

import pytest

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.functions.truth.test_contradicting_metadata import (
    NPTS,
    NSCL,
    TONES,
    ask,
    is_right,
    names_stage,
    put,
)
from tests.support import metadata_faults as faults
from tests.support.front_doors import Handler
from tests.support.metadata_faults import RATE, Edit

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

GAINS = [
    *((1, text) for text in ("", "n/a", "1,500", "0.0", "NaN")),
    *((2, text) for text in ("", "n/a", "0.0")),
    *((3, text) for text in ("", "0.0", "NaN")),
    *((4, text) for text in ("", "n/a", "0")),
]


@pytest.mark.parametrize("rated", [True, False])
def test_a_gain_that_is_no_number_or_zero(
    archive: S3Server, response_handler: Handler, rated: bool
) -> None:
    """Of a sensor without rates ObsPy leaves an empty gain out, as if it were 1."""
    answers = {}
    for number, text in GAINS:
        edit = faults.write(number, "StageGain/Value", text)
        if not rated:
            if number > 1:  # of these the sensor's rate makes no difference
                continue
            edit = faults.both(edit, faults.drop(1, "Decimation"))
        answer = ask(response_handler, archive, edit)
        if not (names_stage(answer.error, number) and "gain" in answer.error.lower()):
            answers[number, text] = answer.error or "no error"
    assert answers == {}


def test_a_stage_without_a_gain(archive: S3Server, response_handler: Handler) -> None:
    answers = {}
    for number in (1, 2, 3, 4):
        answer = ask(response_handler, archive, faults.drop(number, "StageGain"))
        # A stage that is a gain alone is then empty, as if its number were left out.
        texts = [answer.error, *(answer.warnings if number == 2 else [])]
        if not any(names_stage(text, number) for text in texts):
            answers[number] = texts
    assert answers == {}


def test_both_front_doors_refuse(archive: S3Server, door: Door) -> None:
    """Without a first stage ground motion would be hundreds of times too large."""
    answers = {}
    cases = {
        "gain of zero": (faults.write(2, "StageGain/Value", "0.0"), 2),
        "no first stage": (faults.drop_stage(1), 1),
        "a stage twice": (faults.renumber(1, 2, 2, 3), 2),
    }
    for name, (edit, number) in cases.items():
        put(archive, edit)
        answer = door(NSCL, NPTS / RATE)
        if not names_stage(answer.error, number):
            answers[name] = answer.error or "no error"
    assert answers == {}


REFUSED: dict[str, tuple[Edit, int, str]] = {
    "filter without Decimation": (faults.drop(4, "Decimation"), 4, "decimation"),
    "digitizer without Decimation": (faults.drop(3, "Decimation"), 3, "decimation"),
    "Decimation without Delay": (faults.drop(4, "Decimation/Delay"), 4, "delay"),
    "amperes into volts": (faults.write(1, "PolesZeros/OutputUnits/Name", "A"), 3, "V"),
    "volts into millivolts": (faults.write(3, "Coefficients/InputUnits/Name", "mV"), 3, "mV"),
    "counts into volts": (faults.write(4, "FIR/InputUnits/Name", "V"), 4, "COUNTS"),
    # ObsPy takes both for unknown, and so for the same.
    "amperes into milliamperes": (
        faults.both(
            faults.write(1, "PolesZeros/OutputUnits/Name", "A"),
            faults.write(3, "Coefficients/InputUnits/Name", "mA"),
        ),
        3,
        "mA",
    ),
    "digitizer that is a gain alone": (
        faults.both(faults.drop(3, "Coefficients"), faults.drop(3, "Decimation")),
        4,
        "COUNTS",
    ),
    "recursive filter after a gain alone": (
        faults.both(
            faults.digital_poles_and_zeros(decimation=False),
            faults.drop(3, "Coefficients"),
            faults.drop(3, "Decimation"),
        ),
        4,
        "",
    ),
}


def test_refusals_are_in_words(archive: S3Server, response_handler: Handler) -> None:
    """The stage and its fault: in the error, or in a warning beside the right answer."""
    answers = {}
    for name, (edit, number, fact) in REFUSED.items():
        answer = ask(response_handler, archive, edit)
        texts = [*answer.warnings, answer.error]
        named = [text for text in texts if names_stage(text, number)]
        in_words = not any("Illegal RESP format" in text for text in texts)
        if not (in_words and any(fact.lower() in text.lower() for text in named)):
            answers[name] = texts
    assert answers == {}


def test_a_recursive_filter_without_a_sampling_rate(
    archive: S3Server, response_handler: Handler
) -> None:
    """ObsPy takes 1 Hz for its rate where no stage names one, and is far off then."""
    rated = faults.both(
        faults.digital_poles_and_zeros(decimation=False),
        faults.drop_stage(3),
        faults.drop_stage(2),
        faults.write(1, "PolesZeros/OutputUnits/Name", "COUNTS"),
        faults.write(1, "StageGain/Value", "2.4e9"),
        faults.renumber(1, 2),
    )
    unrated = faults.both(rated, faults.drop(1, "Decimation"))
    for edit, rate in ((rated, 4 * RATE), (unrated, RATE)):
        answer = ask(response_handler, archive, edit)
        if answer.error:
            assert names_stage(answer.error, 2)
            assert "decimation" in answer.error.lower()
        else:
            assert is_right(answer, faults.recursive_gain(TONES.frequencies, rate))


COORDINATES = ("Latitude", "Longitude", "Elevation", "Depth")


@pytest.mark.parametrize("older", [False, True])
def test_an_epoch_without_coordinates(
    archive: S3Server, response_handler: Handler, older: bool
) -> None:
    """ObsPy drops it: an older epoch that was left open must not silently take its place."""
    edits = [faults.old_epoch()] if older else []
    for name in COORDINATES:
        answer = ask(response_handler, archive, faults.both(faults.without(name), *edits))
        texts = " ".join([*answer.warnings, answer.error]).lower()
        assert "coordinate" in texts or name.lower() in texts, texts
        assert answer.error or is_right(answer)


OLD_FAULTS = {
    "empty gain": faults.write(2, "StageGain/Value", ""),
    "gain of zero": faults.write(1, "StageGain/Value", "0.0"),
    "no first stage": faults.drop_stage(1),
    "no coordinates": faults.without("Depth", 1),
}


def test_the_faults_of_another_epoch_are_no_matter(
    archive: S3Server, response_handler: Handler
) -> None:
    """A fault of the epoch until 2020 keeps no day of 2024 from being corrected."""
    wrong = {}
    for name, fault in OLD_FAULTS.items():
        edit = faults.both(faults.old_epoch("2020-01-01T00:00:00"), fault)
        answer = ask(response_handler, archive, edit)
        if not is_right(answer):
            wrong[name] = answer.error
    assert wrong == {}
