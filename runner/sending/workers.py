"""Worker threads: process items in parallel until all are done or the run is stopped."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from runner.errors import StoppedError
from runner.sending.interruption import Stop, StopOnSignal

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Done(Generic[_Result]):
    result: _Result


@dataclass(frozen=True)
class _Failed:
    error: BaseException


class _WorkerExited:
    """A worker has ended."""


class _Interrupted:
    """A signal has arrived."""


def run_workers(
    process: Callable[[_Item], _Result],
    items: Iterable[_Item],
    workers: int,
    stop: Stop,
    on_interrupt: Callable[[int], object],
) -> Iterator[_Result]:
    """Process items in worker threads; yield results as they are ready.

    After a signal, or once `stop` is set, no new item is started. Items in progress are finished,
    and their results are still yielded.

    Args:
        process: processes an item; raises StoppedError if it did not.
        items: taken one by one as workers become free.
        workers: number of threads.
        stop: set by signals, and possibly by `process`.
        on_interrupt: called in this thread after a signal, with the number of busy workers.

    Raises:
        Exception: the first one from `process`, once the items in progress are finished.
    """
    inbox: SimpleQueue[Any] = SimpleQueue()  # reentrant: a signal handler may put into it
    upcoming, turn = iter(items), threading.Lock()

    def work() -> None:
        try:
            while not stop.requested:
                with turn:
                    item = next(upcoming, inbox)
                if item is inbox:
                    break
                inbox.put(_Done(process(item)))  # type: ignore[arg-type]  # not the sentinel
        except StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001  # raised again in _results
            stop.request()
            inbox.put(_Failed(error))
        finally:
            inbox.put(_WorkerExited())

    with StopOnSignal(stop, lambda: inbox.put(_Interrupted())):
        for _ in range(workers):
            # Daemons, so that the second signal ends the program at once.
            threading.Thread(target=work, daemon=True).start()
        try:
            yield from _results(inbox, workers, on_interrupt)
        finally:
            stop.request()  # also if the caller closes this generator early


def _results(
    inbox: "SimpleQueue[Any]", workers: int, on_interrupt: Callable[[int], object]
) -> Iterator[Any]:
    failure: BaseException | None = None
    while workers:
        item = inbox.get()
        if isinstance(item, _Done):
            yield item.result
        elif isinstance(item, _Failed):
            failure = failure or item.error
        elif isinstance(item, _Interrupted):
            on_interrupt(workers)
        else:
            workers -= 1
    if failure:
        raise failure


@contextmanager
def detached_pool(threads: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Open a thread pool that does not wait for running tasks on exit.

    After Ctrl-C or an error, S3 may take a minute to answer the requests that are running.
    """
    pool = ThreadPoolExecutor(threads, name)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
