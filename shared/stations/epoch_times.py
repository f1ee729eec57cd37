"""The times of epochs as texts that sort by time, such as "2005-09-27T00:00:00".

Each is in UTC, without a zone, with a fraction of a second only where there is one. So they are the
times of FDSN's text formats, and texts compare as their times do.
"""

import re
from datetime import datetime, timedelta

OPEN_END_YEAR = 2500
"""Ends from this year on stand for an open end, such as 2599-12-31T23:59:59."""

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (UTC)
_SECOND_NS = 10**9


def parse_epoch_time(text: str | None) -> str:
    """Return the time of a date of StationXML; "" if there is none, or if it is no date.

    Such as "2005-09-27T00:00:00.000000Z" or "2005-09-27". A clock of 24:00:00 is the next midnight.
    """
    match = _TIME.fullmatch((text or "").strip())
    if not match:
        return ""
    *numbers, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    is_midnight = (hour, minute, second, (fraction or "").strip("0")) == (24, 0, 0, "")
    try:
        time = datetime(  # noqa: DTZ001 (UTC)
            year, month, day, 0 if is_midnight else hour, minute, second
        )
        time += timedelta(days=is_midnight) - _offset(zone)
    except (ValueError, OverflowError):
        return ""
    return _text(time, fraction or "")


def parse_epoch_end(text: str | None) -> str:
    """Return the time of an `endDate`; "" if the epoch is open, or ends in the far future."""
    time = parse_epoch_time(text)
    return "" if time[:4] >= str(OPEN_END_YEAR) else time


def format_epoch_time(ns: int) -> str:
    """Return the time of a number of nanoseconds since 1970."""
    seconds, fraction = divmod(ns, _SECOND_NS)
    return _text(_EPOCH + timedelta(seconds=seconds), f"{fraction:09d}")


def _text(time: datetime, fraction: str) -> str:
    fraction = fraction[:9].rstrip("0")
    whole = time.isoformat(timespec="seconds")
    return f"{whole}.{fraction}" if fraction else whole


def _offset(zone: str | None) -> timedelta:
    """Return the offset from UTC of a zone such as "+01:00"."""
    if zone in (None, "Z"):
        return timedelta(0)
    digits = str(zone)[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if str(zone)[0] == "-" else offset
