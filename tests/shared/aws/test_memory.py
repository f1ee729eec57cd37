"""What does not fit into the function's memory is refused, where it is known how much that is."""

import re

import pytest

from shared.aws import memory
from shared.errors import TooLargeError


def require(megabytes: float) -> None:
    memory.require_memory(megabytes * 2**20, "this work", "do less")


def test_what_fits_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "10240")
    require(1000)


def test_what_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process has already counts, too: with an interpreter's, 1,760 MB are too many."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
    with pytest.raises(TooLargeError) as caught:
        require(1760)
    needed, limit = caught.value.details["memory_mb"], caught.value.details["limit"]
    assert 1769 < needed <= 1760 + 256
    assert limit == 1769
    message = f"this work needs {needed:,} MB of memory, and the function has 1,769: do less"
    assert re.fullmatch(re.escape(message), caught.value.message)


def test_what_earlier_invocations_have_freed_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A warm process keeps memory that malloc gives away again."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
    monkeypatch.setattr(memory, "_resident_bytes", lambda: 1_500 * 2**20)
    require(1513)
    with pytest.raises(TooLargeError, match="needs 1,770 MB"):
        require(1514)


@pytest.mark.parametrize("text", [None, "", "unlimited", "-1", "1769.5"])
def test_where_it_is_not_known_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    if text is not None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", text)
    require(1e9)
