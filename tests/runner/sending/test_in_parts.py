"""A list sent in parts, where the function refuses the whole as too large."""

import pytest

from runner.errors import CallError
from runner.sending.in_parts import send_in_parts

TOO_LARGE = CallError("TooLargeError", "too many samples")
FATAL = CallError("AccessDeniedException", "no more", fatal=True)
BROKEN = CallError("S3Error", "not today")


def sent(items, most, refuse):
    """Send a list; return the parts with their replies or errors, and the calls."""
    calls, halves = [], []

    def call(part):
        calls.append(list(part))
        if error := refuse(part, len(calls)):
            raise error
        return sum(part)

    parts = [
        (list(part.items), part.error or part.reply)
        for part in send_in_parts(call, items, most, halves.append)
    ]
    assert [item for part, _ in parts for item in part] == list(items)
    return parts, calls, halves


def test_a_list_that_fits_is_one_call():
    assert sent([1, 2, 3], 3, lambda *_: None) == ([([1, 2, 3], 6)], [[1, 2, 3]], [])
    assert sent([], 3, lambda *_: None)[1] == [[]]  # the function says that there is nothing


def test_a_long_list_is_cut():
    parts, _, halves = sent(range(7), 3, lambda *_: None)
    assert parts == [([0, 1, 2], 3), ([3, 4, 5], 12), ([6], 6)]
    assert halves == []


@pytest.mark.parametrize(
    "kind", ["TooLargeError", "Function.ResponseSizeTooLarge", "RequestEntityTooLargeException"]
)
def test_parts_are_halved_until_they_fit(kind):
    """The function takes parts whose sum is at most 11."""
    refuse = lambda part, _: CallError(kind, "") if sum(part) > 11 else None  # noqa: E731
    parts, calls, halves = sent([1, 2, 3, 4, 5, 6], 99, refuse)
    assert parts == [([1, 2, 3], 6), ([4], 4), ([5, 6], 11)]
    assert calls == [[1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 5, 6], [4], [5, 6]]
    assert halves == [3, 2]


def test_an_item_that_is_too_large_alone_has_its_error():
    parts, *_ = sent([1, 50, 3], 99, lambda part, _: TOO_LARGE if sum(part) > 10 else None)
    assert parts == [([1], 1), ([50], TOO_LARGE), ([3], 3)]


def test_nothing_fits():
    with pytest.raises(CallError) as raised:
        sent([50], 99, lambda *_: TOO_LARGE)
    assert raised.value is TOO_LARGE
    with pytest.raises(CallError):
        sent([50, 60], 99, lambda *_: TOO_LARGE)


def test_a_first_call_that_fails_ends_it():
    with pytest.raises(CallError) as raised:
        sent([1, 2, 3], 1, lambda *_: BROKEN)
    assert raised.value is BROKEN


def test_no_reply_is_lost_by_a_later_error():
    parts, calls, _ = sent([1, 2, 3], 1, lambda _, number: BROKEN if number == 2 else None)
    assert parts == [([1], 1), ([2], BROKEN), ([3], 3)]
    assert len(calls) == 3


def test_after_a_fatal_error_nothing_is_sent():
    parts, calls, _ = sent([1, 2, 3], 1, lambda _, number: FATAL if number == 2 else None)
    assert parts == [([1], 1), ([2], FATAL), ([3], FATAL)]
    assert len(calls) == 2
