"""S3 clients, and threads for parallel requests."""

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import cache
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from botocore import UNSIGNED
from botocore.exceptions import BotoCoreError

from shared import settings, snapshot, telemetry
from shared.aws import deadline
from shared.aws._clients import make_client, session

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_s3 import S3Client

MAX_CONNECTIONS = 16
"""Most requests in flight at the same time."""

_LEAST_S = 5.0
"""Seconds that each of several parallel calls gets at least, if there are as many left."""

_T = TypeVar("_T")
_First = TypeVar("_First")
_Second = TypeVar("_Second")
_lock = Lock()


def client(signed: bool, region: str | None = None) -> "S3Client":
    """Return an S3 client of this process, made at first use and kept while the container is warm.

    Args:
        signed: whether requests carry the credentials of the environment.
        region: the AWS region; None is that of the settings.
    """
    with _lock:  # parallel first uses would each make a client, which takes a tenth of a second
        return _client(signed, region or settings.region())


def prepare(*, signed: Iterable[bool]) -> None:
    """Make clients while a function starts, which takes a tenth of a second.

    A client that the environment does not allow is left to the requests, whose errors say why.
    A container that Lambda restores from a snapshot makes them again.

    Args:
        signed: of each client, whether its requests carry the credentials of the environment.
    """
    kinds = tuple(signed)

    def make() -> None:
        for each in kinds:
            with suppress(BotoCoreError, ValueError):  # ValueError: the endpoint is no URL
                client(each)

    make()
    snapshot.after_restore(make)


@snapshot.after_restore
def forget_clients() -> None:
    """Drop all clients and their session with its credentials, as in a new container."""
    _client.cache_clear()
    session.cache_clear()


@cache
def _client(signed: bool, region: str) -> "S3Client":
    made: S3Client = make_client(
        "s3",
        region,
        # By default botocore signs links by version 2, which newer regions and buckets with KMS
        # keys refuse.
        signature_version="s3v4" if signed else UNSIGNED,
        max_pool_connections=MAX_CONNECTIONS,
    )
    made.meta.events.register("before-send.s3", _count_request)
    return made


def _count_request(request: "AWSPreparedRequest", event_name: str, **_: object) -> None:
    """Count a request that is about to be sent; botocore calls this for each attempt."""
    headers = request.headers
    size = headers.get("X-Amz-Decoded-Content-Length") or headers.get("Content-Length") or 0
    is_listing = event_name.endswith(("ListObjectsV2", "ListBuckets"))
    telemetry.count_s3_request("LIST" if is_listing else request.method, int(size))


def uri(bucket: str, key: str) -> str:
    """Return the URI of an object, s3://BUCKET/KEY."""
    return f"s3://{bucket}/{key}"


def in_threads(do: Callable[[_T], object], items: Iterable[_T], *, share_time: bool = True) -> None:
    """Call a function with each item, in as many threads as there are connections to S3.

    The first exception is raised once the running calls have ended; calls not yet started are
    dropped.

    Args:
        do: the function; it finds the deadline of the invocation in its thread, too.
        items: the arguments.
        share_time: whether each call gets a part of the time left, so that stalled objects leave
            time for the others; a single call gets all of it.
    """
    arguments = list(items)
    if len(arguments) == 1:  # a thread is not worth its start
        do(arguments[0])
        return
    rounds = math.ceil(len(arguments) / MAX_CONNECTIONS)

    def call(number: int, item: _T) -> None:
        parts = rounds - number // MAX_CONNECTIONS + 1  # one for the steps that follow
        with deadline.within(max(deadline.left_s() / parts, _LEAST_S) if share_time else math.inf):
            do(item)

    # Each call needs a copy, since a context cannot be entered twice at the same time.
    contexts = [copy_context() for _ in arguments]
    with ThreadPoolExecutor(MAX_CONNECTIONS, "s3") as pool:
        list(pool.map(lambda each, *args: each.run(call, *args), contexts, count(), arguments))


@contextmanager
def in_background(do: Callable[[], _Second]) -> "Iterator[Future[_Second]]":
    """Call a function in a thread while the enclosed block runs; the block ends after both.

    Args:
        do: the function; it finds the deadline of the invocation in its thread, too.

    Yields:
        The call, whose `result()` waits for its end and raises its exception.
    """
    with ThreadPoolExecutor(1, "background") as pool:
        yield pool.submit(copy_context().run, do)


def at_once(first: Callable[[], _First], second: Callable[[], _Second]) -> tuple[_First, _Second]:
    """Call two functions at the same time, and return both results.

    If both fail, the exception of the first one is raised, whichever failed earlier.
    """
    with in_background(second) as call:
        return first(), call.result()
