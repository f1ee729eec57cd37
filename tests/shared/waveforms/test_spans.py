"""Time spans that are read together."""

import pytest
from obspy import UTCDateTime

from shared.waveforms.spans import is_whole_simpler, merge_nearby

START = UTCDateTime("2024-01-01T00:00:00")


def test_spans_close_to_one_another_are_merged() -> None:
    far = START + 10_000
    given = [(far, far + 10), (START + 5, START + 7), (START, START + 20)]
    assert merge_nearby(given) == [(START, START + 20), (far, far + 10)]
    assert merge_nearby([(START, START + 20), (START + 620, START + 630)]) == [(START, START + 630)]
    assert len(merge_nearby([(START, START + 20), (START + 620.01, START + 630)])) == 2
    assert merge_nearby([]) == []


@pytest.mark.parametrize(
    ("parts", "step_s", "length_s", "expected"),
    [
        (1, 0, 43_200, False),
        (1, 0, 43_201, True),
        (2, 40_000, 21_000, False),
        (2, 40_000, 21_001, True),
        (36, 2_400, 1, False),
        (37, 2_300, 1, True),
    ],
)
def test_many_parts_of_a_day_are_read_whole(
    parts: int, step_s: int, length_s: int, expected: bool
) -> None:
    starts = [START + number * step_s for number in range(parts)]
    assert is_whole_simpler([(start, start + length_s) for start in starts]) is expected
