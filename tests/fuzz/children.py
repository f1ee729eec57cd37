"""Functions called in forked children, so that a crash, a hang or a leak ends a child alone."""

import faulthandler
import os
import pickle
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

T = TypeVar("T")
_WALL = 6


@dataclass(frozen=True)
class Limits:
    """The limits of a child.

    Attributes:
        seconds: for one call, of the processor; of the clock on the wall, six times as many, as
            other processes need the processor, too.
        memory: in bytes, on top of the memory that the process has before the fork.
        file: the largest file that it may write, in bytes.
    """

    seconds: float = 20.0
    memory: int = 1 << 30
    file: int = 256 << 20


@dataclass(frozen=True)
class Ended(Generic[T]):
    """How a call ended.

    Attributes:
        value: the result, if it returned.
        fault: "" or how the call ended: "killed by SIGSEGV", "no end in 20 s", "raised ...".
    """

    value: T | None = None
    fault: str = ""


def call(function: Callable[[], T], limits: Limits | None = None) -> Ended[T]:
    """Call a function in a child of its own."""
    (ended,) = call_each(lambda _: function(), [None], limits)
    return ended


def call_each(
    function: Callable[[Any], T], arguments: Iterable[Any], limits: Limits | None = None
) -> Iterator[Ended[T]]:
    """Call a function with each argument; a child that dies is replaced by another one.

    Args:
        function: its results must be picklable.
        arguments: of the calls.
        limits: of each call; None for the defaults.
    """
    limits, left = limits or Limits(), list(arguments)
    while left:
        done = 0
        for ended in _in_one_child(function, left, limits):
            done += 1
            yield ended
        left = left[done:]


def _in_one_child(
    function: Callable[[Any], T], arguments: list[Any], limits: Limits
) -> Iterator[Ended[T]]:
    """Call a function with arguments in turn, up to the one at which the child dies."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(function, arguments, limits, writing)
    os.close(writing)
    fault = ""
    with os.fdopen(reading, "rb") as pipe:
        try:
            for _ in arguments:
                yield pickle.load(pipe)
        except (EOFError, pickle.UnpicklingError):
            fault = "died"
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)  # it has nothing more to do
    _, status = os.waitpid(child, 0)
    if fault:
        yield Ended(fault=_death(status, limits))


def _work(
    function: Callable[[Any], Any], arguments: list[Any], limits: Limits, writing: int
) -> None:
    """Be the child: send how each call ends, and exit without any of the parent's clean-up."""
    warnings.simplefilter("default")  # pytest makes errors of them
    faulthandler.disable()  # pytest's would print a traceback for each crash
    for alarm in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(alarm, signal.SIG_DFL)  # ends C code, too
    memory = _virtual_memory() + limits.memory
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file, limits.file))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    with os.fdopen(writing, "wb") as pipe:
        for argument in arguments:
            signal.setitimer(signal.ITIMER_PROF, limits.seconds)
            signal.setitimer(signal.ITIMER_REAL, _WALL * limits.seconds)
            _send(_end(function, argument), pipe)
    os._exit(0)


def _end(function: Callable[[Any], T], argument: Any) -> Ended[T]:
    try:
        return Ended(function(argument))
    except BaseException as error:  # noqa: BLE001
        return Ended(fault=f"raised {type(error).__name__}: {error}")


def _send(ended: Ended[Any], pipe: BinaryIO) -> None:
    pickle.dump(ended, pipe)
    pipe.flush()


def _virtual_memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _death(status: int, limits: Limits) -> str:
    if not os.WIFSIGNALED(status):
        return f"exit status {os.waitstatus_to_exitcode(status)}"
    name = signal.Signals(os.WTERMSIG(status)).name
    if name in ("SIGALRM", "SIGPROF"):
        return f"no end in {limits.seconds:g} s"
    return f"killed by {name}"
