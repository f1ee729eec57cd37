"""Row 3: archives are not unpacked."""

from tests.fuzz.damages import Damage
from tests.fuzz.header_damages import ARCHIVES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined


@each(ARCHIVES)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, ARCHIVES, memory_s3).wrong == ()


@each(ARCHIVES)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, ARCHIVES, memory_s3).lost == ()
