"""Segments that repeat earlier ones, and there may be many."""

import time

import numpy as np
from obspy import Stream

from shared.waveforms.segments import join
from tests.support.builders import make_trace

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
    stream = Stream([*many(20), long, *many(20), long.copy()])
    join(stream)
    (rest,) = stream
    np.testing.assert_array_equal(rest.data, whole[50:])


def test_a_repeat_among_too_many_segments_is_never_delivered_wrong():
    whole = np.random.default_rng(2).integers(-1000, 1000, 200)
    long = make_trace(NSCL, START, whole, RATE)
    stream = Stream([long, *many(150), long.copy()])
    join(stream)
    for rest in stream:
        np.testing.assert_array_equal(rest.data, whole[50:])
