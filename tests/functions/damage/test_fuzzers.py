"""Some seconds of each fuzzer, and the cases at which it found faults."""

from collections import Counter
from types import ModuleType
from typing import Any

import pytest

from tests.fuzz import campaign, events, fdsnws, found, records, stationxml
from tests.fuzz.children import call
from tests.fuzz.memory_s3 import MemoryS3

CAMPAIGNS = [
    pytest.param(records, 25, id="records"),
    pytest.param(stationxml, 25, id="stationxml"),
    pytest.param(events, 40, id="events"),
    pytest.param(fdsnws, 60, id="fdsnws"),
]


@pytest.mark.parametrize(("fuzzer", "cases"), CAMPAIGNS)
def test_no_case_has_a_fault(fuzzer: ModuleType, cases: int, memory_s3: MemoryS3) -> None:
    faults = [fault for *_, fault in campaign.run(fuzzer, 2024, range(cases), memory_s3)]
    assert Counter(fault.kind for fault in faults) == Counter()


@pytest.mark.parametrize(("fuzzer", "case"), found.CASES)
def test_a_case_that_had_a_fault(fuzzer: ModuleType, case: Any, memory_s3: MemoryS3) -> None:
    ended = call(lambda: fuzzer.run(case, memory_s3), campaign.LIMITS)
    assert ended.fault == ""
    assert ended.value == []
