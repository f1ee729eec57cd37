"""What is worth another try, and when: exponential back-off with full jitter.

https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
"""

import random
from collections.abc import Callable
from typing import TypeVar

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
"""The longest pause before the first retry; each further one may be twice as long."""

LONGEST_PAUSE_S = 30.0

THROTTLED_RETRIES = 20
"""How often a call is made again that was refused as there were too many: for four minutes, or so.

Not counted as failures: the call did nothing, and it is other calls that must end first.
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

# By name, not by status: 502 is also what the emulator says of a function that crashed, and a
# function that crashes once crashes again. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
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
        # What stands between us and AWS gives no name.
        "500",
        "503",
        "504",
    }
)

_FOR_ALL = frozenset(
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

_NOT_REACHED = (EndpointConnectionError, ConnectTimeoutError)
_NEVER = (  # no credentials, or no way to the endpoint
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

_T = TypeVar("_T")


def call_error(error: ClientError | BotoCoreError) -> CallError:
    """What boto3 raised, with what is to be done about it."""
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        code, message = str(told.get("Code", "")), str(told.get("Message", ""))
        if code.isdigit():  # the status, as there is no name: the emulator, say, of a crash
            message = (
                message or "no error of AWS's, but this status: the function's log may tell why"
            )
        return service_error(code, message or str(error))
    # A connection that ends without a reply was refused or reset; one on which no reply came in
    # time is not asked again, as the function may still be at it.
    unreachable = isinstance(error, _NOT_REACHED)
    return CallError(
        type(error).__name__,
        str(error),
        transient=unreachable or isinstance(error, ConnectionClosedError),
        for_all=unreachable or isinstance(error, _NEVER),
    )


def service_error(code: str, message: str) -> CallError:
    """An error that a service of AWS answered with."""
    return CallError(
        code,
        message,
        transient=code in _SERVER_FAULTS,
        throttled=code in _THROTTLING,
        for_all=code in _FOR_ALL,
    )


def pause_s(retry: int) -> float:
    """How long to wait before a retry, which is counted from 1; drawn, so that calls spread."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(retry - 1, 30))
    return random.uniform(0, longest)  # noqa: S311  # no secret


def repeated(
    call: Callable[[], _T],
    retries: int,
    pause: Callable[[float], object],
    told: Callable[[str], object] = lambda _: None,
) -> tuple[_T, int]:
    """Make a call, again if it fails in a way that may pass.

    Args:
        call: the call; raises a CallError.
        retries: how often it is made again after a failure, at most; after it was throttled, it
            is made again at least `THROTTLED_RETRIES` times, unless this is 0.
        pause: waits for so many seconds; what it returns is true if the run is being stopped.
        told: gets a line before each pause, for those who wait for this one call.

    Returns:
        What the call returned, and how often it was made.

    Raises:
        CallError: the last attempt failed; it knows how many there were.
        StoppedError: the run is being stopped.
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
            told(f"{error}: again in {seconds:.1f} s")
        if pause(seconds):
            raise StoppedError
        attempts += 1
