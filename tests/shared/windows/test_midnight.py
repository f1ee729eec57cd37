"""Objects on the other side of midnight are read only where a sample is missing there."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import S3Error
from shared.response.parameters import RemovalParameters
from shared.windows import read_windows
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.windows import NSCL, read_one, window

DAYS = ("2023,365", "2024,001", "2024,002")


def put(archive: S3Server, first: str) -> None:
    """Put two days around each midnight into the archive; `first` is a day's first sample."""
    for number, day in enumerate(DAYS):
        date = Day.parse(day).starttime
        start = make_trace(NSCL, str(date + float(first)), noise(4_000, number))
        end = make_trace(NSCL, str(date + 86_300 + float(first)), noise(4_000, number + 10))
        put_day(archive, NSCL, day, start, end)


@dataclass
class Reads:
    """The days of the objects that are read, and those that S3 fails to send."""

    days: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    from shared.aws import s3_read

    reads = Reads()
    read_part = s3_read.read_part

    def watched(source: DayObject, *others: Any, **named: Any) -> Any:
        day = str(source.day)
        reads.days.add(day)
        if day in reads.failing:
            raise S3Error(f"could not read {source.uri}", object=source.uri)
        return read_part(source, *others, **named)

    monkeypatch.setattr(s3_read, "read_part", watched)
    return reads


@pytest.mark.parametrize(
    ("first", "read"),
    [
        ("0.0195", {"2024,001"}),
        ("0.0", {"2024,001", "2024,002"}),
        ("-0.005", {"2024,001", "2024,002"}),
    ],
)
def test_no_other_object_is_read_unless_a_sample_is_missing(
    archive: S3Server, reads: Reads, first: str, read: set[str]
) -> None:
    put(archive, first)
    assert read_one("2024-01-01T00:00:00", "2024-01-02T00:00:00").error is None
    assert reads.days == read


def test_a_day_that_starts_late_has_no_samples_of_the_day_before(archive: S3Server) -> None:
    """Its last sample is the nearest to midnight, but not within the window."""
    put_day(archive, NSCL, DAYS[0], make_trace(NSCL, "2023-12-31T23:59:50.019500", noise(399)))
    put_day(archive, NSCL, DAYS[1], make_trace(NSCL, "2024-01-01T00:00:20.019500", noise(400)))
    reply = read_one("2024-01-01T00:00:00", "2024-01-01T00:00:25").as_dict()
    assert reply["starttime"] == "2024-01-01T00:00:20.019500Z"


def test_a_failure_of_s3_at_midnight_is_the_window_s(archive: S3Server, reads: Reads) -> None:
    put(archive, "0.0")
    reads.failing.add("2024,002")
    windows = [
        window("2024-01-01T23:59:00", "2024-01-02T00:00:00"),
        window("2024-01-01T23:59:00", "2024-01-01T23:59:59.975"),
    ]
    failed, complete = read_windows(windows, SCEDC)
    assert isinstance(failed.error, S3Error)
    assert complete.error is None


def test_an_unreadable_object_at_midnight_is_a_warning(archive: S3Server) -> None:
    put(archive, "0.0")
    key = SCEDC.waveform_key(ChannelId.parse(NSCL), Day.parse("2024,002"))
    archive.put(key, b"no miniSEED" * 100)
    reply = read_one("2024-01-01T23:59:59", "2024-01-02T00:00:00").as_dict()
    assert [gap["samples"] for gap in reply["gaps"]] == [1]
    (warning,) = reply["warnings"]
    assert warning.startswith("samples near midnight may be missing: s3://scedc-pds/")


@pytest.mark.parametrize("first", ["0.0195", "0.0", "-0.005"])
def test_ground_motion_has_the_samples_that_counts_have(archive: S3Server, first: str) -> None:
    """The samples of its margins are none of the window's, though they are nearer to its ends."""
    put(archive, first)
    put_station(archive, "CI", "BOM", BHZ=40.0)
    windows = [
        window("2024-01-01T00:00:00", "2024-01-01T00:00:10"),
        window("2024-01-01T23:59:50", "2024-01-02T00:00:00"),
    ]
    parameters = RemovalParameters(pre_filt=(1.0, 2.0, 15.0, 18.0))
    both = read_windows(windows, SCEDC), read_windows(windows, SCEDC, parameters)
    for counts, motion in zip(*both, strict=True):
        assert [(part.stats.starttime, part.stats.npts) for part in motion.segments] == [
            (part.stats.starttime, part.stats.npts) for part in counts.segments
        ]
