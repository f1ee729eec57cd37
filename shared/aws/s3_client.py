"""The clients and the errors of everything that speaks to S3."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
from boto3.exceptions import Boto3Error
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
)
from s3transfer.exceptions import S3DownloadFailedError

from shared import settings
from shared.errors import NoSuchObjectError, S3Error, SettingsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")

MAX_CONNECTIONS = 16
"""How many requests may be under way at the same time."""


# Three attempts, which are botocore's default, must end before the caller gives up: the HTTP API
# after 30 s, the function after a minute. botocore's own time-outs are 60 s each.
_CONNECT_TIMEOUT_S = 3


_READ_TIMEOUT_S = 8


# What S3 answers for an object that is not there. Without permission to list the bucket, it says
# 403 instead of 404: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
# A HEAD has no body, so botocore only has the status to tell.
_ABSENT = {"404", "NoSuchKey", "403", "AccessDenied"}


_NO_BUCKET = "NoSuchBucket"


_OTHER_FAILURES = (
    BotoCoreError,
    HTTPClientError,
    Boto3Error,
    S3DownloadFailedError,  # the object was replaced while we read it
    ValueError,  # the endpoint in the environment is no URL
)


@cache
def client(signed: bool, region: str | None = None) -> "S3Client":
    """An S3 client of this process, made at first use and kept while its container is warm.

    Args:
        signed: whether requests carry the credentials of the environment.
        region: the AWS region; None is that of the settings.
    """
    config = Config(
        # Told nothing, botocore would sign links by version 2, which newer regions and buckets
        # with KMS keys refuse.
        signature_version="s3v4" if signed else UNSIGNED,
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        max_pool_connections=MAX_CONNECTIONS,
    )
    return boto3.client("s3", region_name=region or settings.region(), config=config)


def uri(bucket: str, key: str) -> str:
    """The name of an object as AWS's tools write it: s3://BUCKET/KEY."""
    return f"s3://{bucket}/{key}"


@contextmanager
def translated(verb: str, bucket: str, key: str) -> Iterator[None]:
    """Turns what boto3 raises into our errors; the cause stays chained.

    Raises:
        NoSuchObjectError: what was to be read (`verb`) is not there, or S3 does not show it to us.
        S3Error: S3 could not be reached, refused, or broke off.
        SettingsError: there is no such bucket to read from.
    """
    name = uri(bucket, key)
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        absent = code in _ABSENT
        if verb == "read" and (code == _NO_BUCKET or (absent and _is_missing(bucket))):
            # Unlike an object that is not there: the same request succeeds with the right bucket.
            message = f"could not read {name}: there is no such bucket (S3_INPUT_BUCKET)"
            raise SettingsError(message, object=name, setting="S3_INPUT_BUCKET") from error
        if verb == "read" and absent:
            message = f"there is no object {name} that may be read"
            raise NoSuchObjectError(message, object=name) from error
        raise S3Error(f"could not {verb} {name}: {error}", object=name, code=code) from error
    except _OTHER_FAILURES as error:
        raise S3Error(f"could not {verb} {name}: {error}", object=name) from error


@cache
def _is_missing(bucket: str) -> bool:
    """Whether there is no bucket of that name; the public archive's is there.

    A HEAD, as of an object that is downloaded, has no body to say which of both is missing.
    """
    if bucket == settings.ARCHIVE_BUCKET:
        return False
    try:
        client(signed=False).head_bucket(Bucket=bucket)
    except ClientError as error:
        return error.response.get("Error", {}).get("Code") in {"404", _NO_BUCKET}
    except BotoCoreError:
        return False
    return False


def in_threads(do: Callable[[_T], object], things: Iterable[_T]) -> None:
    """Call a function with each of some things, in threads, as many as S3 has connections.

    What it raises is raised when all have been called.
    """
    wanted = list(things)
    if len(wanted) == 1:  # a thread is not worth its start
        do(wanted[0])
        return
    client(signed=False)  # else each thread would make one of its own
    with ThreadPoolExecutor(MAX_CONNECTIONS, "s3") as pool:
        list(pool.map(do, wanted))
