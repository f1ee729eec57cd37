"""Rows 4 and 5: impossible rates cost their records, no memory, and no later answer."""

from tests.fuzz.damages import Damage
from tests.fuzz.examine import Findings
from tests.fuzz.header_damages import SAMPLING_RATES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined

WRONG_TODAY: set[str] = {
    "a multiplier of -32,768, middle",
    "a multiplier of 0, all",
    "a multiplier of 0, middle",
    "a multiplier of 32,767, first",
    "a multiplier of 32,767, last",
    "a multiplier of 32,767, middle",
    "a rate of 0 Hz in blockette 100, all",
    "a rate of 0 Hz in blockette 100, first",
    "a rate of 0 Hz in blockette 100, last",
    "a rate of 0 Hz in blockette 100, middle",
    "a rate of 0 Hz, all",
    "a rate of 0 Hz, first",
    "a rate of 0 Hz, last",
    "a rate of 0 Hz, middle",
    "a rate of 1/40 Hz, middle",
    "a rate of 1e-30 Hz in blockette 100, all",
    "a rate of 1e-30 Hz in blockette 100, first",
    "a rate of 1e-30 Hz in blockette 100, last",
    "a rate of 1e-30 Hz in blockette 100, middle",
    "a rate of 32,767 Hz, all",
    "a rate of 32,767 Hz, first",
    "a rate of 32,767 Hz, last",
    "a rate of 32,767 Hz, middle",
    "a rate of 41 Hz, middle",
    "a rate of 80 Hz in blockette 100, middle",
    "a rate of NaN Hz in blockette 100, all",
    "a rate of NaN Hz in blockette 100, first",
    "a rate of infinity Hz in blockette 100, all",
    "a rate of infinity Hz in blockette 100, first",
    "a rate of infinity Hz in blockette 100, last",
    "a rate of minus infinity Hz in blockette 100, all",
    "a rate of minus infinity Hz in blockette 100, first",
    "a rate of minus infinity Hz in blockette 100, last",
    "a rate of minus infinity Hz in blockette 100, middle",
}
LOST_TODAY: set[str] = {
    "a multiplier of -32,768, middle",
    "a multiplier of 32,767, middle",
    "a rate of 0 Hz in blockette 100, last",
    "a rate of 0 Hz in blockette 100, middle",
    "a rate of 0 Hz, middle",
    "a rate of 1/40 Hz, middle",
    "a rate of 1e-30 Hz in blockette 100, middle",
    "a rate of 32,767 Hz, all",
    "a rate of 32,767 Hz, middle",
    "a rate of 41 Hz, middle",
    "a rate of infinity Hz in blockette 100, last",
    "a rate of infinity Hz in blockette 100, middle",
    "a rate of minus infinity Hz in blockette 100, middle",
}
HANGING_TODAY: set[str] = {
    "a rate of -40 Hz in blockette 100, first",
    "a rate of -40 Hz in blockette 100, middle",
    "a rate of -40 Hz in blockette 100, last",
    "a rate of -40 Hz in blockette 100, all",
    "a rate of 1e30 Hz in blockette 100, first",
    "a rate of 1e30 Hz in blockette 100, middle",
    "a rate of 1e30 Hz in blockette 100, last",
    "a rate of 1e30 Hz in blockette 100, all",
}


def findings(damage: Damage, s3: MemoryS3) -> Findings:
    return examined(damage, SAMPLING_RATES, HANGING_TODAY, s3, is_afterwards=True)


@each(SAMPLING_RATES, WRONG_TODAY, HANGING_TODAY)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).wrong == ()


@each(SAMPLING_RATES, LOST_TODAY, HANGING_TODAY)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).lost == ()
