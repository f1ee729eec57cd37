"""Row 4: records at impossible times, or at times that their neighbours contradict."""

from tests.fuzz.damages import Damage
from tests.fuzz.examine import Findings
from tests.fuzz.header_damages import TIMES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined

WRONG_TODAY: set[str] = set()
LOST_TODAY: set[str] = set()
HANGING_TODAY: set[str] = set()


def findings(damage: Damage, s3: MemoryS3) -> Findings:
    return examined(damage, TIMES, HANGING_TODAY, s3)


@each(TIMES, WRONG_TODAY, HANGING_TODAY)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).wrong == ()


@each(TIMES, LOST_TODAY, HANGING_TODAY)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).lost == ()
