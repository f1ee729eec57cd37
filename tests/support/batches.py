"""For tests of batches: a toy function that accepts jobs, and a context with a clock."""

from types import SimpleNamespace

from shared.errors import (
    BadRequestError,
    NoWaveformError,
    S3Error,
    SettingsError,
    UnreadableObjectError,
)
from shared.invocation import BatchJobs, lambda_handler

TRANSIENT = {"s3": S3Error, "settings": SettingsError}
PERMANENT = {
    "bad": BadRequestError,
    "absent": NoWaveformError,
    "unreadable": UnreadableObjectError,
}


def process(request):
    """Answer with the request, or fail as the request asks."""
    kind = request.get("fail")
    if kind in {**TRANSIENT, **PERMANENT}:
        raise {**TRANSIENT, **PERMANENT}[kind](f"it is {kind}")
    if kind == "bug":
        raise ZeroDivisionError("never to be seen by a caller")
    return {"done": request}


def request_of(bucket, key, members):
    return {"bucket": bucket, "key": key, **members}


JOBS = BatchJobs(summarize=lambda answer: answer["done"], request_from_object=request_of)

handler = lambda_handler(process, jobs=JOBS)
no_jobs_handler = lambda_handler(process)


class Context:
    """Lambda's context of an invocation whose time runs out after some readings of the clock.

    Args:
        readings: number of readings that leave plenty of time.
    """

    def __init__(self, readings):
        self.readings = readings

    def get_remaining_time_in_millis(self):
        self.readings -= 1
        return 60_000 if self.readings >= 0 else 900


NO_LIMIT = SimpleNamespace()
