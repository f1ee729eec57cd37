"""Batch jobs: requests processed in turn, with no caller waiting."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.aws.deadline import TimeLeft
from shared.errors import ServiceError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchJobs:
    """What is to be known of a function that takes jobs.

    Attributes:
        brief: what is told of an answer where there is little room, such as the URI of the object
            that was written; JSON.
        of_object: the request that an object of a bucket stands for: takes the bucket, the key, and
            further members of the request.
    """

    brief: Callable[[Any], Any]
    of_object: Callable[[str, str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class JobResult:
    """What became of a job.

    Attributes:
        brief: what is told of the answer; None if there is none.
        error: why there is none: a `ServiceError`, or any other exception, which is our fault.
    """

    brief: Any = None
    error: Exception | None = None

    @property
    def permanent(self) -> bool:
        """Whether the job failed, and will fail in the same way whenever it is done."""
        return isinstance(self.error, ServiceError) and self.error.permanent


@dataclass(frozen=True)
class Worker:
    """Does the jobs of one invocation.

    Attributes:
        process: takes a request, any JSON value, and returns its answer.
        jobs: what is to be known of them.
        time_left: of the invocation.
    """

    process: Callable[[Any], Any]
    jobs: BatchJobs
    time_left: TimeLeft

    def has_time(self) -> bool:
        """Whether another job would end in time."""
        return self.time_left.suffices()

    def do(self, request: Callable[[], Any], name: str) -> JobResult:
        """Do one job, whatever becomes of it.

        Args:
            request: gives the request; what it raises is the job's error.
            name: of the job, for the log.
        """
        try:
            with self.time_left.job():
                return JobResult(brief=self.jobs.brief(self.process(request())))
        except ServiceError as error:
            # Why S3 failed is worth a traceback; that an object is not there is not.
            cause = None if error.permanent else error.__cause__
            logger.warning("%s: %s: %s", name, type(error).__name__, error.message, exc_info=cause)
            return JobResult(error=error)
        except Exception as error:
            logger.exception("%s: unexpected failure", name)
            return JobResult(error=error)
