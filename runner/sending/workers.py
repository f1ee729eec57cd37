"""The same with many things, so many at a time, until all are done or the run is stopped."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from runner.errors import StoppedError
from runner.sending.interruption import Interruption, Stop

_Thing = TypeVar("_Thing")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Done(Generic[_Result]):
    result: _Result


@dataclass(frozen=True)
class _Failed:
    error: BaseException


class _Left:
    """A thread has nothing more to do."""


class _Interrupted:
    """A signal came."""


def run_jobs(
    do: Callable[[_Thing], _Result],
    things: Iterable[_Thing],
    at_a_time: int,
    stop: Stop,
    interrupted: Callable[[int], object],
) -> Iterator[_Result]:
    """Do something with each thing, in threads; results come as they are ready.

    After a signal, or once `stop` was asked for, no further thing is begun. What is under way then
    is awaited, and its results still come.

    Args:
        do: what to do; a StoppedError means that it was not done.
        things: taken one by one, as threads get free.
        at_a_time: how many threads.
        stop: asked for by signals, and perhaps by `do`.
        interrupted: called, here, after a signal, with the number of threads under way.

    Raises:
        Exception: what `do` raised, when everything that was under way is done.
    """
    inbox: SimpleQueue[Any] = SimpleQueue()  # may be put into by a signal's handler
    upcoming, turn = iter(things), threading.Lock()

    def work() -> None:
        try:
            while not stop.asked:
                with turn:
                    thing = next(upcoming, inbox)
                if thing is inbox:
                    break
                inbox.put(_Done(do(thing)))  # type: ignore[arg-type]  # it is a thing
        except StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001  # raised again, below
            stop.ask()
            inbox.put(_Failed(error))
        finally:
            inbox.put(_Left())

    with Interruption(stop, lambda: inbox.put(_Interrupted())):
        for _ in range(at_a_time):
            # At the second signal nobody waits for them.
            threading.Thread(target=work, daemon=True).start()
        try:
            yield from _results(inbox, at_a_time, interrupted)
        finally:
            stop.ask()  # also where nobody wants further results


def _results(
    inbox: "SimpleQueue[Any]", threads: int, interrupted: Callable[[int], object]
) -> Iterator[Any]:
    failure: BaseException | None = None
    while threads:
        item = inbox.get()
        if isinstance(item, _Done):
            yield item.result
        elif isinstance(item, _Failed):
            failure = failure or item.error
        elif isinstance(item, _Interrupted):
            interrupted(threads)
        else:
            threads -= 1
    if failure:
        raise failure


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
