"""Time that passes when a test says so, for requests to S3."""

from types import SimpleNamespace

import pytest

from shared.aws import _attempts, _timed_sockets, deadline


class FakeTime:
    """A monotonic clock that moves by `sleep` alone."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the time in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.now += seconds

    def context(self, left_s: float) -> SimpleNamespace:
        """Return Lambda's context of an invocation with some seconds left."""
        end = self.now + left_s
        return SimpleNamespace(get_remaining_time_in_millis=lambda: int((end - self.now) * 1000))


def use_fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """Put fake time in place of the clock that deadlines, pauses and rates go by."""
    fake = FakeTime()
    for module in (_attempts, _timed_sockets, deadline):
        monkeypatch.setattr(module, "time", fake)
    return fake
