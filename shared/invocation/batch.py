"""Batch jobs: requests processed in turn, with no caller waiting."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any

from shared import limits, telemetry
from shared.aws.deadline import TimeLeft
from shared.errors import BadRequestError, ServiceError
from shared.reply import Unfinished

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchJobs:
    """How a function handles batches.

    Attributes:
        summarize: shortens an answer for the batch's reply, which has little room, for example to
            the key of the object written; returns JSON.
        request_from_object: makes a request about an object, for S3 Batch Operations; takes the
            bucket, the key and further members of the request.
    """

    summarize: Callable[[Any], Any]
    request_from_object: Callable[[str, str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class JobResult:
    """The result of one job.

    Attributes:
        summary: summary of the answer; None if the job failed.
        error: the failure: a `ServiceError`, or any other exception, which is a bug; None if the
            job succeeded.
    """

    summary: Any = None
    error: Exception | None = None

    @property
    def permanent(self) -> bool:
        """Whether the job failed and would fail again at any time."""
        return isinstance(self.error, ServiceError) and self.error.permanent


@dataclass(frozen=True)
class _Overlapping:
    """A job whose last step overlaps with the next job.

    Attributes:
        name: name of the job in the log.
        finish: takes the last step and returns the summary of the answer.
        facts: the job's facts of `telemetry`.
        seconds: the time that it has taken so far.
    """

    name: str
    finish: Callable[[], Any]
    facts: Mapping[str, Any]
    seconds: float

    def end(self) -> tuple[JobResult, float]:
        """Take the last step; return the result, and the time of the whole job in seconds."""
        start = time.monotonic()
        try:
            result = JobResult(summary=self.finish())
        except Exception as error:  # noqa: BLE001
            result = JobResult(error=error)
        return result, self.seconds + time.monotonic() - start


@dataclass(frozen=True)
class Worker:
    """Runs the jobs of one invocation.

    Attributes:
        process: takes a request, any JSON value, and returns its answer, or an `Unfinished`.
        jobs: how the function handles batches.
        time_left: the invocation's remaining time.
    """

    process: Callable[[Any], Any]
    jobs: BatchJobs
    time_left: TimeLeft

    def run(self, jobs: Iterable[tuple[str, Callable[[], Any]]]) -> Iterator[JobResult | None]:
        """Run jobs in turn; the last step of an `Unfinished` one overlaps with the next job.

        One last step is under way at a time, so that no more than one result waits in memory.

        Args:
            jobs: the name in the log, and a function that returns the request or raises the job's
                error.

        Yields:
            The result of each job in order, after its last step. Exceptions become part of it.
            None for a job that was not started, since it is unlikely to finish in time.
        """
        pending: Callable[[], JobResult] | None = None
        with ThreadPoolExecutor(1, "last-step") as pool:
            for name, make_request in jobs:
                begun = self._begin(name, make_request) if self.time_left.suffices() else None
                if pending:
                    yield pending()
                    pending = None
                if isinstance(begun, _Overlapping):
                    call = pool.submit(copy_context().run, begun.end)
                    pending = partial(self._await, begun, call)
                else:
                    yield _logged(name, begun) if begun else None
            if pending:
                yield pending()

    def _begin(self, name: str, make_request: Callable[[], Any]) -> JobResult | _Overlapping:
        start = time.monotonic()
        try:
            with self.time_left.job(), telemetry.job() as facts:
                answer = self.process(make_request())
                if not isinstance(answer, Unfinished):
                    return JobResult(summary=self.jobs.summarize(answer))
        except Exception as error:  # noqa: BLE001
            return JobResult(error=error)
        finish = answer.finish
        seconds = time.monotonic() - start
        return _Overlapping(name, lambda: self.jobs.summarize(finish()), facts, seconds)

    def _await(self, job: _Overlapping, call: "Future[tuple[JobResult, float]]") -> JobResult:
        with telemetry.step("upload"):
            result, seconds = call.result()
        self.time_left.note(seconds)
        telemetry.end_job(job.facts, seconds)
        if result.error:
            facts = {name: job.facts.get(name, "") for name in ("channel", "day")}
            telemetry.count_failure(result.error, **facts)
        return _logged(job.name, result)


def _logged(name: str, result: JobResult) -> JobResult:
    """Log the failure of a job."""
    error = result.error
    if isinstance(error, ServiceError):
        # The cause of an S3 failure needs its traceback; a missing object has nothing to debug.
        cause = None if error.permanent else error.__cause__
        logger.warning("%s: %s: %s", name, type(error).__name__, error.message, exc_info=cause)
    elif error:
        logger.error("%s: unexpected failure", name, exc_info=error)
    return result


def check_batch_size(field: str, requests: int) -> None:
    """Refuse a batch of too many requests, before any of them is run.

    Args:
        field: the member of the event that has them.
        requests: their number.

    Raises:
        BadRequestError: there are more than `limits.max_batch_requests`.
    """
    limit = limits.max_batch_requests()
    if requests > limit:
        raise BadRequestError(
            f"{field} has {requests:,} requests: must be at most {limit:,} in one batch",
            field=field,
            requests=requests,
            limit=limit,
        )
