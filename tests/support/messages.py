"""Figures and times in messages, in whatever words."""

import re
from collections.abc import Iterable

import numpy as np
from obspy import UTCDateTime

_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?")
_DATE_OR_TIME = re.compile(rf"{_TIME.pattern}|\d{{4}}-\d\d-\d\d")
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")


def numbers(text: str) -> list[float]:
    """The numbers in a message without their signs, those of dates and times left out."""
    return [
        float(found.replace(",", "")) for found in _NUMBER.findall(_DATE_OR_TIME.sub(" ", text))
    ]


def times_in(messages: Iterable[str]) -> list[UTCDateTime]:
    """The times in messages."""
    return [UTCDateTime(found) for message in messages for found in _TIME.findall(message)]


def has_number(text: str, value: float, tolerance: float = 0.02) -> bool:
    """Whether a message has a number, near enough, with any sign."""
    return any(abs(number - abs(value)) <= tolerance * abs(value) for number in numbers(text))


def mention(messages: Iterable[str], *values: float, tolerance: float = 0.02) -> bool:
    """Whether messages have one of some numbers, near enough: one fact in several units."""
    return any(has_number(text, value, tolerance) for text in messages for value in values)


def with_numbers(messages: Iterable[str], *values: float, tolerance: float = 0.02) -> list[str]:
    """The messages that have all of some numbers."""
    return [
        message
        for message in messages
        if all(has_number(message, value, tolerance) for value in values)
    ]


def with_ratio(messages: Iterable[str], ratio: float, tolerance: float = 0.05) -> list[str]:
    """The messages that say a ratio below 1: as it is, as a factor, a loss, in percent or in dB."""
    sizes = (ratio, 1 / ratio, 1 - ratio, 100 * ratio, 100 * (1 - ratio), -20 * np.log10(ratio))
    return [text for text in messages if any(has_number(text, size, tolerance) for size in sizes)]
