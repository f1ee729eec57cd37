"""Faults injected into one channel's work, wherever it is done."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

SECRET = "/tmp/secret-0x7f"
FAULTS = (
    RuntimeError(SECRET),
    Exception(SECRET),
    ZeroDivisionError(SECRET),
    OverflowError(SECRET),
    NotImplementedError(SECRET),
    ValueError(SECRET),
    KeyError(SECRET),
    OSError(2, SECRET, SECRET),
    RecursionError(SECRET),
    StopIteration(SECRET),
)
"""Exceptions that no one thought of, with a text that no caller may see."""

INTERNALS = (SECRET, "Traceback", "/tmp", *(type(fault).__name__ for fault in FAULTS[2:]))
"""Texts that no reply may have."""


def inject(
    monkeypatch: pytest.MonkeyPatch, target: str, fault: Exception, channel: str
) -> Callable[[], None]:
    """Make a function raise an exception whenever one of its arguments is of a channel.

    Args:
        monkeypatch: pytest's.
        target: the function, as `module:name` or `module:class.name`.
        fault: the exception.
        channel: the channel's code, such as "BHN".

    Returns:
        A function that removes the fault.
    """
    module, _, name = target.partition(":")
    owner: Any = __import__(module, fromlist=["_"])
    *classes, name = name.split(".")
    for each in classes:
        owner = getattr(owner, each)
    original = getattr(owner, name)

    def faulty(*args: Any, **kwargs: Any) -> Any:
        if any(_is_of(value, channel) for value in (*args, *kwargs.values())):
            raise fault
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, faulty)
    return lambda: monkeypatch.setattr(owner, name, original)


def _is_of(value: Any, channel: str) -> bool:
    names = [getattr(value, name, "") for name in ("uri", "id", "window", "channel", "source")]
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        names += [getattr(each, "id", "") for each in value]
    return any(channel in str(name) for name in (value, *names))
