"""Segments that repeat earlier ones, and there may be many."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from obspy import Stream

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import deadline
from shared.errors import TooLargeError
from shared.waveforms.read_day import read_day
from shared.waveforms.segments import join
from tests.support.builders import make_trace, mseed, noise

NSCL = "CI.BOM.BHZ."
START = "2024-01-01T00:00:00.019536"
RATE = 40.0


def many(count, npts=50):
    """Return different segments of one time."""
    data = np.random.default_rng(1).integers(-1000, 1000, (count, npts))
    return [make_trace(NSCL, START, own, RATE) for own in data]


def test_many_segments_of_one_time_conflict_in_a_time_linear_in_their_number():
    stream = Stream(many(400))
    start = time.process_time()
    (message,) = join(stream)
    assert not stream
    assert message.startswith("20000 samples that conflict with one another were left out")
    assert time.process_time() - start < 20  # to compare all with all takes minutes


def test_a_repeat_is_found_among_segments_that_conflict():
    """The repeat goes on where no other segment does, which is delivered once."""
    whole = np.random.default_rng(2).integers(-1000, 1000, 200)
    long = make_trace(NSCL, START, whole, RATE)
    stream = Stream([*many(5), long, *many(9), long.copy()])
    join(stream)
    (rest,) = stream
    np.testing.assert_array_equal(rest.data, whole[50:])


def test_a_repeat_among_too_many_segments_is_never_delivered_wrong():
    whole = np.random.default_rng(2).integers(-1000, 1000, 200)
    long = make_trace(NSCL, START, whole, RATE)
    stream = Stream([long, *many(40), long.copy()])
    join(stream)
    for rest in stream:
        np.testing.assert_array_equal(rest.data, whole[50:])


def test_segments_that_cannot_be_joined_in_time_are_refused():
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 100)
    with deadline.invocation(context), pytest.raises(TooLargeError) as caught:
        join(Stream(many(800, 2)))
    message = "CI.BOM..BHZ: joining 800 segments takes about 0.2 s, and 0.1 s are left: ask for"
    assert caught.value.message.startswith(message)
    assert caught.value.details["segments"] == 800


def test_a_day_whose_segments_cannot_be_read_in_time_is_refused():
    day = SCEDC.day_object(ChannelId.parse(NSCL), Day.parse("2024,001"))
    starts = [f"2024-01-01T00:{k:02}:{k * k % 59:02}" for k in range(50)]
    content = mseed(*(make_trace(NSCL, start, noise(40)) for start in starts))
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 4)
    with deadline.invocation(context), pytest.raises(TooLargeError) as caught:
        read_day(day, content)
    assert caught.value.message.startswith("CI.BOM..BHZ: reading 50 segments takes about 0.0 s")
    assert len(read_day(day, content).stream) == 50
