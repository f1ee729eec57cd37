"""Row 4: records at impossible times, or at times that their neighbours contradict."""

from tests.fuzz.damages import Damage
from tests.fuzz.header_damages import TIMES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined


@each(TIMES)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, TIMES, memory_s3).wrong == ()


@each(TIMES)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, TIMES, memory_s3).lost == ()
