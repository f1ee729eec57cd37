"""An S3 in memory, which forked children inherit."""

from collections.abc import Iterator

import pytest

from tests.fuzz import examine
from tests.fuzz.memory_s3 import MemoryS3


@pytest.fixture(scope="module")
def memory_s3() -> Iterator[MemoryS3]:
    """An S3 in memory, with all that undamaged days import and keep."""
    with MemoryS3().serving() as s3:
        examine.warm_up(s3)
        yield s3


@pytest.fixture(autouse=True)
def _no_user_credentials(memory_s3: MemoryS3) -> None:
    """Keep the environment of `memory_s3`, and its clients, instead of new ones for each test."""
