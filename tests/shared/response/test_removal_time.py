"""Removals that would not end in time are refused by name, and the estimate is near the truth."""

import copy
import time
from types import SimpleNamespace

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from shared.aws import deadline
from shared.errors import TooLargeError
from shared.response import _removal_time
from shared.response._channel_epochs import ChannelEpochs
from shared.response._removal_time import _seconds, in_time, is_fast
from shared.response.bridging import bridge_segments
from shared.response.removal import remove_channel_response
from tests.support.builders import make_trace, noise
from tests.support.operations import count_calls
from tests.support.response_removal import NSCL, hour, parse, station

START = UTCDateTime("2024-01-01T00:00:00.0195")


@pytest.fixture
def still(monkeypatch):
    """Time that does not pass."""
    monkeypatch.setattr(deadline.time, "monotonic", lambda: 100.0)


def broken(segments, npts):
    """Return segments with a gap of half their length after each."""
    data = noise(npts)
    starts = [START + number * 1.5 * npts / 40 for number in range(segments)]
    return Stream(
        [make_trace(NSCL, str(start), data[: npts - k % 9]) for k, start in enumerate(starts)]
    )


def left(seconds):
    """Return Lambda's context with a time left that does not pass."""
    return SimpleNamespace(get_remaining_time_in_millis=lambda: int(1000 * seconds))


def refusal(stream, seconds_left, **parameters):
    before = [trace.data.copy() for trace in stream]
    with deadline.invocation(left(seconds_left)), pytest.raises(TooLargeError) as caught:
        remove_channel_response(stream, station(), parse(**parameters))
    for trace, data in zip(stream, before, strict=True):
        np.testing.assert_array_equal(trace.data, data)
    return caught.value


def test_too_many_segments_are_refused_before_any_work(still, monkeypatch):
    monkeypatch.setattr(_removal_time, "_SEGMENT_S", 4e-4)
    error = refusal(broken(2000, 20), 0.5)
    assert error.message.startswith("CI.BOM..BHZ: removing the response from 2,000 segments takes")
    assert error.details["segments"] == 2000
    assert error.details["estimated_seconds"] > error.details["seconds_left"]


def test_segments_that_are_not_bridged_are_refused_by_the_time_for_each(still):
    error = refusal(broken(300, 50), 0.15, gaps="split")
    assert "from 300 segments of 13,8" in error.message
    assert 'ask for "gaps": "bridge", or give the function more time (Timeout)' in error.message
    with deadline.invocation(left(0.15)):
        remove_channel_response(broken(300, 50), station(), parse())  # the remedy


def test_obspys_method_is_refused_where_the_fast_one_is_not(still):
    error = refusal(hour(600_000), 0.8, method="obspy")
    assert (
        'samples takes about 0.8 s, and 0.6 s are left: ask for "method": "fast"' in error.message
    )
    with deadline.invocation(left(0.8)):
        remove_channel_response(hour(600_000), station(), parse())


def test_a_slow_machine_is_noticed_between_traces(monkeypatch):
    traces = _traces(broken(4, 100), gaps="split")
    now = [100.0]
    monkeypatch.setattr(deadline.time, "monotonic", lambda: now[0])
    with deadline.invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)):
        watch = in_time(traces, parse(gaps="split"))
        assert [next(watch), next(watch)] == traces[:2]
        now[0] += 59.7 - 1e-4
        with pytest.raises(TooLargeError, match="from 2 segments of 19"):
            next(watch)


def test_without_a_deadline_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(_removal_time, "_OBSPY_POINT_S", 1e3)
    assert remove_channel_response(hour(1000), station(), parse(method="obspy")).method == "obspy"


@pytest.mark.parametrize(
    ("segments", "npts", "parameters"),
    [(150, 300, {"gaps": "split"}), (400, 100, {}), (1, 200_000, {"method": "obspy"})],
)
def test_the_estimate_is_near_the_truth(segments, npts, parameters, measured):
    remove_channel_response(hour(1000), station(), parse())  # imports all it needs
    stream = broken(segments, npts)
    own = parse(**parameters)
    estimate = sum(_seconds(trace, is_fast(trace, own)) for trace in _traces(stream, **parameters))
    start = time.process_time()
    remove_channel_response(stream, station(), own)
    took = time.process_time() - start
    measured(f"{segments} of {npts} samples, {parameters}: {took:.2f} s, estimated {estimate:.2f}")
    assert estimate / 8 < took < estimate * 8


def _traces(stream, **parameters):
    from shared.response.removal import _segments

    own = _segments(stream, ChannelEpochs(stream[0], station()), "VEL", wanted=True)
    return bridge_segments(own, parameters.get("gaps", "bridge") == "bridge")


def test_many_epochs_cost_many_segments_little():
    """Segments between two changes of the epochs share one search for their response."""
    metadata = station()
    (channel,) = metadata[0][0].channels
    epochs = [copy.copy(channel) for _ in range(500)]
    for year, epoch in enumerate(epochs):
        epoch.start_date = UTCDateTime(1900 + year, 1, 1)
        epoch.end_date = UTCDateTime(1901 + year, 1, 1)
    metadata[0][0].channels = epochs
    stream, same = broken(300, 20), broken(300, 20)
    with_all = count_calls(lambda: remove_channel_response(stream, metadata, parse()))
    with_one = count_calls(lambda: remove_channel_response(same, station(), parse()))
    assert with_all < with_one + 50 * len(epochs)  # a look at all for each: 300 times as many
    for one, other in zip(stream, same, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


@pytest.mark.parametrize("margin", [False, True])
def test_the_removal_grows_with_the_segments(margin):
    """Each unusable segment around them has a warning of its own."""

    def calls(segments):
        stream = broken(segments, 20)
        around = broken(segments, 20) if margin else None
        for trace in around or ():
            trace.stats.starttime = UTCDateTime(1980, 1, 1) + (trace.stats.starttime - START)
        return count_calls(lambda: remove_channel_response(stream, station(), parse(), around))

    assert calls(400) < 10 * calls(50)
