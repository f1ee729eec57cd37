"""Row 2 of docs/reliability.md: records are found again after other bytes, wherever these end."""

import numpy as np
import pytest
from obspy import UTCDateTime

from shared.waveforms import _record_scan
from shared.waveforms._record_header import read_header
from shared.waveforms._record_scan import scan
from shared.waveforms.read_day import read_day
from tests.support.builders import make_trace, mseed, noise
from tests.support.compared_days import DAY_OBJECT, compare, hour
from tests.support.generated_days import MIDNIGHT
from tests.support.known_records import Clock, Layout, records

NSCL = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1) + 0.019536
LENGTH = 512
COUNTS = noise(6_000)
CONTENT = mseed(make_trace(NSCL, str(START), COUNTS))
RANDOM = np.random.default_rng(1).bytes(5_000)
PLACE = 5 * LENGTH


def delivered(content: bytes) -> np.ndarray:
    """Return which samples are there; all of them are the undamaged day's, at their times."""
    there = np.zeros(COUNTS.size, bool)
    for trace in read_day(DAY_OBJECT, content).stream:
        first = round((trace.stats.starttime - START) * 40)
        np.testing.assert_array_equal(trace.data, COUNTS[first : first + trace.stats.npts])
        there[first : first + trace.stats.npts] = True
    return there


@pytest.mark.parametrize("size", [1, 47, 100, 128, 300, 511, 512, 4_097])
@pytest.mark.parametrize("other", [bytes(5_000), RANDOM, b"000001D " * 625], ids=["0", "any", "D"])
@pytest.mark.parametrize("place", [0, PLACE, len(CONTENT)])
def test_other_bytes_between_records_cost_nothing(place: int, other: bytes, size: int) -> None:
    content = CONTENT[:place] + other[:size] + CONTENT[place:]
    assert delivered(content).all()
    assert read_day(DAY_OBJECT, content).warnings


@pytest.mark.parametrize("size", [1, 64, 100, 128, 411, 464, 511, 700])
@pytest.mark.parametrize("begin", [6, 20, 48, 63, 200])
def test_missing_bytes_cost_the_records_that_they_are_missing_from(begin: int, size: int) -> None:
    first, end = PLACE + begin, PLACE + begin + size
    damaged = range(first // LENGTH, (end - 1) // LENGTH + 1)
    there = delivered(CONTENT[:first] + CONTENT[end:])
    table = scan(memoryview(CONTENT))
    expected = np.ones(COUNTS.size, bool)
    begins = np.cumsum([0, *table.npts.tolist()])
    expected[begins[damaged[0]] : begins[damaged[-1] + 1]] = False
    assert there[expected].all()  # and more where a sequence number alone is cut


def test_every_other_header_without_a_search_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a day's records are as fast as all: headers are read at their places alone."""
    content = records(NSCL, np.arange(28_000), Clock(START, 40.0), Layout())
    octets = np.frombuffer(bytearray(content), np.uint8).reshape(-1, LENGTH)
    octets[::2, :48] = 0
    reads = []
    monkeypatch.setattr(
        _record_scan, "read_header", lambda *where: reads.append(where) or read_header(*where)
    )
    assert len(scan(octets.ravel().data)) == len(octets) // 2
    assert len(reads) < 4 * len(octets)


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("minute", [20, 59])
@pytest.mark.parametrize(
    ("place", "new"),
    [
        (64, bytes(448)),
        (0, bytes(48)),
        (25, bytes([47])),
        (30, b"\xff\xff"),
        (61, b"\0"),
        (32, b"\x7f\xff"),
    ],
    ids=["payload", "header", "minute", "count", "order", "rate"],
)
def test_windows_are_those_of_the_whole_object(put, minute: int, place: int, new: bytes) -> None:
    parts = hour()
    for number in (1, len(parts) // 3, len(parts) // 2, len(parts) - 2):
        parts[number] = parts[number][:place] + new + parts[number][place + len(new) :]
    content = b"".join(parts)
    put(content)
    starttime = MIDNIGHT + 60 * minute
    reader = compare(content, starttime, starttime + 300)
    compare(content, starttime + 120, starttime + 121, reader)
