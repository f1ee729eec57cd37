"""The waits and the rate of a connection, in fake time: a drip and a stall end in time."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from shared.aws import _timed_sockets, deadline, s3_client
from shared.aws._timed_sockets import MIN_RATE, _TimedSocket, keep_deadline
from tests.support.fake_time import FakeTime, use_fake_time

READ_TIMEOUT_S = 5.0


class FakeSocket:
    """A connected socket that receives at a given rate, and stalls where it would take too long.

    Args:
        clock: the time that passes while it waits.
        chunks: the seconds before each chunk, and its number of bytes.
    """

    def __init__(self, clock: FakeTime, chunks: Iterator[tuple[float, int]]) -> None:
        self._clock, self._chunks = clock, chunks
        self.timeout: float | None = READ_TIMEOUT_S
        self.sent = b""

    def gettimeout(self) -> float | None:
        return self.timeout

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds

    def sendall(self, data: memoryview) -> None:
        self.sent += data

    def makefile(self, mode: str, buffering: int) -> "FakeSocket":
        assert (mode, buffering) == ("rb", 0)
        return self

    def close(self) -> None:
        pass

    def readinto(self, buffer: Any) -> int:
        wait_s, count = next(self._chunks)
        if self.timeout is not None and wait_s > self.timeout:
            self._clock.sleep(self.timeout)
            raise TimeoutError
        self._clock.sleep(wait_s)
        return min(count, len(buffer))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    return use_fake_time(monkeypatch)


Receive = Callable[..., float]


@pytest.fixture
def receive(clock: FakeTime) -> Receive:
    """A function that receives chunks; it returns the seconds until it fails, negative if not."""

    def until_error(chunks: Iterator[tuple[float, int]], left_s: float | None = None) -> float:
        timed = _TimedSocket(FakeSocket(clock, chunks))  # type: ignore[arg-type]
        timed.sendall(b"GET")
        file, start = timed.makefile("rb", 0), clock.now
        context = clock.context(left_s) if left_s else SimpleNamespace()
        buffer = bytearray(1 << 20)
        with deadline.invocation(context):
            try:
                while True:
                    file.readinto(buffer)  # type: ignore[attr-defined]
            except StopIteration:
                return start - clock.now
            except TimeoutError:
                return clock.now - start

    return until_error


def steady(seconds: float, count: int, times: int = 10**6) -> Iterator[tuple[float, int]]:
    return iter([(seconds, count)] * times)


@pytest.mark.parametrize("left_s", [None, 120.0, 900.0])
def test_drip_ends_after_the_longest_wait(receive: Receive, left_s: float | None) -> None:
    assert 5 < receive(steady(1.0, 1), left_s) <= 7
    assert 5 < receive(steady(0.001, 1), left_s) <= 7


@pytest.mark.parametrize(
    ("left_s", "reads_s"), [(120.0, 5.0), (29.0, 5.0), (10.0, 2.917), (2.0, 0.5), (1.0, 0.5)]
)
def test_stall_ends_early_enough_for_other_attempts(
    receive: Receive, left_s: float, reads_s: float
) -> None:
    assert receive(steady(1000.0, 1), left_s) == pytest.approx(reads_s, abs=0.01)


def test_rate_just_above_the_least_is_read_to_the_deadline(receive: Receive) -> None:
    assert receive(steady(0.5, MIN_RATE), 120.0) == pytest.approx(105, abs=0.5)
    assert receive(steady(0.5, MIN_RATE // 2 + 1), 120.0) == pytest.approx(105, abs=0.5)
    assert receive(steady(0.5, MIN_RATE // 2 - 1), 120.0) < 13


def test_without_a_deadline_a_slow_body_is_read_to_its_end(receive: Receive) -> None:
    assert receive(steady(1.0, MIN_RATE, 10_000)) == -10_000


def test_burst_does_not_excuse_a_later_drip(receive: Receive) -> None:
    burst = [(0.0, 1 << 20)] * 100
    assert 5 < receive(iter([*burst, *steady(1.0, 1, 100)])) < 13


def test_first_wait_is_no_part_of_the_rate(receive: Receive) -> None:
    """S3 may take a while to find an object."""
    assert receive(iter([(4.9, 300), (0.2, 100)])) == pytest.approx(-5.1)


def test_another_request_begins_with_a_new_rate(clock: FakeTime) -> None:
    timed = _TimedSocket(FakeSocket(clock, steady(1.0, 1)))  # type: ignore[arg-type]
    file = timed.makefile("rb", 0)
    for _ in range(20):  # each answer is one byte
        timed.sendall(b"GET")
        assert file.readinto(bytearray(8)) == 1  # type: ignore[attr-defined]


def test_nothing_is_sent_after_the_deadline(clock: FakeTime) -> None:
    connected = FakeSocket(clock, steady(1.0, 1))
    timed = _TimedSocket(connected)  # type: ignore[arg-type]
    with deadline.invocation(clock.context(8.0)):
        timed.sendall(b"PUT")
        clock.sleep(7.1)
        with pytest.raises(TimeoutError, match="the deadline has passed"):
            timed.sendall(b"more")
    assert connected.sent == b"PUT"


def test_clients_use_these_connections() -> None:
    """It fails once a new botocore keeps its connection classes elsewhere."""
    session = s3_client.client(signed=False)._endpoint.http_session  # type: ignore[attr-defined]
    pools = session._manager.pool_classes_by_scheme
    assert pools == {"http": _timed_sockets._HTTPPool, "https": _timed_sockets._HTTPSPool}


@pytest.mark.parametrize(
    "session",
    [
        SimpleNamespace(),
        SimpleNamespace(_pool_classes_by_scheme=None),
        SimpleNamespace(_pool_classes_by_scheme={"https": object}),
    ],
)
def test_another_botocore_keeps_its_own_time_outs(
    session: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    before = dict(vars(session))
    keep_deadline(SimpleNamespace(_endpoint=SimpleNamespace(http_session=session)))
    assert vars(session) == before
    assert "connections to AWS do not keep the deadline: botocore has changed" in caplog.text
