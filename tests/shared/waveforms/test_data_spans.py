"""Continuous spans of a day from record headers, against ObsPy's traces and gaps."""

import io
from itertools import pairwise

import numpy as np
import obspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.aws.s3_read import ObjectPart
from shared.errors import S3Error
from shared.waveforms import day_headers
from shared.waveforms._record_header import parse_header
from shared.waveforms.data_spans import DataSpan, join_spans
from shared.waveforms.day_headers import find_version, first_span, read_data_spans, read_last_span
from tests.support.builders import make_trace, mseed, noise
from tests.support.generated_days import NSCL, days, segments

DAY_OBJECT = SCEDC.day_object(ChannelId.parse(NSCL), Day(2024, 1))
S = 10**9


def read(content, part=1 << 22):
    """Return the spans of a day object with this content, and the lengths of the parts read."""
    reads = []

    def read_part(source, first, last=None, *, etag=""):
        assert source is DAY_OBJECT
        begin = max(0, len(content) + first) if first < 0 else first
        data = content[begin : None if last is None else last + 1]
        reads.append(len(data))
        return ObjectPart(data, begin, len(content), '"etag"', "Mon, 01 Jan 2024 00:00:01 GMT")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(s3_read, "read_part", read_part)
        patch.setattr(day_headers, "_PART", part)
        version = find_version(DAY_OBJECT)
        assert (version.etag, version.size) == ('"etag"', len(content))
        assert version.modified_ns == UTCDateTime(2024, 1, 1, 0, 0, 1).ns
        spans = read_data_spans(DAY_OBJECT, version)[1]
        edges = first_span(DAY_OBJECT, version), read_last_span(DAY_OBJECT)
    return spans, reads[1:-1], edges


def traces(content):
    """Return ObsPy's traces as spans, joined as the service joins them."""
    found = obspy.read(io.BytesIO(content), format="MSEED", headonly=True)
    return [(t.stats.starttime.ns, t.stats.endtime.ns) for t in found.sort(["starttime"])]


def times(spans):
    return [(span.start_ns, span.end_ns) for span in spans]


@pytest.mark.parametrize("part", [4_096, 10_000, 1 << 22])
def test_gaps_are_those_of_obspy(part):
    content = b"".join(
        mseed(trace) for trace in segments(40.0, 0.0195, [(0, 3_000), (7.025, 2_000), (0.05, 900)])
    )
    spans, reads, _ = read(content, part)
    assert times(spans) == traces(content)
    assert {(span.quality, span.sampling_rate) for span in spans} == {("D", 40.0)}
    gaps = obspy.read(io.BytesIO(content)).get_gaps()
    delta = 25_000_000
    assert [(a.end_ns, b.start_ns) for a, b in pairwise(spans)] == [
        (gap[4].ns, gap[5].ns) for gap in gaps
    ]
    assert [b.start_ns - a.end_ns - delta for a, b in pairwise(spans)] == [
        7_025_000_000, 50_000_000,
    ]  # fmt: skip
    if part == 1 << 22:
        assert reads == [len(content)]  # one request for a day below 4 MiB


@settings(max_examples=40)
@given(st.data())
def test_any_day_is_that_of_obspy(data):
    """With overlaps, and with segments off the grid: ObsPy divides records by the same rule."""
    content = data.draw(days())
    rate = parse_header(content).sampling_rate
    spans, _, (first, last) = read(content, data.draw(st.sampled_from([4_096, 5_000, 1 << 20])))
    right = join_spans([DataSpan(*each, "D", rate) for each in traces(content)])
    assert len(spans) == len(right)
    found = np.array(times(spans))
    assert np.abs(found - np.array(times(right))).max() <= 1_000  # ObsPy counts microseconds
    assert first.start_ns in found[:, 0]
    assert last.end_ns in found[:, 1]


def test_qualities_and_rates_are_apart():
    parts = [make_trace(NSCL, f"2024-01-01T00:0{n}:00", noise(2_400), 40.0) for n in range(3)]
    parts[1].stats.mseed.dataquality = "R"
    slow = make_trace(NSCL, "2024-01-01T00:03:00", noise(600), 10.0)
    spans, _, _ = read(b"".join(map(mseed, (*parts, slow))))
    assert [(span.quality, span.sampling_rate) for span in spans] == [
        ("D", 40.0), ("R", 40.0), ("D", 40.0), ("D", 10.0),
    ]  # fmt: skip


def test_records_in_any_order_make_the_same_spans():
    content = mseed(make_trace(NSCL, "2024-01-01T00:00:00", noise(20_000)))
    records = [content[place : place + 512] for place in range(0, len(content), 512)]
    records[3], records[20] = records[20], records[3]
    assert times(read(b"".join([*records, records[5]]))[0]) == traces(content)


def test_damage_and_other_channels_are_left_out():
    content = mseed(make_trace(NSCL, "2024-01-01T00:00:00", noise(20_000)))
    other = mseed(make_trace("CI.BOM.BHN.", "2024-01-01T00:00:00", noise(2_000)))
    right = traces(content)
    for junk in (other, bytes(512), b"x" * 700):
        assert times(read(content + junk, 4_096)[0]) == right
    assert read(b"x" * 9_000, 4_096)[0] == []
    cut = read(content[:-100])[0]
    assert (cut[0].start_ns, len(cut)) == (right[0][0], 1)
    assert cut[0].end_ns < right[0][1]


def test_long_records_over_the_borders_of_parts():
    content = mseed(make_trace(NSCL, "2024-01-01T00:00:00", noise(60_000)), reclen=8_192)
    spans, reads, (first, last) = read(content, 10_000)
    assert times(spans) == traces(content)
    assert len(reads) > 2
    assert (first.start_ns, last.end_ns) == traces(content)[0]


# Joining


def span(start, end, quality="D", rate=1.0):
    return DataSpan(start * S, end * S, quality, rate)


@pytest.mark.parametrize(
    ("spans", "options", "joined"),
    [
        ([(0, 10), (11, 20)], {}, [(0, 20)]),
        ([(0, 10), (11.5, 20)], {}, [(0, 20)]),
        ([(0, 10), (11.6, 20)], {}, [(0, 10), (11.6, 20)]),
        ([(0, 10), (10.5, 20)], {}, [(0, 20)]),
        ([(0, 10), (10.4, 20)], {}, [(0, 10), (10.4, 20)]),
        ([(11, 20), (0, 10)], {}, [(0, 20)]),
        ([(0, 10), (0, 10)], {}, [(0, 10)]),
        ([(0, 10), (5, 7), (11, 20)], {}, [(0, 20), (5, 7)]),
        ([(0, 10), (5, 7), (11, 20)], {"overlaps": True}, [(0, 20)]),
        ([(0, 10), (5, 30), (40, 50)], {"overlaps": True}, [(0, 30), (40, 50)]),
        ([(0, 10), (20, 30)], {"longest_gap_ns": 10 * S}, [(0, 30)]),
        ([(0, 10), (20, 30)], {"longest_gap_ns": 10 * S - 1}, [(0, 10), (20, 30)]),
        ([(0, 10), (11.4, 30)], {"longest_gap_ns": 1}, [(0, 30)]),
        ([], {}, []),
    ],
)
def test_joining(spans, options, joined):
    found = join_spans([span(*each) for each in spans], **options)
    assert found == [span(*each) for each in joined]


TIMES = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20)), max_size=12)


@given(TIMES, st.integers(0, 9))
def test_merged_overlaps_are_the_union_of_the_samples(times, gap):
    spans = [span(start, start + length) for start, length in times]
    samples = sorted({n for a, b in times for n in range(a, a + b + 1)})
    right = [n for n in samples if n - 1 not in samples]
    if gap > 1:
        right = [n for i, n in enumerate(samples) if i == 0 or n - samples[i - 1] > gap]
    found = join_spans(spans, gap * S, overlaps=True)
    assert [each.start_ns // S for each in found] == right


# Objects that change


def test_an_object_that_is_replaced_is_read_again(archive):
    first, second = (
        mseed(make_trace(NSCL, f"2024-01-01T00:0{minute}:00", noise(3_000))) for minute in (0, 5)
    )
    archive.put(DAY_OBJECT.key, first)
    version = find_version(DAY_OBJECT)
    archive.put(DAY_OBJECT.key, second)
    current, spans = read_data_spans(DAY_OBJECT, version)
    assert times(spans) == traces(second)
    assert current.etag != version.etag
    assert current == find_version(DAY_OBJECT)
    archive.client.delete_object(Bucket=DAY_OBJECT.bucket, Key=DAY_OBJECT.key)
    assert find_version(DAY_OBJECT) is None
    assert read_data_spans(DAY_OBJECT, current)[1] == []
    assert read_last_span(DAY_OBJECT) is None


def test_an_object_that_is_replaced_again_and_again_is_an_error(monkeypatch):
    def read_part(source, first, last=None, *, etag=""):
        if etag:
            raise s3_read.ObjectChangedError
        return ObjectPart(b"x" * 100, 0, 100, '"etag"')

    monkeypatch.setattr(s3_read, "read_part", read_part)
    with pytest.raises(S3Error, match="was replaced 3 times while it was read"):
        read_data_spans(DAY_OBJECT, find_version(DAY_OBJECT))
