"""The estimated processor time of requests, and the number of requests to S3.

Row 10 of docs/reliability.md.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared import limits
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.archive.time import count_days, days_between
from shared.errors import TooLargeError
from shared.windows._task import WindowTask
from shared.windows.cost import Removal, Work, common_work, window_works
from shared.windows.limits import MAX_CORRECTED_SAMPLES, MAX_SAMPLES, sample_bound
from shared.windows.plan import plan_requests, refuse_slow
from shared.windows.reads import object_reads
from shared.windows.request import Window
from tests.support.windows import window

YEAR_S = 366 * 86_400


class Readers:
    """Readers of an archive in which each channel is absent, or has one sampling rate.

    Args:
        rates: the sampling rate in Hz by the number of a channel's station; 0 if it is absent.
        whole: as of `DayReaders`.
    """

    def __init__(self, rates: list[float], whole: bool = False) -> None:
        self._rates, self.whole = rates, whole

    def has_failed(self, name: Any) -> bool:
        """Return whether the archive lacks the channel."""
        return not self._rate(name)

    def confirm(self) -> None:
        """Do nothing: there is no cache."""

    def reader(self, name: Any) -> SimpleNamespace:
        """Return a reader of a day without gaps."""
        day, rate = name[1], self._rate(name)
        bounds = day.starttime, day.next.starttime
        most = int(rate * 86_400)
        return SimpleNamespace(
            sampling_rate=rate, bounds=bounds, most_samples=most, is_sparse=False
        )

    def _rate(self, name: Any) -> float:
        return self._rates[int(name[0].station[1:])]


@st.composite
def windows(draw: st.DrawFn) -> list[Window]:
    start = draw(st.integers(0, YEAR_S))
    length = draw(st.sampled_from([0.0, 1.0, 60.0, 3_600.0, 86_400.0, 31 * 86_400.0, 366 * 86_400]))
    step = draw(st.sampled_from([0.0, 1.0, 700.0, 86_400.0]))
    channels = draw(st.integers(1, 5))
    first = UTCDateTime(2023, 1, 1) + start
    return [
        Window(
            ChannelId("CI", f"S{number % channels}", "HHZ"),
            first + number * step,
            first + number * step + length,
        )
        for number in range(draw(st.sampled_from([1, 2, 30])))
    ]


@profile(max_examples=40)
@given(
    asked=windows(),
    rates=st.lists(st.sampled_from([0.0, 1.0, 100.0, 500.0, 32_767.0]), min_size=5, max_size=5),
    margin_s=st.sampled_from([None, 10.0, 1_800.0, 21_600.0]),
    by_obspy=st.booleans(),
    whole=st.booleans(),
)
def test_a_request_of_any_shape_is_refused_or_takes_some_seconds(
    asked: list[Window],
    rates: list[float],
    margin_s: float | None,
    by_obspy: bool,
    whole: bool,
) -> None:
    """The bound holds for all that a request alone decides, whatever the archive has."""
    tasks = [WindowTask(each) for each in asked]
    readers: Any = Readers(rates, whole)
    removal = None if margin_s is None else Removal(margin_s, by_obspy)
    try:
        reads = plan_requests(tasks, SCEDC, removal)
        bounds = [sample_bound(each, readers) for each in asked]
        refuse_slow(tasks, readers, reads, bounds, removal)
    except TooLargeError:
        return
    works = window_works(tasks, readers, bounds, removal)
    work = Work.of_all([*works, common_work(tasks, readers, reads, removal)])
    assert work.seconds <= limits.DEFAULTS["MAX_PROCESSOR_SECONDS"]
    assert sum(reads.requests.values()) <= limits.DEFAULTS["MAX_S3_REQUESTS"]
    assert work.windows <= limits.DEFAULTS["MAX_WINDOWS"]


@pytest.mark.parametrize(
    "work",
    [
        Work(windows=100, requests=146, samples=100 * 6_001),
        Work(windows=100, requests=300, samples=240_000, removals=100, stations=30, corrected=15e6),
        Work(windows=100, requests=90, samples=100 * 30_001, decoded=30 * 8_640_000),
        Work(windows=200, requests=600, samples=200 * 360_001),
        Work(windows=20_000, requests=90, samples=20_000 * 201, decoded=30 * 8_640_000),
        Work(windows=1, requests=3, samples=86_400 * 200),
        Work(windows=1, requests=9, samples=17e6, removals=1, stations=1, corrected=19e6),
        Work(windows=4, requests=12, samples=MAX_SAMPLES),
        Work(windows=4, requests=16, removals=4, stations=4, corrected=MAX_CORRECTED_SAMPLES),
        Work(windows=1, requests=5, samples=3.5e6, removals=1, stations=1, by_obspy=3.7e6),
        Work(requests=1_000),
    ],
    ids=[
        "100 windows of 30 objects",
        "the same as ground motion",
        "the same at 100 Hz from whole objects",
        "an hour of 200 channels",
        "as many windows as a request may have",
        "a day at 200 Hz",
        "the same as ground motion",
        "all samples that a reply may have",
        "all samples that may be corrected",
        "a day at 40 Hz by ObsPy",
        "1,000 days that the archive does not have",
    ],
)
def test_requests_of_everyday_are_within_the_limit(work: Work) -> None:
    work.check()


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (Work(windows=60_000), "take about 21.0 s .* about 34,285 at a time"),
        (Work(windows=1_000, removals=1_000), "1,000 response removals: 25.0 s"),
        (Work(windows=1, by_obspy=8.64e6), "8,640,000 samples with their margins by ObsPy: 17.3 s"),
        (Work(windows=1_000, samples=1_000 * 8.64e6), "8,640,000,000 samples: 518.4 s"),
    ],
)
def test_requests_that_take_longer_are_refused(work: Work, words: str) -> None:
    with pytest.raises(TooLargeError, match=words) as caught:
        work.check()
    assert caught.value.details == {
        "seconds": round(work.seconds, 1),
        "limit": limits.DEFAULTS["MAX_PROCESSOR_SECONDS"],
    }


@pytest.mark.parametrize(
    ("spans", "requests"),
    [
        ([("2024-01-01T01:00:00", "2024-01-01T01:05:00")], [3]),
        ([("2024-01-01T01:00:00", "2024-01-01T23:05:00")], [3]),  # the whole object
        ([("2024-01-01T00:00:30", "2024-01-01T00:05:00")], [3, 2]),  # the day before
        ([("2024-01-01T23:00:30", "2024-01-02T00:00:30")], [3, 3]),  # both days are read
        ([("2024-01-01T01:00:00", "2024-01-01T01:00:01")] * 50, [3]),
        ([(f"2024-01-01T{hour:02d}:30:00",) * 2 for hour in range(24)], [49]),
    ],
)
def test_requests_to_s3(spans: list[tuple[str, str]], requests: list[int]) -> None:
    tasks = [WindowTask(window(*span)) for span in spans]
    named = [(name, task.span) for task in tasks for name in task.channel_days]
    assert list(object_reads(named).requests.values()) == requests


@given(start=st.integers(-(10**18), 4 * 10**18), length=st.integers(0, 4 * 86_400 * 10**9))
def test_days_are_counted_as_they_are_listed(start: int, length: int) -> None:
    span = UTCDateTime(ns=start), UTCDateTime(ns=start + length)
    assert count_days(*span) == len(list(days_between(*span)))
