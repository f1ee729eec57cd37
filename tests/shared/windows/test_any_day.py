"""Windows read by byte ranges, compared with the samples of whole days and their own times."""

import io
from collections.abc import Callable

import numpy as np
import obspy
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from obspy import Stream

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.windows import read_windows
from shared.windows.request import Window
from shared.windows.result import WindowResult
from tests.support.generated_days import MIDNIGHT, NSCL, days, spans

CHANNEL = ChannelId.parse(NSCL)
MANY = 10**9
DAYS = (Day.of(MIDNIGHT), Day.of(MIDNIGHT).next)


@pytest.fixture
def put(archive: S3Server) -> Callable[[Day, bytes], None]:
    return lambda day, content: archive.put(SCEDC.waveform_key(CHANNEL, day), content)


def whole_days(window: Window, contents: dict[Day, bytes]) -> Stream:
    """Read a window's whole days with ObsPy, and the next day's samples where the last one ends."""
    whole = Stream()
    for day in window.days:
        if day in contents:
            whole += obspy.read(io.BytesIO(contents[day]), format="MSEED")
    last = window.days[-1]
    if last in contents and last.next in contents and last.next.starttime - window.endtime < 60:
        end = max(trace.stats.endtime for trace in whole)
        beyond = obspy.read(io.BytesIO(contents[last.next]), format="MSEED")
        delta = beyond[0].stats.delta
        start = max(window.starttime, end + delta)
        if start <= window.endtime:
            room = 0.01 * delta
            whole += beyond.slice(start - room, window.endtime + room, nearest_sample=False)
    return whole


def by_times(window: Window, whole: Stream) -> tuple[list[int], list[float]]:
    """The samples of a window's days within half an interval of it, without conflicting ones.

    Returns:
        Their own times in ns, in order, and their values.
    """
    segments = whole.copy().merge(method=-1)  # joins samples stored twice
    times, values = [np.empty(0)], [np.empty(0)]
    for trace in segments:
        interval = trace.stats.delta * 1e9
        own = trace.stats.starttime.ns + np.round(np.arange(trace.stats.npts) * interval)
        there = (own > window.starttime.ns - interval / 2) & (
            own < window.endtime.ns + interval / 2
        )
        for other in segments:
            if other is not trace:
                first, last = other.stats.starttime.ns, other.stats.endtime.ns
                there &= (own < first - interval / 1000) | (own > last + interval / 1000)
        times.append(own[there])
        values.append(trace.data[there])
    order = np.argsort(np.concatenate(times), kind="stable")
    return np.concatenate(times)[order].astype(int).tolist(), np.concatenate(values)[order].tolist()


def by_obspy(window: Window, whole: Stream) -> obspy.Trace | None:
    """The window by ObsPy's `merge` and `trim`, if all segments lie on one grid.

    None also where three segments overlap, as ObsPy may take samples of one that conflicts.
    """
    stats = sorted((trace.stats for trace in whole), key=lambda each: each.starttime)
    ends = sorted(each.endtime for each in stats)
    if any(third.starttime <= end for third, end in zip(stats[2:], ends, strict=False)):
        return None
    samples = [(each.starttime - stats[0].starttime) / each.delta for each in stats]
    if any(abs(count - round(count)) > 1e-5 for count in samples):
        return None
    trace: obspy.Trace = whole.copy().merge().trim(window.starttime, window.endtime)[0]
    return trace


def check(
    answer: WindowResult, times: list[int], values: list[float], expected: obspy.Trace | None
) -> None:
    """Check a window against the samples of its days, and against ObsPy's if it is given."""
    if not times:
        assert answer.trace is None
        assert type(answer.error).__name__ == "NoWaveformError"
        return
    assert answer.trace is not None, answer.error
    delta = answer.trace.stats.delta
    parts = answer.segments
    found = [part.stats.starttime.ns + np.arange(part.stats.npts) * delta * 1e9 for part in parts]
    np.testing.assert_allclose(np.concatenate(found), times, rtol=0, atol=delta * 1e9 * 0.01)
    assert np.concatenate([part.data for part in parts]).tolist() == values
    assert np.ma.compressed(answer.trace.data).tolist() == values
    if expected is None:
        return
    assert answer.trace.stats.starttime.ns == expected.stats.starttime.ns
    assert answer.trace.stats.sampling_rate == expected.stats.sampling_rate
    assert answer.trace.data.dtype == expected.data.dtype
    assert answer.trace.data.tolist() == expected.data.tolist()  # None where masked


@pytest.mark.usefixtures("small_reads")
@settings(
    max_examples=30,
    derandomize=True,  # the same days in each run, so that a new failure comes from a change
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_windows_of_any_days(put: Callable[[Day, bytes], None], data: st.DataObject) -> None:
    kinds = {
        "on_grid": data.draw(st.booleans(), "on one grid"),
        "rates": (data.draw(st.sampled_from([1.0, 8.0, 40.0]), "rate"),),
        "encodings": (data.draw(st.sampled_from(["STEIM1", "STEIM2", "INT32", "FLOAT32"])),),
    }
    contents = {day: data.draw(days(day.starttime, **kinds), str(day)) for day in DAYS}
    for day, content in contents.items():
        put(day, content)
    first, second = contents.values()
    requested = data.draw(st.lists(st.one_of(spans(first), spans(second)), min_size=1, max_size=5))
    (start, _), (_, end) = data.draw(spans(first)), data.draw(spans(second))
    windows = [Window(CHANNEL, *span) for span in [*requested, (start, max(start, end))]]
    answers = read_windows(windows, SCEDC, max_samples=MANY)
    whole = read_windows(windows, SCEDC, whole=True, max_samples=MANY)
    again = read_windows(windows, SCEDC, max_samples=MANY)  # by a warm container
    for window, answer, other, warm in zip(windows, answers, whole, again, strict=True):
        days_of_window = whole_days(window, contents)
        times, values = by_times(window, days_of_window)
        expected = by_obspy(window, days_of_window) if times else None
        event(f"none: {not times}, one grid: {expected is not None}")
        event(f"masked: {expected is not None and np.ma.is_masked(expected.data)}")
        for each in (other, answer, warm):
            check(each, times, values, expected)
