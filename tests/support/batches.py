"""What tests of batches share: a toy function that takes jobs, and a context with a clock."""

from types import SimpleNamespace

from shared.errors import (
    BadRequestError,
    NoWaveformError,
    S3Error,
    SettingsError,
    UnreadableObjectError,
)
from shared.invocation import lambda_handler
from shared.invocation.batch import BatchJobs

TRANSIENT = {"s3": S3Error, "settings": SettingsError}
PERMANENT = {
    "bad": BadRequestError,
    "absent": NoWaveformError,
    "unreadable": UnreadableObjectError,
}


def process(request):
    """Answers with the request, or fails as it says."""
    kind = request.get("fail")
    if kind in {**TRANSIENT, **PERMANENT}:
        raise {**TRANSIENT, **PERMANENT}[kind](f"it is {kind}")
    if kind == "bug":
        raise ZeroDivisionError("never to be seen by a caller")
    return {"done": request}


def request_of(bucket, key, members):
    return {"bucket": bucket, "key": key, **members}


JOBS = BatchJobs(brief=lambda answer: answer["done"], of_object=request_of)

handler = lambda_handler(process, jobs=JOBS)
no_jobs_handler = lambda_handler(process)


class Context:
    """Lambda's context of an invocation whose time ends after so many looks at the clock."""

    def __init__(self, looks):
        self.looks = looks

    def get_remaining_time_in_millis(self):
        self.looks -= 1
        return 60_000 if self.looks >= 0 else 900


NO_LIMIT = SimpleNamespace()
