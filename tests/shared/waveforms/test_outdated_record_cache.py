"""Objects that have changed since a warm container saw them: results are never outdated."""

import pytest

from shared.archive.archive import DayObject
from shared.archive.scedc import SCEDC
from shared.aws import s3_client, s3_read
from shared.errors import NoWaveformError, S3Error, TooLargeError
from tests.support.builders import forget_objects, make_trace, mseed, noise
from tests.support.compared_days import CHANNEL, DAY, KEY, compare
from tests.support.generated_days import MIDNIGHT, NSCL
from tests.support.warm_reads import FIVE_MINUTES, OLD, answer, day, samples, warm_reader


@pytest.mark.parametrize(
    "new",
    [day(seed=2), day(rate=20.0), day(start=9000.25, length_s=50_000), day(length_s=41_000)],
    ids=["samples", "rate", "start", "shorter"],
)
def test_a_changed_object_is_read_again(put, new: bytes) -> None:
    put(OLD)
    answer((40_000, 40_300), (70_000, 70_300))
    put(new)
    for _ in range(2):
        for start in (40_000, 40_200, 70_000, 86_100):
            compare(new, MIDNIGHT + start, MIDNIGHT + start + 300, warm_reader())
    warm = samples(answer((40_000, 40_300), (40_100, 70_300)))
    forget_objects()
    assert warm == samples(answer((40_000, 40_300), (40_100, 70_300)))


def test_an_earlier_change_does_not_count_as_an_attempt(put, monkeypatch) -> None:
    """A read fails only if the object is replaced three times while it is read."""
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


def test_a_server_that_checks_the_range_before_the_etag(put, monkeypatch) -> None:
    put(OLD)
    compare(OLD, *FIVE_MINUTES, warm_reader())
    new = day(length_s=6000)
    put(new)
    read_part = s3_read.read_part

    def part(day_object: DayObject, first: int, last: int, etag: str = "") -> s3_read.ObjectPart:
        if first >= len(new):
            return s3_read.ObjectPart(b"", len(new), len(new), "")
        return read_part(day_object, first, last, etag=etag)

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


def test_no_window_is_refused_by_outdated_records(put) -> None:
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


def test_failures_of_s3_are_raised(put, monkeypatch) -> None:
    put(OLD)
    compare(OLD, *FIVE_MINUTES, warm_reader())
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3_client.forget_clients()
    with pytest.raises(S3Error, match="could not read"):
        warm_reader().read(*FIVE_MINUTES)
