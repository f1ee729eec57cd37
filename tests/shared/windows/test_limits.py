"""Limits of samples and of day objects."""

import numpy as np
import pytest
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.errors import TooLargeError
from shared.windows import read_windows
from shared.windows.request import Window
from tests.support.builders import make_trace, noise, put_day
from tests.support.windows import DAY, NSCL, read_one, window


def test_windows_that_no_reply_can_hold_are_refused_before_more_is_read(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    put_day(archive, NSCL, "2024,003", make_trace(NSCL, "2024-01-03", noise(4_000)))
    put_day(archive, NSCL, "2024,004", make_trace("CI.BOM.BHN.", "2024-01-04", noise(4_000)))
    span = window("2024-01-01", "2024-12-31")
    (refused,) = read_windows([span], SCEDC, max_samples=3 * 1024**2)
    error = refused.as_dict()["error"]
    assert error["type"] == "TooLargeError"
    assert "13,824,001 samples or nearly as many" in error["message"]
    assert "ask for at most 7,1" in error["message"]


def test_a_long_window_with_few_samples_is_answered(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T23:50:00", noise(4_000)))
    assert len(read_one("2023-12-01", "2024-01-31").as_dict()["data"]) == 4_000


def test_many_objects_are_refused_before_any_is_looked_for(archive: S3Server) -> None:
    span = window("2024-01-01", "2024-12-31T00:00:01", "CI.BOM.LHZ.")
    spans = [span, *(Window(ChannelId("CI", f"S{i}", "LHZ"), *span_ends(span)) for i in range(2))]
    with pytest.raises(TooLargeError, match="1,098 day objects: at most 1000"):
        read_windows(spans, SCEDC)


def span_ends(span: Window) -> tuple[UTCDateTime, UTCDateTime]:
    return span.starttime, span.endtime


def test_windows_that_together_are_too_large_are_refused(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", np.zeros(2_000_000)))
    span = window("2024-01-01", "2024-01-01T13:00:00")
    with pytest.raises(TooLargeError, match="the 3 windows have 5,616,003 samples"):
        read_windows([span] * 3, SCEDC, max_samples=3 * 1024**2)
