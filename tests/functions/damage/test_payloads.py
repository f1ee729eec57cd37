"""Row 1: no sample from beyond a record, or by a wrong encoding, count or check."""

from tests.fuzz.damages import PAYLOADS, Damage
from tests.fuzz.examine import Findings
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.damaged_days import each, examined

WRONG_TODAY: set[str] = {
    "65,535 samples of INT32 in an object of one record",
    "65,535 samples of INT32, last",
    "65,535 samples of INT32, middle",
    "a bit of a difference",
    "a bit of the first sample",
    "blockettes at byte 65,000, all",
    "blockettes at byte 65,000, first",
    "encoding 1 (INT16), middle",
    "encoding 3 (INT32), all",
    "encoding 3 (INT32), first",
    "encoding 3 (INT32), last",
    "encoding 3 (INT32), middle",
    "encoding 4 (FLOAT32), all",
    "encoding 4 (FLOAT32), middle",
    "encoding 5 (FLOAT64), all",
    "encoding 5 (FLOAT64), first",
    "encoding 5 (FLOAT64), last",
    "encoding 5 (FLOAT64), middle",
}
LOST_TODAY: set[str] = {
    "65,535 samples of INT32 in an object of one record",
    "65,535 samples of INT32, last",
    "65,535 samples of INT32, middle",
    "a bit of a difference",
    "a bit of the first sample",
    "a bit of the last sample",
    "encoding 0 (text), middle",
    "encoding 1 (INT16), middle",
    "encoding 3 (INT32), all",
    "encoding 3 (INT32), first",
    "encoding 3 (INT32), last",
    "encoding 3 (INT32), middle",
    "encoding 4 (FLOAT32), middle",
    "encoding 5 (FLOAT64), all",
    "encoding 5 (FLOAT64), first",
    "encoding 5 (FLOAT64), middle",
    "no samples, middle",
    "one sample less, middle",
    "record length of 1 MiB, first",
    "record length of 1 MiB, middle",
    "record length of 1,024 bytes, middle",
}
HANGING_TODAY: set[str] = set()


def findings(damage: Damage, s3: MemoryS3) -> Findings:
    return examined(damage, PAYLOADS, HANGING_TODAY, s3)


@each(PAYLOADS, WRONG_TODAY, HANGING_TODAY)
def test_nothing_wrong_is_delivered(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).wrong == ()


@each(PAYLOADS, LOST_TODAY, HANGING_TODAY)
def test_sound_samples_remain_and_damage_is_named(damage: Damage, memory_s3: MemoryS3) -> None:
    assert findings(damage, memory_s3).lost == ()
