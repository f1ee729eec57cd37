"""Work that exceeds the function's memory is refused, where the size of that memory is known."""

import re

import pytest

from shared.aws import memory
from shared.errors import TooLargeError


def require(megabytes: float) -> None:
    memory.require_memory(megabytes * 2**20, "this work", "do less")


def test_work_that_fits_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "10240")
    require(1000)


def test_work_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process's own memory counts, too: together with an interpreter, 1,760 MB are too much."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
    with pytest.raises(TooLargeError) as caught:
        require(1760)
    needed, limit = caught.value.details["memory_mb"], caught.value.details["limit"]
    assert 1769 < needed <= 1760 + 256
    assert limit == 1769
    message = f"this work needs {needed:,} MB of memory, and the function has 1,769: do less"
    assert re.fullmatch(re.escape(message), caught.value.message)


def test_memory_freed_by_earlier_invocations_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A warm process holds memory that malloc reuses."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
    monkeypatch.setattr(memory, "_resident_bytes", lambda: 1_500 * 2**20)
    require(1513)
    with pytest.raises(TooLargeError, match="needs 1,770 MB"):
        require(1514)


@pytest.mark.parametrize("text", [None, "", "unlimited", "-1", "1769.5"])
def test_without_a_known_size_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    if text is not None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", text)
    require(1e9)
