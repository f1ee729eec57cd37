"""Many windows: the work grows with the windows and with the records, never with their product."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.waveforms import _record_reader
from shared.windows import WindowResult, read_windows
from shared.windows.request import Window
from tests.support.builders import make_trace, mseed, noise
from tests.support.windows import NSCL, window

KEY = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
START = "2024-01-01T06:00:00.0195"
LENGTH = 512
# Two hours at 40 Hz, with a gap of five minutes in the middle.
CONTENT = b"".join(
    mseed(make_trace(NSCL, start, noise(138_000, seed)))
    for start, seed in ((START, 1), ("2024-01-01T07:02:30.011", 2))
)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls that decode, and their records."""
    counts: Counter[str] = Counter()
    decode = _record_reader.decode_records

    def counted(day_object: object, view: memoryview, *others: object) -> object:
        counts["calls"] += 1
        counts["records"] += len(view) // LENGTH
        return decode(day_object, view, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(_record_reader, "decode_records", counted)
    return counts


def windows(number: int) -> list[Window]:
    """Return windows of ten seconds over an hour, not in order of time."""
    starts = [1500 + 3600 * (7 * place % number) / number for place in range(number)]
    midnight = window("2024-01-01T06:00:00", "2024-01-01T06:00:01").starttime
    return [window(str(midnight + start), str(midnight + start + 10)) for start in starts]


def replies(results: Sequence[WindowResult]) -> list[dict[str, Any]]:
    found = [result.as_dict() for result in results]
    return [{**one, "data": np.ma.masked_array(one.get("data", [])).tolist()} for one in found]


@pytest.mark.parametrize("number", [10, 40])
def test_windows_that_share_records_decode_them_once(
    archive: S3Server, decoded: Counter[str], number: int
) -> None:
    archive.put(KEY, CONTENT)
    results = read_windows(windows(number), SCEDC)
    assert decoded["calls"] == 1
    assert decoded["records"] < len(CONTENT) / LENGTH
    decoded.clear()
    alone = [result for one in windows(number) for result in read_windows([one], SCEDC)]
    assert decoded["calls"] == number
    assert replies(results) == replies(alone)


def test_a_damaged_record_concerns_the_windows_that_need_it(
    archive: S3Server, decoded: Counter[str]
) -> None:
    """Records that are decoded together may still be sound for most of the windows."""
    content = bytearray(CONTENT)
    place = len(content) // LENGTH * 4 // 10 * LENGTH
    content[place + 72 : place + 76] = b"\x7f\xff\xff\xff"  # the last sample of its payload
    archive.put(KEY, bytes(content))
    spans = sorted(windows(30), key=lambda one: one.starttime.ns)
    together = read_windows(spans, SCEDC)
    alone = [result for one in spans for result in read_windows([one], SCEDC)]
    ours, theirs = replies(together), replies(alone)
    assert [one["data"] for one in ours] == [one["data"] for one in theirs]
    damaged = [number for number, reply in enumerate(theirs) if "warnings" in reply]
    assert damaged[0] > 0
    assert damaged[-1] < len(theirs) - 1
    assert ours[: damaged[-1] + 1] == theirs[: damaged[-1] + 1]
    assert decoded["calls"] > 2
