"""The time that many segments take, and their refusal where it is not left."""

from shared.aws.time_limit import require_time

_SEGMENT_S = 2e-5
"""Seconds for a segment on one processor, rather too few: to read it, or to join it."""


def require_time_for_segments(seed_id: str, segments: int, work: str) -> None:
    """Refuse work on segments that would not end in time.

    Args:
        seed_id: network.station.location.channel.
        segments: their number.
        work: the work in words, such as "reading".

    Raises:
        TooLargeError: there are too many.
    """
    hint = "ask for less, or give the function more time (Timeout)"
    require_time(
        _SEGMENT_S * segments, f"{seed_id}: {work} {segments:,} segments", hint, segments=segments
    )
