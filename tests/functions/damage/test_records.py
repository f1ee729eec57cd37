"""Row 2: a damaged record is a gap that the reply names; all others are there."""

from tests.fuzz import damages
from tests.fuzz.damages import Damage
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined


@each(damages.RECORDS)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, damages.RECORDS, memory_s3).wrong == ()


@each(damages.RECORDS)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, damages.RECORDS, memory_s3).lost == ()
