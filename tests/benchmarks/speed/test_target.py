"""The speed table: whether a target is met, and the row's texts."""

import pytest

from benchmarks.speed.target import Row, result_table


@pytest.mark.parametrize(
    ("figures", "limits", "at_least", "is_met"),
    [
        ((1.5,), (1.5,), False, True),
        ((1.6,), (1.5,), False, False),
        ((27.9,), (28,), True, False),
        ((28.0,), (28,), True, True),
        ((1.0, 2.0), (2, 1), False, False),
        ((2.0, 1.0), (2, 1), False, True),
        ((), (1,), False, False),
    ],
)
def test_a_target_is_met_by_all_figures(
    figures: tuple[float, ...], limits: tuple[float, ...], at_least: bool, is_met: bool
) -> None:
    row = Row("a", "b", figures, limits, at_least=at_least)
    assert row.is_met is is_met
    assert Row("a", "b", figures, limits, at_least=at_least, extra=False).is_met is False


def test_the_table_names_both_sides() -> None:
    rows = [
        Row("day", "ObsPy / ours", (28.123,), (28,), at_least=True, detail="12.3 / 0.44 s"),
        Row("memory", "peak", (388.4,), (300,), "MB"),
        Row("first call", "first / next", (), (1.5,)),
    ]
    assert result_table(rows).splitlines()[2:] == [
        "| day | ObsPy / ours | 28.1 (12.3 / 0.44 s) | at least 28 | yes |",
        "| memory | peak | 388 MB | at most 300 MB | no |",
        "| first call | first / next | not measured | at most 1.5 | no |",
    ]
