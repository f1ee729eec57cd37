"""Tests of damaged days: cases of a table, those that fail today marked."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest

from tests.fuzz.damages import Damage
from tests.fuzz.examine import Findings, examine
from tests.fuzz.memory_s3 import MemoryS3


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


def examined(
    damage: Damage,
    damages: Iterable[Damage],
    hanging: Collection[str],
    s3: MemoryS3,
    is_afterwards: bool = False,
) -> Findings:
    """Return the findings about a damage; those of its table are examined in one child.

    Args:
        damage: the damage.
        damages: its table.
        hanging: names of those that take too long today.
        s3: the S3 that the child inherits.
        is_afterwards: whether a sound object takes the damaged one's place after each.
    """
    tried = tuple(other for other in damages if other.name not in hanging)
    return examine(tried, s3, is_afterwards=is_afterwards)[damage.name]
