"""Repeat requests to AWS that fail for a while, until the deadline."""

import math
import random
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from shared import machine, settings, snapshot
from shared.aws import deadline
from shared.aws.s3_codes import DAMAGED_UPLOAD, PASSING, error_code, http_status

_T = TypeVar("_T")

_ATTEMPTS = 5
"""Most attempts without a deadline, as of botocore."""

_BODY_ATTEMPTS = 3
"""Fewest attempts at a body: ``AWS_MAX_ATTEMPTS`` limits refused requests alone."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0


class BrokenAnswerError(Exception):
    """An answer contradicts itself or another one about the same object, or lacks its size."""


class NoTimeError(Exception):
    """The deadline passed before the first attempt."""

    def __init__(self) -> None:
        super().__init__("the time of the invocation is nearly over")


# The body broke off. botocore leaves urllib3's errors as they are if it is the body of a refusal.
BROKEN_BODY = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError, HTTPError)

# No connection was made, or it broke, or the answer is no answer of S3.
_NO_ANSWER = (ConnectionError, HTTPClientError, ResponseParserError)


class Attempts:
    """The attempts at one task.

    Attributes:
        count: the number of attempts so far.
        seconds: the time that they took, with the pauses between them.
    """

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def repeat(self, do: Callable[[], _T]) -> _T:
        """Call a function until it succeeds, fails for good, or the deadline is near.

        A pause that would end after the deadline is not made, so the last failure is raised early.

        Args:
            do: sends one request and reads its answer; a repeated call must do no harm.

        Raises:
            NoTimeError: the deadline has passed already.
            Exception: the last failure, as raised by `do`.
        """
        if deadline.left_s() <= 0:
            raise NoTimeError
        start = time.monotonic()
        while True:
            self.count += 1
            try:
                return do()
            except Exception as error:
                self.seconds = time.monotonic() - start
                pause_s = _pause_s(self.count)
                if self.count >= _most_attempts(error) or pause_s >= deadline.left_s():
                    raise
            time.sleep(pause_s)


def _most_attempts(error: Exception) -> float:
    """Return how often a request is sent that fails in this way."""
    if isinstance(error, (BrokenAnswerError, FlexibleChecksumError)) or _arrived_damaged(error):
        return _BODY_ATTEMPTS  # a connection that damages three bodies damages all
    if machine.lacks_files(error):
        return 1  # they do not close while this waits
    limit = settings.max_attempts() or (_ATTEMPTS if deadline.left_s() == math.inf else math.inf)
    if isinstance(error, BROKEN_BODY):
        return max(limit, _BODY_ATTEMPTS)
    if isinstance(error, _NO_ANSWER) or _passes(error):
        return limit
    return 1


def _passes(error: Exception) -> bool:
    """Return whether S3 may answer the same request otherwise after a while."""
    if not isinstance(error, ClientError):
        return False
    return http_status(error) >= 500 or error_code(error) in PASSING


def _arrived_damaged(error: Exception) -> bool:
    return isinstance(error, ClientError) and error_code(error) in DAMAGED_UPLOAD


def _pause_s(attempts: int) -> float:
    """Return the pause after some failed attempts: random, so that clients do not return at once.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    longest = min(_FIRST_PAUSE_S * 2 ** (attempts - 1), _LONGEST_PAUSE_S)
    return random.uniform(longest / 2, longest)  # noqa: S311


# Seeded at its import, the generator would give all copies of a snapshot the same pauses.
snapshot.after_restore(random.seed)
