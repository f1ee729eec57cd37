"""Faults of the machine that runs a function, as errors that name them.

Without names, a full disk or an exhausted memory would look like a bug of ours.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import ServiceError, SettingsError, TooLargeError

FULL = "the function's temporary folder is full"
TOO_MANY_FILES = "the function has too many open files: raise its limit (ulimit -n)"
_REMEDY = "ask for less at a time, or give the function more"

_TOO_SMALL = {
    errno.ENOSPC: f"{FULL}: {_REMEDY} ephemeral storage",
    errno.EDQUOT: f"{FULL}: {_REMEDY} ephemeral storage",
    errno.EFBIG: "a temporary file exceeds the limit of the function's machine (ulimit -f)",
    errno.ENOMEM: f"the function's memory is too small: {_REMEDY} memory",
}

_UNUSABLE = {
    errno.EROFS: "the function's temporary folder is read-only: mount a writable one as /tmp",
    errno.EACCES: "the function may not write its temporary folder: its user needs permission",
    errno.EPERM: "the function may not write its temporary folder: its user needs permission",
    errno.EMFILE: TOO_MANY_FILES,
    errno.ENFILE: TOO_MANY_FILES,
    errno.EIO: "the disk of the function's machine fails",
}

_KINDS = (MemoryError, OSError, RuntimeError)

_NO_FILES = (errno.EMFILE, errno.ENFILE)


def as_service_error(error: BaseException) -> ServiceError | None:
    """Return the error that names a fault of the machine; None if it is something else.

    A lack of disk or memory is a `TooLargeError`. Everything else is a `SettingsError`: the same
    request succeeds on another machine, or once the machine is set up rightly.
    """
    if isinstance(error, MemoryError):
        return TooLargeError(_TOO_SMALL[errno.ENOMEM])
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return SettingsError(
            "the function cannot start another thread: raise its limit (ulimit -u)"
        )
    if not isinstance(error, OSError) or error.errno is None:
        return None
    if error.errno in _TOO_SMALL:
        return TooLargeError(_TOO_SMALL[error.errno])
    if error.errno in _UNUSABLE:
        return SettingsError(_UNUSABLE[error.errno])
    return None


@contextmanager
def named_faults(kinds: tuple[type[Exception], ...] = _KINDS) -> Iterator[None]:
    """Raise faults of the machine in the enclosed block as errors that name them.

    Args:
        kinds: the exceptions to name; all that `as_service_error` knows by default.
    """
    try:
        yield
    except kinds as error:
        named = as_service_error(error)
        if named is None:
            raise
        raise named from error


def lacks_files(error: BaseException | None) -> bool:
    """Return whether an error comes from too many open files, connections among them."""
    while error is not None and not (isinstance(error, OSError) and error.errno in _NO_FILES):
        error = error.__cause__ or error.__context__
    return error is not None
