"""Row 1: no sample from beyond a record, or by a wrong encoding, count or check."""

from tests.fuzz.damages import PAYLOADS, Damage
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined


@each(PAYLOADS)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, PAYLOADS, memory_s3).wrong == ()


@each(PAYLOADS)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert examined(damage, PAYLOADS, memory_s3).lost == ()
