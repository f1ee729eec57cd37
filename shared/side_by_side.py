"""Does the same with several things at the same time, while each waits for S3's answer."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from shared.s3 import MAX_CONNECTIONS, client

_T = TypeVar("_T")


def side_by_side(do: Callable[[_T], object], things: Iterable[_T]) -> None:
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
