"""The epochs of a channel that are valid at a time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obspy import UTCDateTime
    from obspy.core.inventory import Channel


def valid_epochs(epochs: "Sequence[Channel]", time: "UTCDateTime") -> "list[Channel]":
    """Return the epochs that are valid at a time, in the file's order; ObsPy takes the first.

    Both ends are inclusive, except an end at the instant at which another epoch begins.
    """
    valid = [
        epoch
        for epoch in epochs
        if (epoch.start_date is None or epoch.start_date <= time)
        and (epoch.end_date is None or epoch.end_date >= time)
    ]
    begun = any(epoch.start_date == time for epoch in valid)
    return [epoch for epoch in valid if not (begun and epoch.end_date == time)] or valid
