"""Telemetry of an invocation: the facts and figures that its log line reports.

Code reports on its way, to the invocation in whose context it runs. Without one, as in a script,
reports are dropped.
"""

import time
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock, get_ident
from typing import Any, NamedTuple

from shared.errors import NoSuchPathError, ServiceError

_clock = time.perf_counter

INTERNAL_ERROR = "InternalError"
"""The type under which a bug is reported, whatever its exception."""


class Failure(NamedTuple):
    """A kind of failure; the texts are "" where they are unknown.

    Attributes:
        error: the type of the error.
        channel: the channel, as network.station.channel.location.
        day: the day, or a window's first day, as YYYY,DDD.
    """

    error: str
    channel: str
    day: str


@dataclass
class Invocation:
    """The facts and figures of one invocation.

    Attributes:
        jobs: the number of requests: one, or those of a batch.
        windows: the number of time windows.
        facts: the facts that all jobs share, such as channel, day and parameters, as JSON.
        steps: the seconds of each step, without the steps within it.
        slowest: the seconds of the slowest job, and its facts.
        failures: the number of failed windows or jobs by kind.
        caught_bugs: the number of bugs of ours that the guard of last resort has caught.
        s3_requests: the number of requests to S3 by kind: GET, HEAD, LIST, PUT.
        s3_failures: the number of reads and writes that S3 failed for good, after all retries.
        bytes_read, bytes_written: the sizes of the bodies that came from S3 and went there.
    """

    jobs: int = 0
    windows: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    slowest: tuple[float, Mapping[str, Any]] = (0.0, {})
    failures: Counter[Failure] = field(default_factory=Counter)
    caught_bugs: int = 0
    s3_requests: Counter[str] = field(default_factory=Counter)
    s3_failures: int = 0
    bytes_read: int = 0
    bytes_written: int = 0

    def __post_init__(self) -> None:
        self.lock = Lock()
        self.thread = get_ident()
        self._job: dict[str, Any] = {}
        self._varying: set[str] = set()
        self._step: str | None = None
        self._seen: set[Hashable] = set()
        self._step_start = 0.0

    @property
    def failed(self) -> int:
        """The number of failed windows and jobs."""
        return sum(self.failures.values())

    @property
    def bugs(self) -> int:
        """The number of bugs of ours: of the failures by one, or of those caught if it is higher.

        One bug may fail many windows. One in an adjacent day or in a reply's details fails none.
        """
        failed = (n for failure, n in self.failures.items() if failure.error == INTERNAL_ERROR)
        return max(sum(failed), self.caught_bugs)

    def begin_job(self) -> dict[str, Any]:
        """Begin another job, whose facts are not known yet, and return them."""
        self.jobs, self._job = self.jobs + 1, {}
        return self._job

    def describe(self, facts: Mapping[str, Any]) -> None:
        """Add facts about the current job."""
        self._job |= facts
        for name, value in facts.items():
            if self.facts.setdefault(name, value) != value:
                self._varying.add(name)
        for name in self._varying:
            self.facts.pop(name, None)

    def add_failure(self, error: BaseException, channel: str, day: str, count: int) -> None:
        """Count failed windows, or the failure of the current job."""
        channel, day = channel or self._job.get("channel", ""), day or self._job.get("day", "")
        self.failures[Failure(error_type(error), channel, day)] += count

    def is_first(self, key: Hashable) -> bool:
        """Return whether a key is new, and remember it."""
        with self.lock:
            is_new = key not in self._seen
            self._seen.add(key)
        return is_new

    def switch(self, step: str | None) -> str | None:
        """Begin another step, and return the step that ends or pauses."""
        now = _clock()
        if self._step is not None:
            spent = now - self._step_start
            self.steps[self._step] = self.steps.get(self._step, 0.0) + spent
        previous, self._step, self._step_start = self._step, step, now
        return previous


_current: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


@contextmanager
def recording() -> Iterator[Invocation]:
    """Record the reports of the enclosed block, and of threads with a copy of its context."""
    invocation = Invocation()
    token = _current.set(invocation)
    try:
        yield invocation
    finally:
        _current.reset(token)


def error_type(error: BaseException) -> str:
    """Return the type of an error as reported: `INTERNAL_ERROR` for a bug."""
    return type(error).__name__ if isinstance(error, ServiceError) else INTERNAL_ERROR


@contextmanager
def step(name: str) -> Iterator[None]:
    """Count the time of the enclosed block as that of a step; steps within it count on their own.

    Steps of other threads are not counted: they are part of the step that waits for them.
    """
    invocation = _current.get()
    if invocation is None or invocation.thread != get_ident():
        yield
        return
    outer = invocation.switch(name)
    try:
        yield
    finally:
        invocation.switch(outer)


@contextmanager
def job() -> Iterator[Mapping[str, Any]]:
    """Count the enclosed block as a job, and its exception as its failure; yield its facts."""
    invocation = _current.get() or Invocation()
    facts, start = invocation.begin_job(), _clock()
    try:
        yield facts
    except Exception as error:
        if not isinstance(error, NoSuchPathError):  # FDSN's clients probe paths
            invocation.add_failure(error, "", "", 1)
        raise
    finally:
        end_job(facts, _clock() - start)


def end_job(facts: Mapping[str, Any], seconds: float) -> None:
    """Report the seconds of a whole job, whose last step may have overlapped with the next job."""
    if invocation := _current.get():
        invocation.slowest = max(invocation.slowest, (seconds, facts), key=lambda job: job[0])


def describe(**facts: Any) -> None:
    """Report facts about the current job, as JSON: validated values, never parts of a request."""
    if invocation := _current.get():
        invocation.describe(facts)


def count_windows(number: int) -> None:
    """Report that the current job has asked for some time windows."""
    if invocation := _current.get():
        invocation.windows += number


def count_failure(
    error: BaseException, *, channel: str = "", day: str = "", count: int = 1
) -> None:
    """Report failed windows, or another failure.

    Args:
        error: the reason.
        channel: the channel; "" is that of the current job.
        day: the day; "" is that of the current job.
        count: the number of windows that failed in this way.
    """
    if invocation := _current.get():
        invocation.add_failure(error, channel, day, count)


def count_failures_once(errors: Sequence[BaseException]) -> None:
    """Report the failures of a reply's parts, unless failures have been reported already."""
    invocation = _current.get()
    if invocation and not invocation.failures:
        for error in errors:
            count_failure(error)


def count_caught_bug() -> None:
    """Report that the guard of last resort has caught a bug of ours."""
    if invocation := _current.get():
        with invocation.lock:
            invocation.caught_bugs += 1


def is_first(key: Hashable) -> bool:
    """Return whether something happens for the first time in the invocation; True without one."""
    invocation = _current.get()
    return invocation is None or invocation.is_first(key)


def count_s3_request(kind: str, sent: int) -> None:
    """Report a request to S3, and the size of the body that it sends, in bytes."""
    if invocation := _current.get():
        with invocation.lock:
            invocation.s3_requests[kind] += 1
            invocation.bytes_written += sent


def count_s3_bytes(received: int) -> None:
    """Report bytes received from S3."""
    if invocation := _current.get():
        with invocation.lock:
            invocation.bytes_read += received


def count_s3_failure() -> None:
    """Report that a read or write of S3 failed for good."""
    if invocation := _current.get():
        with invocation.lock:
            invocation.s3_failures += 1
