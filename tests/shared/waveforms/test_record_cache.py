"""The record times that a warm container remembers: fewer requests, within bounds."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.errors import NoWaveformError
from shared.waveforms import _record_cache, _record_source
from shared.waveforms._record_header import parse_header
from shared.waveforms._record_index import RecordIndex
from tests.support.builders import forget_objects, make_trace, mseed, noise
from tests.support.commands import Measured
from tests.support.compared_days import CHANNEL, DAY, DAY_OBJECT, compare
from tests.support.generated_days import MIDNIGHT, NSCL
from tests.support.warm_reads import FIVE_MINUTES, OLD, answer, day, samples, warm_reader

Requests = list[tuple[str, int, int | None]]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """Record the requests to S3: ETag, first and last byte."""
    asked: Requests = []
    read_part = s3_read.read_part

    def watched(day_object: DayObject, first: int, last: int, etag: str = "") -> s3_read.ObjectPart:
        asked.append((etag, first, last))
        return read_part(day_object, first, last, etag=etag)

    monkeypatch.setattr(s3_read, "read_part", watched)
    return asked


def test_a_repeated_window_takes_one_read(put, requests: Requests) -> None:
    put(OLD)
    first = answer((40_000, 40_300))
    cold = len(requests)
    requests.clear()
    assert samples(answer((40_000, 40_300))) == samples(first)
    assert cold > len(requests) == 1
    etag, begin, end = requests[0]
    assert etag
    assert end - begin < 0.02 * len(OLD)


@pytest.mark.parametrize("start", [39_700, 39_900, 40_100, 40_300])
def test_a_neighbouring_window_takes_one_read(put, requests: Requests, start: int) -> None:
    put(OLD)
    answer((40_000, 40_300))
    requests.clear()
    compare(OLD, MIDNIGHT + start, MIDNIGHT + start + 300, warm_reader())
    assert len(requests) == 1


def test_small_objects_are_read_once(put, requests: Requests) -> None:
    content = day(length_s=6000)
    assert len(content) < 256 * 1024
    put(content)
    for span in ((100, 200), (5000, 5300), (3000, 3300)):
        requests.clear()
        compare(content, MIDNIGHT + span[0], MIDNIGHT + span[1], warm_reader())
    assert len(requests) == 1


def test_odd_objects_are_not_cached(put, requests: Requests) -> None:
    records = [OLD[at : at + 512] for at in range(0, len(OLD), 512)]
    records[900], records[901] = records[901], records[900]
    content = b"".join(records)
    swapped = parse_header(records[900]).starttime
    put(content)
    compare(content, *FIVE_MINUTES, warm_reader())  # before the swapped records are read
    assert _record_cache.recall(DAY_OBJECT)
    for _ in range(2):
        compare(content, swapped, swapped + 300, warm_reader())
        assert _record_cache.recall(DAY_OBJECT) is None
    requests.clear()
    compare(content, swapped, swapped + 300, warm_reader())
    assert requests[0] == ("", 0, 12 * 1024 - 1)


def test_threads_share_the_cache(put, monkeypatch) -> None:
    """While the object is replaced, each result comes from one version of it."""
    # On a busy machine, a single read may meet all four replacements.
    monkeypatch.setattr(_record_source, "_ATTEMPTS", 5)
    contents = [day(seed=seed) for seed in (2, 3)]
    put(contents[0])
    starts = [40_000 + 50 * step for step in range(24)]
    expected = []
    for content in contents:
        put(content)
        forget_objects()
        expected.append([samples(answer((start, start + 300))) for start in starts])

    def read(place: int) -> bool:
        if place % 6 == 3:
            put(contents[place % 4 == 1])
        span = (starts[place], starts[place] + 300)
        found = answer(span)
        while isinstance(found[0].error, NoWaveformError):
            # Unlike S3, the test's server has no object for a moment while it is replaced.
            found = answer(span)
        return samples(found) in [other[place] for other in expected]

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(read, range(len(starts))))


def index_of(content: bytes) -> RecordIndex:
    index = RecordIndex(len(content), parse_header(content), DAY)
    index.add(0, content)
    return index


def numbered(number: int) -> DayObject:
    return SCEDC.day_object(ChannelId("CI", str(number), "BHZ"), DAY)


def test_memory_is_bounded(measured: Measured) -> None:
    """There are more objects, and more records, than the cache takes."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    index = index_of(OLD[: 512 * 500])
    for number in range(1500):
        _record_cache.keep(numbered(number), f'"{number}"', len(OLD), index)
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    cache = _record_cache._cache
    assert len(cache) == cache.weight // 500 == 400
    assert used < 8e6
    measured(f"{len(cache)} objects, {cache.weight:,} records: {used / 1e6:.1f} MB")
    forget_objects()
    small = index_of(OLD[: 512 * 3])
    for number in range(1500):
        _record_cache.keep(numbered(number), f'"{number}"', len(OLD), small)
    assert len(cache) == 1000


def test_repeated_windows_have_the_same_samples(archive: S3Server) -> None:
    days = [DAY, DAY.next, DAY.next.next]
    for number, one in enumerate(days):
        trace = make_trace(NSCL, str(one.starttime + 0.0195), noise(860_000, number), 10.0)
        archive.put(SCEDC.waveform_key(CHANNEL, one), mseed(trace))
    random = np.random.default_rng(1)
    starts = random.uniform(0, 2.9 * 86_400, 12).round(2)
    spans = [(float(start), float(start) + 600) for start in starts]
    assert samples(answer(*spans)) == samples(answer(*spans))
