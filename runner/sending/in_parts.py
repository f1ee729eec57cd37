"""Send a list in as few requests as the function's limits allow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runner.errors import CallError

_TOO_LARGE = frozenset(
    {
        "TooLargeError",  # the function's own, whatever the limit
        "Function.ResponseSizeTooLarge",  # Lambda's, for a reply beyond 6 MB
        "RequestTooLargeException",
        "RequestEntityTooLargeException",
    }
)


@dataclass(frozen=True)
class Part:
    """A part of the list, and its reply.

    Attributes:
        items: the part.
        reply: the function's reply; None if there is an error.
        error: the error of the call; None if there is a reply.
    """

    items: Sequence[Any]
    reply: Any = None
    error: CallError | None = None


def send_in_parts(
    call: Callable[[Sequence[Any]], Any],
    items: Sequence[Any],
    most: int,
    on_split: Callable[[int], object],
) -> Iterator[Part]:
    """Send a list whole, or else in parts: halve a part that the function refuses as too large.

    Once a part has a reply, an error of another part is yielded in its place, so that no reply is
    lost. After a fatal error, the other parts have the same error.

    Args:
        call: sends items and returns the reply; raises a CallError.
        items: the list.
        most: the longest part to send.
        on_split: called with the new length when a part is halved.

    Raises:
        CallError: the first part failed, or all did.
    """
    starts = range(0, len(items), most) or [0]
    pending = [items[first : first + most] for first in reversed(starts)]
    has_reply, fatal = False, None
    while pending:
        part = pending.pop()
        try:
            if fatal:
                raise fatal
            reply = call(part)
        except CallError as error:
            is_large, half = error.kind in _TOO_LARGE, len(part) // 2
            if is_large and half:
                on_split(len(part) - half)
                pending += [part[half:], part[:half]]
                continue
            if not has_reply and not (is_large and pending):
                raise
            fatal = error if error.fatal else None
            yield Part(part, error=error)
        else:
            has_reply = True
            yield Part(part, reply)
