"""Objects whose headers claim more than they can hold: no memory is taken on a claim alone.

Row 5 of docs/reliability.md.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import TooLargeError
from shared.windows import merge
from shared.windows.ground_motion import ground_motion, plan_removal
from shared.windows.limits import MAX_CORRECTED_SAMPLES
from shared.windows.merge import merge_segments
from tests.support.builders import http_event, make_trace, mseed, noise, put_day, put_station
from tests.support.recording import AUTO
from tests.support.response_removal import station
from tests.support.windows import DAY, NSCL, window

Handler = Callable[[Any], Any]

LIAR = "CI.BOM.BHN."


def claiming(rate: int) -> bytes:
    """Return half a day of noise at 1 Hz, whose headers claim another sampling rate."""
    content = bytearray(mseed(make_trace(LIAR, "2024-01-01", noise(43_200), 1.0)))
    for offset in range(0, len(content), 512):
        struct.pack_into(">hh", content, offset + 32, rate, 1)  # factor and multiplier
    return bytes(content)


@pytest.mark.parametrize("read", ["records", "whole"])
@pytest.mark.parametrize("members", [{}, {"Output": "VEL"}])
def test_a_false_rate_is_one_error(
    archive: S3Server, timewindow_handler: Handler, read: str, members: dict[str, str]
) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    put_station(archive, "CI", "BOM", BHZ=40.0, BHN=40.0)
    key = SCEDC.waveform_key(ChannelId.parse(LIAR), Day.parse(DAY))
    archive.put(key, claiming(32_767))
    codes = {"Network": "CI", "Station": "BOM"}
    times = {"Starttime": "2024-01-01T00:00:10", "Endtime": "2024-01-01T11:00:00"}
    request = {
        "Windows": [
            {**codes, "Channel": "BHN", **times},
            {**codes, "Channel": "BHZ", **times, "Endtime": "2024-01-01T00:00:20"},
        ],
        "Read": read,
        **members,
    }
    for event in (request, http_event(json.dumps(request))):
        reply = timewindow_handler(event)
        false, sound = reply if isinstance(reply, list) else json.loads(reply["body"])
        assert false["error"]["type"] in ("TooLargeError", "UnreadableObjectError")
        assert len(sound["data"]) == 401


def test_missing_samples_are_counted_before_memory_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A window of 31 days at 32,767 Hz would be 88 thousand million times `null`."""
    ends = [make_trace(NSCL, start, [1, 2], 32_767.0) for start in ("2024-01-01", "2024-01-31")]
    span = window("2024-01-01", "2024-02-01")
    extent = ends[0].stats.starttime, ends[-1].stats.endtime
    with monkeypatch.context() as patch:
        patch.setattr(merge.np, "zeros", None)
        patch.setattr(merge.np, "ones", None)
        with pytest.raises(
            TooLargeError, match="84,932,064,002 samples.* than 33,554,432"
        ) as error:
            merge_segments(span, ends, extent)
        assert error.value.details["samples"] == 84_932_064_002


@pytest.mark.parametrize(("limit", "fits"), [(100_000, False), (100_001, True)])
def test_the_limit_of_samples_counts_those_that_are_missing(limit: int, fits: bool) -> None:
    ends = [make_trace(NSCL, start, [1], 1.0) for start in ("2024-01-01", "2024-01-02T03:46:40")]
    span = window("2024-01-01", "2024-01-03")
    extent = ends[0].stats.starttime, ends[-1].stats.endtime
    if not fits:
        with pytest.raises(TooLargeError, match=r"100,001 samples"):
            merge_segments(span, ends, extent, limit)
        return
    merged = merge_segments(span, ends, extent, limit)
    assert merged is not None
    assert merged[0].stats.npts == 100_001


def test_motion_is_counted_before_gaps_are_bridged() -> None:
    """The rate of a later record may be far higher than the first one's."""
    from obspy import Stream

    inventory = station()
    asked = window("2024-01-01T00:10:00", "2024-01-01T00:20:00")
    plan = plan_removal(asked, 40.0, inventory, AUTO)
    rate = 2.0 * MAX_CORRECTED_SAMPLES / 1_200
    counts = Stream(
        [
            make_trace(NSCL, "2024-01-01", noise(40_000), 40.0),
            make_trace(NSCL, "2024-01-01T00:20:00", np.zeros(10), rate),
        ]
    )
    with pytest.raises(TooLargeError, match=r"at most 67,108,864 in one request"):
        ground_motion(asked, counts, plan)
    sound, _ = ground_motion(asked, counts[:1], plan)
    assert sound[0].stats.starttime == UTCDateTime("2024-01-01T00:10:00")
