"""Threads that are not awaited when what they were for has ended early."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def unawaited(number: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """So many threads; what they still do when the block is left goes on without us.

    After Ctrl-C, say, or an error, S3 may take a minute over its last answers.
    """
    pool = ThreadPoolExecutor(number, name)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
