"""The errors of this program, by what they mean for a run and for its exit status."""


class InputError(Exception):
    """What was typed, or what a file says, cannot be run; nothing was sent. Exit status 2."""


class RunError(Exception):
    """The run could not go on. Exit status 1."""


class CallError(Exception):
    """A call failed, or the function raised an error.

    Args:
        kind: of the error, in the words of who raised it, such as "NoWaveformError".
        message: of the error.
        transient: whether the same call may succeed a moment later.
        throttled: whether it was refused only as there were too many calls at that moment.
        for_all: whether every other call would fail for the same reason.

    Attributes:
        attempts: how often the call was made, the failures before this one included.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        transient: bool = False,
        throttled: bool = False,
        for_all: bool = False,
    ) -> None:
        super().__init__(f"{kind}: {message}" if kind else message)
        self.kind = kind
        self.message = message
        self.transient = transient or throttled
        self.throttled = throttled
        self.for_all = for_all
        self.attempts = 1

    def as_dict(self) -> dict[str, str]:
        """The error as JSON."""
        return {"type": self.kind, "message": self.message}


class StoppedError(Exception):
    """A call was not made, or not made again, as the run is being stopped."""
