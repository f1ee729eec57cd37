"""Rows 4 and 5: impossible rates cost their records, no memory, and no later answer."""

from tests.fuzz.damages import Damage
from tests.fuzz.header_damages import SAMPLING_RATES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined


@each(SAMPLING_RATES)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, SAMPLING_RATES, memory_s3, is_afterwards=True).wrong == ()


@each(SAMPLING_RATES)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, SAMPLING_RATES, memory_s3, is_afterwards=True).lost == ()
