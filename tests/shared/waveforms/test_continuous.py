"""Records chosen by quality and by continuous segments, and copies that are delivered once."""

import io

import numpy as np
import pytest
from obspy import UTCDateTime, read

from shared.waveforms.continuous import choose
from tests.support.builders import make_trace, mseed

START = UTCDateTime("2024-04-09T00:00:00.0195")


def records(first, count, rate=100.0):
    """Return `count` seconds of records that begin `first` seconds after the start."""
    samples = np.random.default_rng(int(first)).normal(scale=500, size=round(count * rate))
    return mseed(make_trace("CI.BOM.BHZ.", START + first, samples, rate))


SHORT, LONG, LATE = records(0, 10), records(20, 30), records(60, 15)


def choose_segments(content, minimum_s=0.0, longest=False):
    chosen, samples = choose(content, minimum_s=minimum_s, longest=longest)
    stream = read(io.BytesIO(chosen)) if chosen else []
    assert samples == sum(trace.stats.npts for trace in stream)
    return chosen


def spans(content):
    stream = read(io.BytesIO(content)).merge(method=-1) if content else []
    return [(trace.stats.starttime - START, trace.stats.npts) for trace in stream]


@pytest.mark.parametrize(
    ("minimum_s", "longest", "expected"),
    [
        (0.0, False, [(0, 1000), (20, 3000), (60, 1500)]),
        (10.0, False, [(0, 1000), (20, 3000), (60, 1500)]),
        (10.01, False, [(20, 3000), (60, 1500)]),
        (15.0, False, [(20, 3000), (60, 1500)]),
        (30.0, False, [(20, 3000)]),
        (30.01, False, []),
        (0.0, True, [(20, 3000)]),
        (30.01, True, []),
    ],
)
def test_segments_by_their_length(minimum_s, longest, expected):
    for content in (SHORT + LONG + LATE, LATE + SHORT + LONG):  # in order, and not
        assert sorted(spans(choose_segments(content, minimum_s, longest))) == expected


def test_records_that_overlap_are_one_segment():
    overlapping = records(0, 10) + records(5, 10)
    assert choose_segments(overlapping, 15.0) == overlapping
    assert choose_segments(overlapping, 15.02) == b""


def test_one_missing_sample_divides():
    assert choose_segments(records(0, 10) + records(10, 10), 20.0)
    assert not choose_segments(records(0, 10) + records(10.01, 10), 20.0)


def test_another_rate_divides():
    assert not choose_segments(records(0, 10) + records(10, 10, rate=50.0), 20.0)


def test_of_two_longest_segments_the_first_is_chosen():
    assert choose_segments(records(0, 10) + records(20, 10), longest=True) == records(0, 10)


def test_copies_are_delivered_once():
    copies = SHORT + LONG + SHORT[:512] + LONG[512:1024]
    assert choose(copies)[0] == SHORT + LONG
    # The same samples under another sequence number are a copy, too.
    again = SHORT + b"000777" + SHORT[6:512]
    assert choose(again)[0] == SHORT
    assert choose(b"") == (b"", 0)


def test_records_that_differ_at_the_same_time_are_both_delivered():
    other = bytearray(SHORT[:512])
    other[6:7] = b"Q"
    assert choose(SHORT + bytes(other))[0] == SHORT + bytes(other)


def test_qualities():
    other = bytearray(SHORT[:512])
    other[6:7] = b"R"
    both = SHORT + bytes(other)
    assert choose(both, "D")[0] == SHORT
    assert choose(both, "R")[0] == bytes(other)
    assert choose(both, "Q")[0] == b""
    assert choose(both, "B")[0] == choose(both, "M")[0] == both


def test_samples_are_counted():
    assert choose(SHORT + LONG)[1] == 4000
    assert choose(SHORT + LONG, longest=True)[1] == 3000
    assert choose(SHORT + SHORT[:512])[1] == 1000
