"""Row 4: records at impossible times, or at times that their neighbours contradict."""

from tests.fuzz.damages import Damage
from tests.fuzz.examine import Findings
from tests.fuzz.header_damages import TIMES
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined

WRONG_TODAY: set[str] = {
    "a second later, middle",
    "day 2, middle",
    "hour 12, middle",
}
LOST_TODAY: set[str] = {
    "a second later, middle",
    "day 0, middle",
    "day 2, middle",
    "day 700, middle",
    "hour 12, middle",
    "year 0, middle",
    "year 1,700, middle",
    "year 14,747, middle",
    "year 2,019, middle",
    "year 2,150, middle",
}
HANGING_TODAY: set[str] = set()


def findings(damage: Damage, s3: MemoryS3) -> Findings:
    return examined(damage, TIMES, HANGING_TODAY, s3)


@each(TIMES, WRONG_TODAY, HANGING_TODAY)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).wrong == ()


@each(TIMES, LOST_TODAY, HANGING_TODAY)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).lost == ()
