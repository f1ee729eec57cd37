"""Errors of `run_lambda.py`, by their consequence for the run and its exit status."""


class InputError(Exception):
    """Invalid command line or input file. Nothing was sent. Exit status 2."""


class NoMatchError(InputError):
    """A pattern of channels that matches none that the archive has on its days."""


class RunError(Exception):
    """A run that could not continue. Exit status 1."""


class CallError(Exception):
    """A failed call, or an error that the function raised.

    Args:
        kind: error type as the function or AWS names it, such as "NoWaveformError".
        message: error message.
        transient: whether a retry may succeed.
        throttled: whether AWS refused the call because there were too many at that moment.
        fatal: whether every other call would fail for the same reason.

    Attributes:
        attempts: number of calls made, including this one.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        transient: bool = False,
        throttled: bool = False,
        fatal: bool = False,
    ) -> None:
        super().__init__(f"{kind}: {message}" if kind else message)
        self.kind = kind
        self.message = message
        self.transient = transient or throttled
        self.throttled = throttled
        self.fatal = fatal
        self.attempts = 1

    def as_dict(self) -> dict[str, str]:
        """Return the error as JSON."""
        return {"type": self.kind, "message": self.message}


class StoppedError(Exception):
    """A call that was not made or not retried because the run is stopping."""
