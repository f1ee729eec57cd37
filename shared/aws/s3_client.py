"""S3 clients, the translation of their errors, and threads for parallel requests."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import boto3
from boto3.exceptions import Boto3Error
from botocore import UNSIGNED
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from s3transfer.exceptions import RetriesExceededError, S3DownloadFailedError

from shared import settings
from shared.aws._config import client_config
from shared.aws.s3_codes import ABSENT, FORBIDDEN, NO_BUCKET, error_code
from shared.errors import NoSuchObjectError, S3Error, SettingsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_CONNECTIONS = 16
"""Most requests in flight at the same time."""

_OTHER_FAILURES = (
    BotoCoreError,
    HTTPClientError,
    Boto3Error,
    RetriesExceededError,
    S3DownloadFailedError,  # the object was replaced while we read it
    ValueError,  # the endpoint in the environment is no URL
)

_T = TypeVar("_T")
_lock = Lock()


def client(signed: bool, region: str | None = None) -> "S3Client":
    """Return an S3 client of this process, made at first use and kept while the container is warm.

    Args:
        signed: whether requests carry the credentials of the environment.
        region: the AWS region; None is that of the settings.
    """
    with _lock:  # parallel first uses would each make a client, which takes a tenth of a second
        return _client(signed, region or settings.region())


def forget_clients() -> None:
    """Drop all clients, as in a new container."""
    _client.cache_clear()


@cache
def _client(signed: bool, region: str) -> "S3Client":
    config = client_config(
        # By default botocore signs links by version 2, which newer regions and buckets with KMS
        # keys refuse.
        signature_version="s3v4" if signed else UNSIGNED,
        max_pool_connections=MAX_CONNECTIONS,
    )
    return boto3.client("s3", region_name=region, config=config)


def uri(bucket: str, key: str) -> str:
    """Return the URI of an object, s3://BUCKET/KEY."""
    return f"s3://{bucket}/{key}"


@contextmanager
def translated(verb: str, bucket: str, key: str) -> Iterator[None]:
    """Turn boto3's errors into errors of this project, with the cause chained.

    Args:
        verb: the attempted action for the message, such as "write"; "read" has errors of its own.
        bucket: the bucket.
        key: the object's key.

    Raises:
        NoSuchObjectError: the object to read does not exist, or is not public.
        S3Error: S3 could not be reached, refused, or broke off.
        SettingsError: the bucket to read from does not exist.
    """
    name = uri(bucket, key)
    try:
        yield
    except ClientError as error:
        code = error_code(error) or "unknown"
        absent = code in ABSENT | FORBIDDEN
        if verb == "read" and (code == NO_BUCKET or (absent and _is_missing(bucket))):
            # Not a NoSuchObjectError: the same request succeeds once the setting is right.
            message = f"could not read {name}: there is no such bucket: check S3_INPUT_BUCKET"
            raise SettingsError(message, object=name, setting="S3_INPUT_BUCKET") from error
        if verb == "read" and absent:
            message = f"there is no object {name} that may be read"
            raise NoSuchObjectError(message, object=name) from error
        raise S3Error(f"could not {verb} {name}: {error}", object=name, code=code) from error
    except _OTHER_FAILURES as error:
        raise S3Error(f"could not {verb} {name}: {error}", object=name) from error


def _is_missing(bucket: str) -> bool:
    """Return whether the bucket is the one in S3_INPUT_BUCKET and does not exist.

    An archive's own bucket is assumed to exist. A download begins with a HEAD, whose response is
    the same for a missing bucket and a missing object.
    """
    return bucket == settings.input_bucket_if_set() and _does_not_exist(bucket)


@cache
def _does_not_exist(bucket: str) -> bool:
    try:
        client(signed=False).head_bucket(Bucket=bucket)
    except ClientError as error:
        return error_code(error) in ABSENT | {NO_BUCKET}
    except BotoCoreError:
        return False
    return False


def in_threads(do: Callable[[_T], object], items: Iterable[_T]) -> None:
    """Call a function with each item, in as many threads as there are connections to S3.

    The first exception is raised once the running calls have ended; calls not yet started are
    dropped.
    """
    arguments = list(items)
    if len(arguments) == 1:  # a thread is not worth its start
        do(arguments[0])
        return
    with ThreadPoolExecutor(MAX_CONNECTIONS, "s3") as pool:
        list(pool.map(do, arguments))
