"""Invocations of a warm container: what earlier ones learned saves reads, and is never trusted."""

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import s3_client, s3_read
from shared.errors import NoWaveformError, S3Error, TooLargeError
from shared.waveforms import _record_cache, _record_source
from shared.waveforms._record_header import parse_header
from shared.waveforms._record_index import RecordIndex
from shared.waveforms.day_reader import DayReader
from shared.windows import read_windows
from shared.windows.request import Window
from shared.windows.result import WindowResult
from tests.shared.waveforms.test_day_reader import compare
from tests.support.builders import forget_objects, make_trace, mseed, noise
from tests.support.commands import Measured
from tests.support.generated_days import MIDNIGHT, NSCL

CHANNEL, DAY = ChannelId.parse(NSCL), Day.of(MIDNIGHT)
KEY = SCEDC.waveform_key(CHANNEL, DAY)
FIVE_MINUTES = (MIDNIGHT + 40_000, MIDNIGHT + 40_300)
Requests = list[tuple[str, int, int | None]]


def day(rate: float = 10.0, seed: int = 1, start: float = 0.0195, length_s: int = 86_000) -> bytes:
    samples = noise(int(length_s * rate), seed)
    return mseed(make_trace(NSCL, str(MIDNIGHT + start), samples, rate))


OLD = day()


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """What has been asked of S3: ETag, first and last byte."""
    asked: Requests = []
    read_part = s3_read.read_part

    def watched(source: DayObject, first: int, last: int, etag: str = "") -> s3_read.ObjectPart:
        asked.append((etag, first, last))
        return read_part(source, first, last, etag=etag)

    monkeypatch.setattr(s3_read, "read_part", watched)
    return asked


@pytest.fixture
def put(archive: S3Server) -> Callable[[bytes], None]:
    return lambda content: archive.put(KEY, content)


def warm_reader() -> DayReader:
    return DayReader(SCEDC.day_object(CHANNEL, DAY))


def answer(*spans: tuple[float, float], **options: int) -> list[WindowResult]:
    windows = [Window(CHANNEL, MIDNIGHT + start, MIDNIGHT + end) for start, end in spans]
    return read_windows(windows, SCEDC, **options)


def samples(answers: list[WindowResult]) -> list[object]:
    return [item.trace and item.trace.data.tolist() for item in answers]


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


@pytest.mark.parametrize(
    "new",
    [day(seed=2), day(rate=20.0), day(start=9000.25, length_s=50_000), day(length_s=41_000)],
    ids=["samples", "rate", "start", "shorter"],
)
def test_a_changed_object_is_read_anew(put, new: bytes) -> None:
    put(OLD)
    answer((40_000, 40_300), (70_000, 70_300))
    put(new)
    for _ in range(2):
        for start in (40_000, 40_200, 70_000, 86_100):
            compare(new, MIDNIGHT + start, MIDNIGHT + start + 300, warm_reader())
    warm = samples(answer((40_000, 40_300), (40_100, 70_300)))
    forget_objects()
    assert warm == samples(answer((40_000, 40_300), (40_100, 70_300)))


def test_that_it_changed_since_long_ago_is_no_attempt(put, monkeypatch) -> None:
    """Only if it is replaced three times while it is read, that is given up."""
    contents = [day(seed=seed) for seed in (2, 3, 4)]
    put(OLD)
    compare(OLD, *FIVE_MINUTES, warm_reader())
    put(contents[0])
    read_part, left = s3_read.read_part, contents[1:]

    def replaced(*args: object, **kwargs: object) -> s3_read.ObjectPart:
        part = read_part(*args, **kwargs)
        if left:
            put(left.pop(0))
        return part

    monkeypatch.setattr(s3_read, "read_part", replaced)
    compare(contents[-1], *FIVE_MINUTES, warm_reader())


def test_a_server_that_looks_at_the_range_before_the_condition(put, monkeypatch) -> None:
    put(OLD)
    compare(OLD, *FIVE_MINUTES, warm_reader())
    new = day(length_s=6000)
    put(new)
    read_part = s3_read.read_part

    def part(source: DayObject, first: int, last: int, etag: str = "") -> s3_read.ObjectPart:
        if first >= len(new):
            return s3_read.ObjectPart(b"", len(new), len(new), "")
        return read_part(source, first, last, etag=etag)

    monkeypatch.setattr(s3_read, "read_part", part)
    with pytest.raises(NoWaveformError, match="up to 2024-01-01T01:39:59"):
        warm_reader().read(*FIVE_MINUTES)


@pytest.mark.parametrize("span", [(40_000, 40_300), (20_000, 80_000), (-300, 300), (0, 90_000)])
def test_a_removed_object_is_missing_and_leaves_nothing(archive, put, span) -> None:
    put(OLD)
    following = SCEDC.waveform_key(CHANNEL, DAY.next)
    trace = make_trace(NSCL, str(MIDNIGHT + 86_400.033), noise(50_000), 10.0)
    archive.put(following, mseed(trace))
    answer(span)
    archive.client.delete_object(Bucket=SCEDC.bucket, Key=KEY)
    (warm,) = answer(span)
    forget_objects()
    (cold,) = answer(span)
    assert samples([warm]) == samples([cold])
    if cold.trace and warm.trace:
        assert warm.trace.stats.starttime.ns == cold.trace.stats.starttime.ns
    else:
        assert str(warm.error) == str(cold.error)
        assert isinstance(warm.error, NoWaveformError)


def test_no_window_is_refused_by_what_the_object_was(put) -> None:
    put(day(rate=20.0))
    answer((40_000, 40_300))
    put(OLD)
    (found,) = answer((40_000, 40_400), max_samples=5_000)
    assert found.samples == 4_001
    put(day(rate=20.0))
    (refused,) = answer((40_000, 40_400), max_samples=5_000)
    assert isinstance(refused.error, TooLargeError)
    put(day(length_s=40_100))
    (found,) = answer((40_000, 40_600), max_samples=5_000)
    assert found.samples == 1_000


def test_one_too_large_window_is_refused_alone_if_the_object_grew(put) -> None:
    put(OLD)
    answer((40_000, 40_300))
    put(day(rate=20.0))
    first, second = answer((40_000, 40_300), (50_000, 50_050), max_samples=5_000)
    assert isinstance(first.error, TooLargeError)
    assert second.samples == 1_001


def test_odd_objects_are_not_kept(put, requests: Requests) -> None:
    records = [OLD[at : at + 512] for at in range(0, len(OLD), 512)]
    records[900], records[901] = records[901], records[900]
    content = b"".join(records)
    swapped = parse_header(records[900]).starttime
    put(content)
    compare(content, *FIVE_MINUTES, warm_reader())  # where nothing is odd
    assert _record_cache.recall(SCEDC.day_object(CHANNEL, DAY))
    for _ in range(2):
        compare(content, swapped, swapped + 300, warm_reader())
        assert _record_cache.recall(SCEDC.day_object(CHANNEL, DAY)) is None
    requests.clear()
    compare(content, swapped, swapped + 300, warm_reader())
    assert requests[0] == ("", 0, 12 * 1024 - 1)


def test_failures_of_s3_are_told(put, monkeypatch) -> None:
    put(OLD)
    compare(OLD, *FIVE_MINUTES, warm_reader())
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3_client.forget_clients()
    with pytest.raises(S3Error, match="could not read"):
        warm_reader().read(*FIVE_MINUTES)


def test_threads_that_share_what_is_kept(put, monkeypatch) -> None:
    """While the object is replaced, each answer is wholly of one content."""
    # On a busy machine, one read may see each of the four replacements.
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
        found = samples(answer((starts[place], starts[place] + 300)))
        return found in [other[place] for other in expected]

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(read, range(len(starts))))


def index_of(content: bytes) -> RecordIndex:
    index = RecordIndex(len(content), parse_header(content), DAY)
    index.add(0, content)
    return index


def numbered(number: int) -> DayObject:
    return SCEDC.day_object(ChannelId("CI", str(number), "BHZ"), DAY)


def test_memory_is_bounded(measured: Measured) -> None:
    """Of more objects than are kept, with more records than are kept."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    index = index_of(OLD[: 512 * 500])
    for number in range(1500):
        _record_cache.keep(numbered(number), f'"{number}"', len(OLD), index)
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    kept = _record_cache._cache
    assert len(kept) == kept.weight // 500 == 400
    assert used < 8e6
    measured(f"{len(kept)} objects, {kept.weight:,} records: {used / 1e6:.1f} MB")
    forget_objects()
    small = index_of(OLD[: 512 * 3])
    for number in range(1500):
        _record_cache.keep(numbered(number), f'"{number}"', len(OLD), small)
    assert len(kept) == 1000


def test_any_number_of_days_answers_alike_when_asked_again(archive: S3Server) -> None:
    days = [DAY, DAY.next, DAY.next.next]
    for number, one in enumerate(days):
        trace = make_trace(NSCL, str(one.starttime + 0.0195), noise(860_000, number), 10.0)
        archive.put(SCEDC.waveform_key(CHANNEL, one), mseed(trace))
    random = np.random.default_rng(1)
    starts = random.uniform(0, 2.9 * 86_400, 12).round(2)
    spans = [(float(start), float(start) + 600) for start in starts]
    assert samples(answer(*spans)) == samples(answer(*spans))
