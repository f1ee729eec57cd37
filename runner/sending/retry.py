"""Retries: which errors are worth one, and when. Exponential backoff with full jitter.

https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
"""

import random
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from runner.errors import CallError, StoppedError

FIRST_PAUSE_S = 0.5
"""Longest pause before the first retry. Each further pause may be twice as long."""

LONGEST_PAUSE_S = 30.0

THROTTLED_RETRIES = 20
"""Retries of a throttled call, which last about four minutes.

They do not count as failures: the call did nothing, and only has to wait for others to finish.
"""

_THROTTLING = frozenset(
    {
        "TooManyRequestsException",
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "KmsThrottled",
    }
)

# By name, not by status: the emulator also returns 502 for a function that crashed, and such a
# function will crash again. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
_SERVER_FAULTS = frozenset(
    {
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "InternalError",
        "InternalFailure",
        "EC2ThrottledException",
        "EC2UnexpectedException",
        "ENILimitReachedException",
        "ResourceNotReadyException",
        "SnapStartNotReadyException",
        # Proxies between us and AWS give no error name.
        "500",
        "503",
        "504",
    }
)

_FATAL = frozenset(
    {
        "ResourceNotFoundException",
        "AccessDeniedException",
        "AccessDenied",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "OptInRequired",
        "InvalidAddress",
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "KmsAccessDenied",
        "KmsDisabled",
        "KmsInvalidState",
        "KmsNotFound",
    }
)

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}

_UNREACHABLE = (EndpointConnectionError, ConnectTimeoutError)
_NO_ACCESS = (  # no credentials, or no route to the endpoint
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    NoAuthTokenError,
    TokenRetrievalError,
    SSOError,
    LoginError,
    SSLError,
    ProxyConnectionError,
)

_NO_ACCOUNT = "set them by `aws configure` or AWS_PROFILE, or use `make serve` and --local"

_T = TypeVar("_T")


def call_error(error: ClientError | BotoCoreError) -> CallError:
    """Convert an error of boto3 to a CallError, classified for retries."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "")), str(details.get("Message", ""))
        if code.isdigit():  # an HTTP status without an error name, as from the emulator
            message = message or "an HTTP status without an AWS error: see the function's log"
        return service_error(code, message or str(error))
    # A connection closed without a reply was refused or reset. After a read timeout, the function
    # may still be running, so the call is not retried.
    unreachable = isinstance(error, _UNREACHABLE)
    if isinstance(error, EndpointConnectionError) and _is_here(error):
        return CallError("NothingListens", explained(error), fatal=True)
    return CallError(
        type(error).__name__,
        explained(error),
        transient=unreachable or isinstance(error, ConnectionClosedError),
        fatal=unreachable or isinstance(error, _NO_ACCESS),
    )


def explained(error: Exception) -> str:
    """Return the message of an error, with the remedy if no server listens or no account is set."""
    if isinstance(error, EndpointConnectionError) and _is_here(error):
        return f"nothing listens at {error.kwargs['endpoint_url']}: is `make serve` running?"
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return f"{error}: {_NO_ACCOUNT}"
    return str(error)


def _is_here(error: EndpointConnectionError) -> bool:
    return urlsplit(error.kwargs["endpoint_url"]).hostname in _THIS_MACHINE


def service_error(code: str, message: str) -> CallError:
    """Return the CallError for an error code of an AWS service."""
    return CallError(
        code,
        message,
        transient=code in _SERVER_FAULTS,
        throttled=code in _THROTTLING,
        fatal=code in _FATAL,
    )


def pause_s(retry: int) -> float:
    """Draw the pause before a retry, counted from 1; random, so that calls spread out."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(retry - 1, 30))
    return random.uniform(0, longest)  # noqa: S311  # not for cryptography


def call_with_retries(
    call: Callable[[], _T],
    retries: int,
    pause: Callable[[float], object],
    on_retry: Callable[[str], object] = lambda _: None,
) -> tuple[_T, int]:
    """Make a call, and retry it after transient errors.

    Args:
        call: the call; raises a CallError.
        retries: maximum number of retries after failures. A throttled call gets at least
            `THROTTLED_RETRIES`, unless this is 0.
        pause: sleeps for a number of seconds; returns whether the run is stopping.
        on_retry: called with a line for the user before each pause.

    Returns:
        The result of the call, and the number of attempts.

    Raises:
        CallError: the last attempt failed; its `attempts` says how many there were.
        StoppedError: the run is stopping.
    """
    attempts, throttled = 1, 0
    while True:
        try:
            return call(), attempts
        except CallError as error:
            error.attempts = attempts
            if error.throttled:
                throttled += 1
                times, limit = throttled, max(retries, THROTTLED_RETRIES) if retries else 0
            else:
                times, limit = attempts - throttled, retries
            if not error.transient or times > limit:
                raise
            seconds = pause_s(times)
            on_retry(f"{error}: retrying in {seconds:.1f} s")
        if pause(seconds):
            raise StoppedError
        attempts += 1
