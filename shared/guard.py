"""The guard of last resort: any exception becomes an error that a caller may see.

It stands where one window, object or station is read, planned or written, so that the others of a
request are answered. Errors of `shared.errors` stay as they are.
"""

import logging
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared import machine, telemetry
from shared.errors import INTERNAL_ERROR, InternalError, ServiceError, UnreadableObjectError

logger = logging.getLogger(__name__)


@dataclass
class Attempt:
    """The outcome of a guarded block.

    Attributes:
        error: the error of the block; None if it succeeded.
        in_doubt: whether the exception casts doubt on the objects that the block read.
    """

    error: ServiceError | None = None
    in_doubt: bool = False


@contextmanager
def attempt(subject: object, *passing: type[Exception]) -> Iterator[Attempt]:
    """Catch every exception of a block; log an unexpected one once, with its traceback.

    Where many windows meet the same one, an invocation logs it for the first.

    Args:
        subject: the window or object, for the log and the message; written in words only there.
        passing: exceptions that pass, as they are not the subject's alone.

    Yields:
        The outcome, which is complete after the block. Its error is the block's own, one that
        names a fault of the machine, or else `InternalError` without any details.
    """
    outcome = Attempt()
    try:
        yield outcome
    except passing:
        raise
    except ServiceError as error:
        outcome.error, outcome.in_doubt = error, casts_doubt(error)
    except Exception as error:
        if telemetry.is_first(_place(error)):
            logger.exception("%s: unexpected failure", subject)
        named = machine.as_service_error(error)
        if named:
            outcome.error = type(named)(f"{subject}: {named.message}")
        else:
            telemetry.count_caught_bug()
            outcome.error = InternalError(f"{subject}: {INTERNAL_ERROR}")
        outcome.in_doubt = casts_doubt(outcome.error)


def _place(error: Exception) -> Hashable:
    """Return the kind of an exception, and the line of the code that raised it."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    line = (traceback.tb_frame.f_code, traceback.tb_lineno) if traceback else None
    return type(error), line


def casts_doubt(error: Exception) -> bool:
    """Return whether an exception casts doubt on the objects that it came from.

    All that a warm container remembers of such objects is then to be forgotten. Absent objects,
    limits, S3's own failures, settings and the machine say nothing about an object's content.
    """
    if isinstance(error, ServiceError):
        return isinstance(error, UnreadableObjectError | InternalError)
    return True
