"""Each damage that has a name costs its own records, whatever reads them; no child is needed.

`tests/functions/damage` asks the functions about the same objects.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from shared.archive.archive import DayObject
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.read_day import read_day
from tests.fuzz import judge
from tests.fuzz.ask import Question
from tests.fuzz.damages import ANY, FLOATS, GAP, HARMLESS, PAYLOADS, RECORDS, REFUSED, Damage
from tests.fuzz.examine import put_and_ask
from tests.fuzz.header_damages import ARCHIVES, NAMES, SAMPLING_RATES, TIMES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.compared_days import DAY_OBJECT
from tests.support.timed_samples import from_traces

ALL = (*PAYLOADS, *RECORDS, *TIMES, *SAMPLING_RATES, *NAMES, *ARCHIVES)


@pytest.fixture(scope="module")
def memory_s3() -> Iterator[MemoryS3]:
    with MemoryS3().serving() as s3:
        yield s3


@pytest.fixture(autouse=True)
def _no_user_credentials(memory_s3: MemoryS3) -> None:
    """Keep the environment of `memory_s3`, and its clients, instead of new ones for each test."""


def those(*outcomes: str) -> list[Any]:
    return [pytest.param(damage, id=damage.name) for damage in ALL if damage.outcome in outcomes]


def read(damage: Damage) -> DayWaveform:
    assert isinstance(DAY_OBJECT, DayObject)
    return read_day(DAY_OBJECT, damage.content)


def lost(damage: Damage, waveform: DayWaveform) -> set[int]:
    """Return the records of the undamaged day that lack samples; assert that others are true."""
    samples = from_traces(waveform.stream)
    true = damage.day.lookup(samples.times_ns)
    np.testing.assert_array_equal(samples.values, true)
    there = np.unique(samples.times_ns)
    missing = set()
    for number, header in enumerate(damage.day.headers):
        last = header.time_ns + (header.npts - 1) * 1e9 / damage.day.rate
        half = 0.5e9 / damage.day.rate
        count = np.count_nonzero((there > header.time_ns - half) & (there < last + half))
        if count < header.npts:  # of a record with a NaN, the NaN alone is missing
            missing.add(number)
    return missing


@pytest.mark.parametrize("damage", those(GAP))
def test_the_damaged_records_are_missing(damage: Damage) -> None:
    waveform = read(damage)
    assert lost(damage, waveform) <= set(damage.records)
    assert waveform.warnings
    inner = set(damage.records) - {0, damage.day.count - 1}
    for number in inner & lost(damage, waveform):
        start, end = damage.day.span(number)
        dt = 1 / damage.day.rate
        spans = [(span.starttime - dt, span.endtime + dt) for span in waveform.empty]
        inside = [first <= start and end <= last for first, last in spans]
        part = [first <= end and start <= last for first, last in spans]
        assert any(part if damage.day is FLOATS else inside)


@pytest.mark.parametrize("damage", [one for one in those(GAP) if "middle" in one.id])
@pytest.mark.parametrize("seconds", [(0.0, 230.0), (31.0, 44.0)])
def test_a_window_misses_the_same_records(
    damage: Damage, seconds: tuple[float, float], memory_s3: MemoryS3
) -> None:
    question = Question("window", seconds=seconds)
    answer = put_and_ask(question, damage.content, memory_s3)
    assert judge.faults(answer, damage.day, question) == []
    if not seconds[0]:
        assert judge.lost(answer, damage.day, question, damage.records) == []


@pytest.mark.parametrize("damage", those(HARMLESS))
def test_nothing_is_missing(damage: Damage) -> None:
    assert lost(damage, read(damage)) == set()


@pytest.mark.parametrize("damage", those(REFUSED))
def test_an_object_without_sound_records_is_refused(damage: Damage) -> None:
    with pytest.raises((UnreadableObjectError, NoWaveformError), match=str(DAY_OBJECT.uri)):
        read(damage)


@pytest.mark.parametrize("damage", those(ANY))
def test_nothing_is_wrong(damage: Damage) -> None:
    try:
        waveform = read(damage)
    except (UnreadableObjectError, NoWaveformError):
        return
    lost(damage, waveform)
