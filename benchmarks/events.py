"""Events for both functions that read another station in each invocation."""

import json
from collections.abc import Callable
from typing import Any

from benchmarks.servers.generated_archive import DAY, channel
from shared.archive.channel_id import ChannelId

Event = Callable[[int], dict[str, Any]]
"""Returns the event of the n-th invocation, from 0."""

WINDOW_HZ = 100.0
# Channels of 23 hours each: almost the most samples that `shared.windows.limits` allows.
LARGEST_CHANNELS = 4
LARGEST_MOTION_CHANNELS = 2

FIVE_MINUTES = ("2024-01-01T10:00:00", "2024-01-01T10:05:00")
MOST_OF_A_DAY = ("2024-01-01T00:30:00", "2024-01-01T23:30:00")


def channel_day(sampling_rate: float) -> Event:
    """Return events for the response function, at a sampling rate in Hz."""
    return lambda number: {"day": str(DAY), "nscl": channel(sampling_rate, number).nscl}


def windows(times: tuple[str, str], stations: int, channels: int = 1, **parameters: str) -> Event:
    """Return events for the time-window function, with one window for each of several channels.

    Args:
        times: start and end of the windows.
        stations: the number of stations in the archive; events return to the first after the last.
        channels: the number of channels in each event.
        parameters: further members of the request, such as `Output="VEL"`.
    """

    def each(number: int) -> dict[str, str]:
        return window(channel(WINDOW_HZ, number % stations), times)

    return lambda number: {
        "Windows": [each(number * channels + one) for one in range(channels)],
        **parameters,
    }


def window(name: ChannelId, times: tuple[str, str]) -> dict[str, str]:
    """Return a window of a request: a channel, and start and end."""
    codes = {"Network": name.network, "Station": name.station, "Channel": name.channel}
    return {**codes, "Location": name.location, "Starttime": times[0], "Endtime": times[1]}


def over_http(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event that API Gateway makes of a request."""
    return {"routeKey": "POST /windows", "body": json.dumps(event)}
