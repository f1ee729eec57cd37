"""Row 4: objects that are no records, or of no known channel, are one error each."""

from tests.fuzz.damages import Damage
from tests.fuzz.header_damages import NAMES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined


@each(NAMES)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, NAMES, memory_s3).wrong == ()


@each(NAMES)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, NAMES, memory_s3).lost == ()
