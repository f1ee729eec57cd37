"""miniSEED 3, read by a strict reader; samples decoded as ObsPy decodes those of miniSEED 2."""

import io

import numpy as np
import pytest
from obspy import read

from shared.formats._crc32c import crc32c
from shared.formats.miniseed3 import from_miniseed2, source_id
from shared.waveforms.records import scan
from tests.support import miniseed3
from tests.support.builders import make_trace, mseed

START = "2024-04-09T23:59:58.019537"
TYPES = {1: "INT16", 3: "INT32", 4: "FLOAT32", 5: "FLOAT64", 10: "STEIM1", 11: "STEIM2"}
NUMBERS = {1: "<i2", 3: "<i4", 4: "<f4", 5: "<f8"}


def day(encoding=11, byteorder=">", rate=100.0, quality=None):
    samples = np.random.default_rng(2).normal(scale=3000, size=2000)
    name = TYPES[encoding]
    dtype = {"INT16": np.int16, "FLOAT32": np.float32, "FLOAT64": float}.get(name, np.int32)
    trace = make_trace("CI.BOM.BHZ.", START, samples, rate, dtype)
    if quality is not None:
        trace.stats.mseed.blkt1001 = {"timing_quality": quality}
    return mseed(trace, encoding=name, byteorder=byteorder)


@pytest.mark.parametrize(
    ("message", "crc"),
    [  # RFC 3720, B.4, and the usual check value
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (b"", 0),
    ],
)
def test_known_crcs(message, crc):
    others = [b"x" * 40, b"", b"y"]
    assert crc32c([others[0], message, *others[1:]])[1] == crc
    assert miniseed3.crc32c(message) == crc


@pytest.mark.parametrize("byteorder", "><")
@pytest.mark.parametrize("encoding", TYPES)
def test_records_have_the_samples_times_and_rates_of_miniseed_2(encoding, byteorder):
    content = day(encoding, byteorder)
    records = miniseed3.read_records(from_miniseed2(content))
    table = scan(memoryview(content))
    (trace,) = read(io.BytesIO(content))
    assert [each.start_ns for each in records] == table.starts.tolist()
    assert [each.npts for each in records] == table.npts.tolist()
    assert {each.sampling_rate for each in records} == {100.0}
    assert {each.encoding for each in records} == {encoding}
    assert {each.identifier for each in records} == {"FDSN:CI_BOM__B_H_Z"}
    assert {each.publication for each in records} == {2}
    done = 0
    for record in records:
        expected = trace.data[done : done + record.npts]
        done += record.npts
        if encoding in NUMBERS:
            samples = np.frombuffer(record.payload, NUMBERS[encoding])
            np.testing.assert_array_equal(samples, expected)
        else:
            assert len(record.payload) % 64 == 0
            first, last = np.frombuffer(record.payload, ">i4")[1:3]
            assert (first, last) == (expected[0], expected[-1])
    assert done == 2000


def test_steim_payloads_are_carried_over_byte_for_byte():
    content = day()
    for number, record in enumerate(miniseed3.read_records(from_miniseed2(content))):
        payload = content[512 * number + 64 : 512 * (number + 1)]
        assert payload.startswith(record.payload)
        assert not any(payload[len(record.payload) :])


@pytest.mark.parametrize("rate", [0.1, 0.003, 1.0, 40.0, 200.0])
def test_rates_are_exact(rate):
    content = day(rate=rate)
    records = miniseed3.read_records(from_miniseed2(content))
    assert records[0].sampling_rate == scan(memoryview(content)).rates[0]


def test_qualities_and_flags():
    content = bytearray(day(quality=87))
    content[6:7] = b"Q"
    content[36:39] = bytes([0b0101_0101, 0b0010_0010, 0b1000_0011])
    content[40:44] = (25).to_bytes(4, "big")
    record, other, *_ = miniseed3.read_records(from_miniseed2(bytes(content)))
    assert record.publication == 3
    assert record.flags == 0b111  # calibration, questionable time, locked clock
    assert record.extra == {
        "FDSN": {
            "DataQuality": "Q",
            "Time": {"Quality": 87, "Correction": 0.0025, "LeapSecond": 1},
            "Event": {"Begin": True, "InProgress": True},
            "Flags": {
                "LongRecordRead": True,
                "AmplifierSaturation": True,
                "DigitizerClipping": True,
            },
        }
    }
    assert other.extra == {"FDSN": {"DataQuality": "D", "Time": {"Quality": 87}}}


def test_source_identifiers():
    assert source_id("CI.SOC..HHZ") == b"FDSN:CI_SOC__H_H_Z"
    assert source_id("NP.1234.10.HNE") == b"FDSN:NP_1234_10_H_N_E"


def test_records_are_converted_some_at_a_time(monkeypatch):
    content = day() + day(byteorder="<") + day(encoding=3)
    whole = from_miniseed2(content)
    assert len(miniseed3.read_records(whole)) == len(content) // 512
    monkeypatch.setattr("shared.formats.miniseed3._CHUNK_BYTES", 1300)
    assert from_miniseed2(content) == whole


def test_nothing_becomes_nothing():
    assert from_miniseed2(b"") == b""
