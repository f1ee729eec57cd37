"""Errors around gaps with offsets, on real days."""

from dataclasses import replace

import pytest

from benchmarks.real_data import Channel
from benchmarks.response.offset_gaps import OFFSETS, Situation, offset_table


@pytest.mark.real_data
def test_offsets_make_no_gap_worse_than_a_split(wbm: Channel) -> None:
    """Row 14 of docs/correctness.md."""
    day = replace(wbm, days=wbm.days[:1])
    for pre_filt in ("auto", None):
        errors = Situation(day, pre_filt).errors(60.0)
        assert list(errors.default) == list(OFFSETS)
        assert max(errors.default.values()) < 0.5 * errors.split
        assert errors.done[0.0] == ["bridged"] * 2
        assert errors.done[20_000.0] == ["offset removed"] * 2
        assert errors.default[20_000.0] == pytest.approx(errors.default[500.0], rel=1e-6)


@pytest.mark.real_data
def test_the_table_has_a_row_for_each_offset(wbm: Channel) -> None:
    day = replace(wbm, days=wbm.days[:1])
    head, line, split, *rows = offset_table([Situation(day, None, 30.0)], [60.0]).splitlines()
    assert head == "| offset, counts | 60 s |"
    assert line.count("---") == 2
    assert split.startswith("| split, any | 0.")
    assert [row.split(" | ")[0] for row in rows[: len(OFFSETS)]] == [
        f"| {offset:,.0f}" for offset in OFFSETS
    ]
    assert float(rows[-1].split()[5]) < 1.05
