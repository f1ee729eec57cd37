"""Windows read by byte ranges, compared with whole days that ObsPy merges and trims."""

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


def by_obspy(window: Window, contents: dict[Day, bytes]) -> obspy.Trace | None:
    """Cut a window out of its whole days; return None if it has no samples."""
    whole = Stream()
    for day in window.days:
        if day in contents:
            whole += obspy.read(io.BytesIO(contents[day]), format="MSEED")
    try:
        whole.merge().trim(window.starttime, window.endtime)
    except ValueError:  # ObsPy's reaction to a window between two samples
        return None
    if not whole or np.ma.getmaskarray(whole[0].data).all():
        return None
    trace: obspy.Trace = whole[0]
    return trace


def check(answer: WindowResult, expected: obspy.Trace | None) -> None:
    if expected is None:
        assert answer.trace is None
        assert answer.error
        assert type(answer.error).__name__ == "NoWaveformError"
        return
    assert answer.trace is not None, answer.error
    assert answer.trace.stats.starttime.ns == expected.stats.starttime.ns
    assert answer.trace.stats.sampling_rate == expected.stats.sampling_rate
    assert answer.trace.data.dtype == expected.data.dtype
    assert answer.trace.data.tolist() == expected.data.tolist()  # None where masked


@pytest.mark.usefixtures("small_reads")
@settings(
    max_examples=60,
    derandomize=True,  # the same days in each run, so that a new failure comes from a change
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_windows_of_any_days(put: Callable[[Day, bytes], None], data: st.DataObject) -> None:
    kinds = {
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
        expected = by_obspy(window, contents)
        event("none" if expected is None else f"masked: {np.ma.is_masked(expected.data)}")
        check(other, expected)
        check(answer, expected)
        check(warm, expected)
