"""Tests of damaged days: the cases of a table, examined in one child."""

from collections.abc import Sequence

import pytest

from tests.fuzz.damages import Damage
from tests.fuzz.examine import Findings, examine
from tests.fuzz.memory_s3 import MemoryS3


def each(damages: Sequence[Damage]) -> pytest.MarkDecorator:
    """Run a test with each damage."""
    return pytest.mark.parametrize("damage", damages, ids=[damage.name for damage in damages])


def examined(
    damage: Damage, damages: Sequence[Damage], s3: MemoryS3, is_afterwards: bool = False
) -> Findings:
    """Return the findings about a damage; those of its table are examined in one child.

    Args:
        damage: the damage.
        damages: its table.
        s3: the S3 that the child inherits.
        is_afterwards: whether a sound object takes the damaged one's place after each.
    """
    return examine(tuple(damages), s3, is_afterwards=is_afterwards)[damage.name]
