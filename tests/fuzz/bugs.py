"""Bugs that a function survives: exceptions that its guard of last resort catches and logs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import ServiceError


class _Collector(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception of a record, unless it is an error of the project."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, ServiceError):
            self._found.append(f"{type(error).__name__}: {error}")


@contextmanager
def logged_bugs() -> Iterator[list[str]]:
    """Collect the exceptions that are logged as errors, and are none of the project's."""
    found: list[str] = []
    collector = _Collector(found)
    logging.getLogger().addHandler(collector)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(collector)


def name(bug: str) -> str:
    """Return the kind of a fault for a bug."""
    return f"survived {bug.split(':')[0]}"
