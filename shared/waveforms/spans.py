"""Time spans that are read together."""

from collections.abc import Sequence

from shared.waveforms.segments import TimeSpan

_NEARBY_S = 600  # reading the records in between is faster than a second request
_PART_S = 1_200.0
"""Time span that is read as fast as a part of a day is located and decoded."""

_WHOLE_S = 43_200.0
"""Length of all parts from which on their day is read whole."""


def merge_nearby(spans: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Sort time spans, and merge those that overlap or are close to each other."""
    joined: list[TimeSpan] = []
    for starttime, endtime in sorted(spans, key=lambda span: span[0].ns):
        if joined and starttime - joined[-1][1] <= _NEARBY_S:
            if endtime > joined[-1][1]:
                joined[-1] = (joined[-1][0], endtime)
        else:
            joined.append((starttime, endtime))
    return joined


def is_whole_simpler(parts: Sequence[TimeSpan]) -> bool:
    """Return whether to read a day whole rather than some parts of it.

    Args:
        parts: time spans of `merge_nearby`, within the day.
    """
    length_s = float(sum(end - start for start, end in parts))
    return length_s + _PART_S * (len(parts) - 1) > _WHOLE_S
