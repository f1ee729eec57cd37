"""Limits of a request that follow from it alone, before anything is looked for in the archive."""

from shared import limits
from shared.errors import BadRequestError, TooLargeError


def check_window_count(windows: int) -> None:
    """Refuse a request with too many windows, before any of them is parsed.

    Raises:
        BadRequestError: there are more than `limits.max_windows`.
    """
    limit = limits.max_windows()
    if windows > limit:
        raise BadRequestError(
            f"Windows has {windows:,} time windows: must be at most {limit:,} in one request",
            field="Windows",
            windows=windows,
            limit=limit,
        )


def check_channel_days(days: int) -> None:
    """Refuse windows that together have too many channel days.

    Args:
        days: of all windows so far, with their margins as far as known; a day of several windows
            counts as often.

    Raises:
        TooLargeError: there are more than `limits.max_channel_days`.
    """
    limit = limits.max_channel_days()
    if days > limit:
        raise TooLargeError(
            f"the windows and their margins have {days:,} channel days or more, each counted for"
            f" each of its windows: at most {limit:,} in one request",
            channel_days=days,
            limit=limit,
        )


def check_object_count(objects: int) -> None:
    """Refuse a request that needs too many day objects.

    Raises:
        TooLargeError: there are more than `limits.max_objects`.
    """
    limit = limits.max_objects()
    if objects > limit:
        raise TooLargeError(
            f"the time spans need {objects:,} day objects: at most {limit} in one request"
            " (MAX_OBJECTS); ask for fewer channels, or for a shorter time",
            objects=objects,
            limit=limit,
        )


def check_s3_requests(requests: int) -> None:
    """Refuse a request that needs too many requests to S3.

    Args:
        requests: their number, as estimated.

    Raises:
        TooLargeError: there are more than `limits.max_s3_requests`.
    """
    limit = limits.max_s3_requests()
    if requests > limit:
        raise TooLargeError(
            f"the time spans need about {requests:,} requests to S3: at most {limit:,} in one"
            " request (MAX_S3_REQUESTS); ask for fewer channels, days, or spans that lie apart"
            " within a day",
            s3_requests=requests,
            limit=limit,
        )
