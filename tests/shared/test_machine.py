"""Faults of the machine by name; everything else stays as it is."""

import errno

import numpy as np
import pytest

from shared import machine
from shared.errors import BadRequestError, SettingsError, TooLargeError

NAMED = {
    "memory": (MemoryError(), TooLargeError, "memory is too small"),
    "memory of the kernel": (OSError(errno.ENOMEM, "x"), TooLargeError, "memory is too small"),
    "files": (OSError(errno.EMFILE, "x", "/secret"), SettingsError, "too many open files"),
    "files of all": (OSError(errno.ENFILE, "x"), SettingsError, "too many open files"),
    "threads": (RuntimeError("can't start new thread"), SettingsError, "another thread"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_fault_is_named(name):
    fault, kind, words = NAMED[name]
    with pytest.raises(kind, match=words) as caught, machine.named_faults():
        raise fault
    assert caught.value.__cause__ is fault
    assert "secret" not in caught.value.message


def test_memory_of_numpy():
    with pytest.raises(TooLargeError, match="memory"), machine.named_faults():
        np.empty(1 << 50, np.float64)


@pytest.mark.parametrize(
    "error",
    [
        OSError(),
        FileNotFoundError(errno.ENOENT, "x"),
        OSError(errno.ENOSPC, "x"),
        ConnectionRefusedError(errno.ECONNREFUSED, "x"),
        RuntimeError("another"),
        ValueError("x"),
        BadRequestError("x"),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_other_errors_pass(error):
    with pytest.raises(type(error)) as caught, machine.named_faults():
        raise error
    assert caught.value is error


def test_too_many_files_are_found_behind_other_errors():
    error = ValueError("no connection")
    error.__context__ = OSError(errno.EMFILE, "x")
    assert machine.lacks_files(error)
    error.__context__ = OSError(errno.ECONNRESET, "x")
    assert not machine.lacks_files(error)
    assert not machine.lacks_files(None)
