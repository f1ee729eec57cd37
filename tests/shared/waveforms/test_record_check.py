"""Rows 1 and 2 of docs/reliability.md: records unlike others, sound ones and damaged ones."""

import io
import struct

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from shared.errors import UnreadableObjectError
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.read_day import read_day
from tests.shared.waveforms.test_record_scan import CONTENTS
from tests.support.builders import make_trace, mseed, noise
from tests.support.compared_days import DAY_OBJECT
from tests.support.known_records import Clock, Layout, records

NSCL = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1) + 0.019536
RATE = 40.0
LENGTH = 512
PLAIN = records(NSCL, np.arange(3_360), Clock(START, RATE))  # 30 records of 112 samples
NOT_BY_OBSPY = ("a hole first", "bytes first", "times corrected by days")
PACKED = mseed(make_trace(NSCL, str(START), noise(4_000)))
LOUD = np.random.default_rng(1).integers(-(2**28), 2**28, 4_000)
LOUD_PACKED = mseed(make_trace(NSCL, str(START), LOUD))  # less than 112 samples in each record


def parts(content: bytes) -> list[bytes]:
    return [content[place : place + LENGTH] for place in range(0, len(content), LENGTH)]


def later(seconds: float, npts: int, rate: float = RATE, **layout: object) -> bytes:
    """Return records of a segment that begins some seconds after midnight."""
    return records(NSCL, np.arange(npts), Clock(START + seconds, rate), Layout(**layout))


def changed(content: bytes, numbers: range, place: int, new: bytes) -> bytes:
    octets = bytearray(content)
    for number in numbers:
        octets[number * LENGTH + place : number * LENGTH + place + len(new)] = new
    return bytes(octets)


def samples(waveform: DayWaveform) -> int:
    return sum(trace.stats.npts for trace in waveform.stream)


SOUND = {
    "late records in the place of others": b"".join(
        [*parts(PLAIN)[:4], *(parts(PLAIN)[one] for one in (6, 5, 4)), *parts(PLAIN)[7:]]
    ),
    "a short segment that overlaps as far as the gap before": later(0, 112)
    + later(4.3, 70)
    + later(2.8 + 1.75, 224),
    "another rate from noon on": PLAIN + later(43_200, 448, 20.0),
    "two records of another rate": PLAIN + later(84.0, 224, 20.0) + later(95.2, 448),
    "a record of another rate by itself": PLAIN + later(200, 100, 20.0),
    "a stretch of another encoding": PACKED + later(200, 336),
    "a record of another encoding by itself": PACKED + later(200, 100),
    "records of two lengths": PLAIN + later(200, 900, record_length=256),
    "a rate that differs from record to record": b"".join(
        records(
            NSCL,
            np.arange(96),
            Clock(START + number * 2.4, RATE),
            Layout(blockette_100=40 + number * 1e-6),
        )
        for number in range(20)
    ),
    "a record without samples": PLAIN
    + changed(changed(parts(PLAIN)[0], range(1), 30, bytes(2)), range(1), 44, bytes(2)),
    "a record that starts in a leap second": later(0, 112)
    + changed(later(86_397.98, 112), range(1), 24, bytes((23, 59, 60))),
    "samples at intervals": b"".join(later(60 * number, 112) for number in range(20)),
}


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND)
def test_sound_objects_are_read_as_by_obspy(content: bytes) -> None:
    waveform = read_day(DAY_OBJECT, content)
    assert not any("damaged" in warning for warning in waveform.warnings)
    assert samples(waveform) == sum(trace.stats.npts for trace in obspy.read(io.BytesIO(content)))


@pytest.mark.parametrize(
    "content",
    [content for name, content in CONTENTS.items() if name not in NOT_BY_OBSPY],
    ids=[name for name in CONTENTS if name not in NOT_BY_OBSPY],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_segments_are_those_of_obspy(content: bytes) -> None:
    expected = obspy.read(io.BytesIO(content)).select(channel="BHZ")
    for trace, other in zip(read_day(DAY_OBJECT, content).stream, expected, strict=True):
        np.testing.assert_array_equal(trace.data, other.data)
        assert trace.data.dtype == other.data.dtype
        same = ("id", "starttime", "endtime", "sampling_rate", "calib", "_format")
        stats, others = dict(trace.stats), dict(other.stats)
        assert {key: stats.get(key) for key in same} == {key: others.get(key) for key in same}
        for key in ("dataquality", "encoding", "byteorder", "record_length", "number_of_records"):
            assert stats["mseed"][key] == others["mseed"][key]


@pytest.mark.parametrize(
    ("name", "content", "lost"),
    [
        ("encoding", changed(LOUD_PACKED, range(5, 6), 60, b"\x03"), 5),
        ("encoding of the first record", changed(LOUD_PACKED, range(1), 60, b"\x03"), 0),
        ("byte order", changed(PLAIN, range(5, 6), 53, b"\0"), 5),
        ("data offset", changed(PLAIN, range(5, 6), 44, struct.pack(">H", 68)), 5),
        ("fewer samples behind more header", changed(PLAIN, range(5, 6), 44, b"\x01\0"), 5),
        ("rate", changed(PLAIN, range(5, 6), 32, struct.pack(">h", 41)), 5),
        ("rate of the first record", changed(PLAIN, range(1), 32, struct.pack(">h", 20)), 0),
        ("time", changed(PLAIN, range(5, 6), 25, b"\x07"), 5),
        ("rate of a record by itself", PLAIN + later(200, 100, 0.001), 30),
        ("rate of one of two records", changed(PLAIN, range(1), 32, b"\0\x68")[:1024], 0),
        ("count of 0", changed(PLAIN, range(5, 6), 30, bytes(2)), 5),
    ],
)
def test_a_record_unlike_its_neighbours_is_left_out(name: str, content: bytes, lost: int) -> None:
    waveform = read_day(DAY_OBJECT, content)
    assert samples(waveform) == sum(
        trace.stats.npts
        for part in (parts(content)[:lost], parts(content)[lost + 1 :])
        if part
        for trace in obspy.read(io.BytesIO(b"".join(part)))
    )
    assert any("1 of" in warning and "damaged" in warning for warning in waveform.warnings), name


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (changed(PACKED, range(99), 32, struct.pack(">h", 32_767)[:2])[: len(PACKED)], "32767 Hz"),
        (changed(PACKED, range(99), 32, struct.pack(">h", 20))[: len(PACKED)], "claim 20 Hz"),
        (changed(LOUD_PACKED, range(39), 60, b"\x03"), "a compressed payload"),
        (changed(PACKED, range(10), 60, b"\x1e")[: 10 * LENGTH], r"unknown encoding 30 \(SRO\)"),
        (changed(PACKED, range(10), 60, b"\0")[: 10 * LENGTH], "records of text, not of samples"),
        (changed(PACKED, range(10), 62, b"\x0a")[: 10 * LENGTH], "another length"),
        (changed(PACKED, range(10), 20, b"\0\0")[: 10 * LENGTH], "no valid time"),
        (changed(PACKED, range(10), 30, b"\xff\xff")[: 10 * LENGTH], "count exceeds the payload"),
        (bytes(4_096), "its 4,096 bytes have no record"),
        (b"PK\x03\x04" + PACKED[:40], "look like a zip archive"),
        (b"\x1f\x8b" + bytes(600), "look like a gzip file"),
        (b"<!DOCTYPE html>" * 50, "look like XML or HTML"),
        (b"MS\x03\x04" + bytes(600), "look like miniSEED 3"),
        (bytes(257) + b"ustar" + bytes(600), "look like a tar archive"),
        (b"000001V " + bytes(504), "look like control headers of full SEED"),
        (changed(PACKED, range(1), 46, bytes(2))[:LENGTH], "without a valid blockette 1000"),
    ],
)
def test_contradictions_are_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableObjectError, match=reason) as caught:
        read_day(DAY_OBJECT, content)
    assert DAY_OBJECT.uri in caught.value.message
    assert "/tmp" not in caught.value.message
