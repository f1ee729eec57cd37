"""Send requests to S3, repeat them, and turn their errors into errors of this project."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
)

from shared import limits, machine, settings, telemetry
from shared.aws import s3_client
from shared.aws._attempts import BROKEN_BODY, Attempts, BrokenAnswerError, NoTimeError
from shared.aws._buckets import Listing, listing, note_absent
from shared.aws.s3_codes import (
    ABSENT,
    CREDENTIALS,
    FORBIDDEN,
    NO_BUCKET,
    error_code,
    http_status,
)
from shared.errors import NoSuchObjectError, S3Error, SettingsError, TooLargeError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

_OTHER_FAILURES = (
    BotoCoreError,
    HTTPClientError,
    BrokenAnswerError,
    *BROKEN_BODY,
    NoTimeError,
    ValueError,  # the endpoint in the environment is no URL
)

_ACCOUNTS = re.compile(r"\barn:[^\s\"']+|\b\d{12}\b|\bA[KS]IA[A-Z0-9]{12,}\b", re.ASCII)
"""ARNs, numbers of accounts, and IDs of access keys."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Target:
    """An object, and the client for it.

    Attributes:
        bucket: the bucket's name.
        key: the object's key.
        signed: whether requests carry the credentials of the environment.
        region: the AWS region; None is that of the settings.
        size_limit: the largest size at which the object is read; None for objects to write.
    """

    bucket: str
    key: str
    signed: bool
    region: str | None = None
    size_limit: limits.SizeLimit | None = None

    @property
    def uri(self) -> str:
        """The object's S3 URI."""
        return s3_client.uri(self.bucket, self.key)

    def client(self) -> "S3Client":
        """Return the client for the object."""
        return s3_client.client(self.signed, self.region)

    def check_size(self, size: int) -> None:
        """Check the size that S3 gives, in bytes, before any content is received.

        Raises:
            TooLargeError: the object is larger than its limit.
        """
        limit = self.size_limit
        if limit and size > limit.size:
            raise TooLargeError(
                f"{self.uri} has {size:,} bytes: objects of its kind are read up to {limit.size:,}"
                f" ({limit.setting}={limit.mib})",
                object=self.uri,
                size=size,
                limit=limit.size,
            )


def request(verb: str, target: Target, do: "Callable[[S3Client], _T]") -> _T:
    """Send a request until it succeeds, fails for good, or the deadline is near.

    Args:
        verb: the attempted action for the message, such as "write"; "read" has errors of its own.
        target: the object.
        do: sends the request with a client, and reads the answer.

    Returns:
        The result of `do`.

    Raises:
        NoSuchObjectError: the object to read does not exist, or is not public.
        S3Error: S3 could not be reached, refused, broke off, or took too long.
        SettingsError: the bucket to read from does not exist.
        ServiceError: any that `do` raises.
    """
    attempts = Attempts()
    with _translated(verb, target, attempts):
        s3 = target.client()
        return attempts.repeat(lambda: do(s3))


@contextmanager
def _translated(verb: str, target: Target, attempts: Attempts) -> Iterator[None]:
    """Turn botocore's errors into errors of this project, with the cause chained."""
    try:
        yield
    except ClientError as error:
        if verb == "read":
            _check_absent(target, error)
        raise _failure(verb, target, attempts, error) from error
    except _OTHER_FAILURES as error:
        if machine.lacks_files(error):
            raise SettingsError(
                f"could not {verb} {target.uri}: {machine.TOO_MANY_FILES}"
            ) from error
        raise _failure(verb, target, attempts, error) from error


def _check_absent(target: Target, error: ClientError) -> None:
    """Raise the error for a missing object or bucket; return if it is something else."""
    code = error_code(error)
    if code not in ABSENT | FORBIDDEN | {NO_BUCKET}:
        return
    is_configured = target.bucket == settings.input_bucket_if_set()
    found = Listing.UNKNOWN
    # The answer to a HEAD is the same for a missing bucket and a missing object. An archive's own
    # bucket is assumed to exist.
    if code in FORBIDDEN or (code in ABSENT and is_configured):
        found = listing(target.client(), target.bucket)
    if code == NO_BUCKET or (found is Listing.NO_BUCKET and is_configured):
        # Not a NoSuchObjectError: the same request succeeds once the setting is right.
        raise SettingsError(
            f"could not read {target.uri}: there is no such bucket: check S3_INPUT_BUCKET",
            object=target.uri,
            setting="S3_INPUT_BUCKET",
        ) from error
    if code in ABSENT:
        if not is_configured:
            note_absent(target.client(), target.bucket)
        message = f"there is no object {target.uri} that may be read"
        raise NoSuchObjectError(message, object=target.uri) from error
    if found is Listing.REFUSED:
        raise NoSuchObjectError(
            f"there is no object {target.uri} that may be read: S3 answered 403, as for a missing"
            " object, too",
            object=target.uri,
            code=code,
        ) from error


def _failure(verb: str, target: Target, attempts: Attempts, error: Exception) -> S3Error:
    """Return the error of a failed request.

    S3's own text names accounts and roles. It stays in the chained error, which the log shows.
    """
    telemetry.count_s3_failure()
    tries = ""
    if attempts.count > 1:
        tries = f", at each of {attempts.count} attempts in {attempts.seconds:.1f} s"
    message = f"could not {verb} {target.uri}: {_reason(verb, error)}{tries}"
    if isinstance(error, ClientError) and error_code(error) not in CREDENTIALS:
        return S3Error(message, object=target.uri, code=error_code(error) or "unknown")
    return S3Error(message, object=target.uri)


def _reason(verb: str, error: Exception) -> str:
    if _took_too_long(error):
        return "S3 took too long"
    if isinstance(error, FlexibleChecksumError):
        return "S3's answer does not have the checksum that it names"
    if not isinstance(error, ClientError):
        return _ACCOUNTS.sub("...", str(error))
    code, status = error_code(error) or "an unknown error", http_status(error)
    answer = code if code == str(status) else f"{code} (HTTP {status})"
    if code in CREDENTIALS:
        return "S3 does not accept the function's credentials; the log has the details"
    if verb == "read" and code in FORBIDDEN:
        return f"S3 refused it with {answer}"
    return f"S3 answered {answer}"


def _took_too_long(error: BaseException | None) -> bool:
    """Return whether an error comes from a time-out of a socket."""
    while error is not None and not isinstance(error, TimeoutError):
        error = error.__cause__ or error.__context__
    return error is not None
