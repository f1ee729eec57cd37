"""Tests of damaged days: cases of a table, those that fail today marked."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest

from tests.fuzz.damages import Damage


def each(
    damages: Iterable[Damage], failing: Collection[str], hanging: Collection[str] = ()
) -> pytest.MarkDecorator:
    """Run a test with each damage.

    Args:
        damages: the damages.
        failing: names of those at which the test fails today.
        hanging: names of those that are not tried, as they take too long today.
    """
    unknown = {*failing, *hanging} - {damage.name for damage in damages}
    assert not unknown, f"no such damages: {unknown}"
    return pytest.mark.parametrize(
        "damage",
        [_case(damage, damage.name in failing, damage.name in hanging) for damage in damages],
    )


def _case(damage: Damage, fails: bool, hangs: bool) -> Any:
    marks = []
    if fails or hangs:
        marks = [pytest.mark.xfail(reason="not mended yet", strict=True, run=not hangs)]
    return pytest.param(damage, id=damage.name, marks=marks)
