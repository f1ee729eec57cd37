"""Batch jobs: requests processed in turn, with no caller waiting."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared import limits, telemetry
from shared.aws.deadline import TimeLeft
from shared.errors import BadRequestError, ServiceError

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
class Worker:
    """Runs the jobs of one invocation.

    Attributes:
        process: takes a request, any JSON value, and returns its answer.
        jobs: how the function handles batches.
        time_left: the invocation's remaining time.
    """

    process: Callable[[Any], Any]
    jobs: BatchJobs
    time_left: TimeLeft

    def has_time(self) -> bool:
        """Return whether another job is likely to finish in time."""
        return self.time_left.suffices()

    def run(self, make_request: Callable[[], Any], name: str) -> JobResult:
        """Run one job; its exceptions become part of the result.

        Args:
            make_request: returns the request, or raises the job's error.
            name: name of the job in the log.
        """
        try:
            with self.time_left.job(), telemetry.job():
                return JobResult(summary=self.jobs.summarize(self.process(make_request())))
        except ServiceError as error:
            # The cause of an S3 failure needs its traceback; a missing object has nothing to debug.
            cause = None if error.permanent else error.__cause__
            logger.warning("%s: %s: %s", name, type(error).__name__, error.message, exc_info=cause)
            return JobResult(error=error)
        except Exception as error:
            logger.exception("%s: unexpected failure", name)
            return JobResult(error=error)


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
