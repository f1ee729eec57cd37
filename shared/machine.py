"""Faults of the machine that runs a function, as errors that name them.

Without names, an exhausted memory would look like a bug of ours.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import ServiceError, SettingsError, TooLargeError

TOO_MANY_FILES = "the function has too many open files: raise its limit (ulimit -n)"
_NO_MEMORY = "the function's memory is too small: ask for less at a time, or give the function more"

_NO_FILES = (errno.EMFILE, errno.ENFILE)


def as_service_error(error: BaseException) -> ServiceError | None:
    """Return the error that names a fault of the machine; None if it is something else.

    A lack of memory is a `TooLargeError`. Everything else is a `SettingsError`: the same request
    succeeds on another machine, or once the machine is set up rightly.
    """
    if isinstance(error, MemoryError) or _number(error) == errno.ENOMEM:
        return TooLargeError(_NO_MEMORY)
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return SettingsError(
            "the function cannot start another thread: raise its limit (ulimit -u)"
        )
    return SettingsError(TOO_MANY_FILES) if _number(error) in _NO_FILES else None


def _number(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None


@contextmanager
def named_faults() -> Iterator[None]:
    """Raise faults of the machine in the enclosed block as errors that name them."""
    try:
        yield
    except (MemoryError, OSError, RuntimeError) as error:
        named = as_service_error(error)
        if named is None:
            raise
        raise named from error


def lacks_files(error: BaseException | None) -> bool:
    """Return whether an error comes from too many open files, connections among them."""
    while error is not None and _number(error) not in _NO_FILES:
        error = error.__cause__ or error.__context__
    return error is not None
