"""Damaged records cost their own samples, and warnings say where they are."""

import numpy as np
import pytest
from obspy import UTCDateTime

from shared.errors import UnreadableObjectError
from shared.waveforms.read_day import read_day
from tests.support.builders import make_trace, mseed, noise
from tests.support.compared_days import DAY_OBJECT

NSCL = "CI.BOM.BHZ."
LENGTH = 512
COUNTS = noise(40_000)
CONTENT = mseed(make_trace(NSCL, str(UTCDateTime(2024, 1, 1)), COUNTS, 40.0))
RECORDS = len(CONTENT) // LENGTH


def with_damage(*numbers: int, encoding: int | None = None) -> bytes:
    """Empty the frames of some records, or give them an encoding that ObsPy does not know."""
    content = bytearray(CONTENT)
    for number in numbers:
        place = number * LENGTH
        if encoding is None:
            content[place + 64 : place + LENGTH] = bytes(LENGTH - 64)
        else:
            content[place + 52] = encoding
    return bytes(content)


@pytest.mark.parametrize("encoding", [None, 30, 99])
@pytest.mark.parametrize(
    "numbers", [(0,), (RECORDS - 1,), (7, 8, 9), (1, 3, 60, 90), tuple(range(20, 60))]
)
def test_all_other_samples_are_there(numbers: tuple[int, ...], encoding: int | None) -> None:
    whole = read_day(DAY_OBJECT, CONTENT).stream[0]
    waveform = read_day(DAY_OBJECT, with_damage(*numbers, encoding=encoding))
    there = np.zeros(COUNTS.size, bool)
    for trace in waveform.stream:
        first = round((trace.stats.starttime - whole.stats.starttime) * 40)
        np.testing.assert_array_equal(trace.data, COUNTS[first : first + trace.stats.npts])
        there[first : first + trace.stats.npts] = True
    lost = np.zeros(COUNTS.size, bool)
    for span in waveform.empty:
        first, last = (
            round((time - whole.stats.starttime) * 40) for time in (span.starttime, span.endtime)
        )
        lost[first : last + 1] = True
    assert len(waveform.empty) == len(numbers)
    np.testing.assert_array_equal(there, ~lost)
    (warning,) = waveform.warnings
    assert f"{len(numbers)} of {RECORDS} records are damaged" in warning
    assert f"at byte {numbers[0] * LENGTH:,}" in warning


@pytest.mark.parametrize("number", [0, 7, RECORDS - 1])
def test_a_sequence_number_that_is_none_is_damage(number: int) -> None:
    content = bytearray(CONTENT)
    content[number * LENGTH : number * LENGTH + 6] = b"\xff" * 6
    waveform = read_day(DAY_OBJECT, bytes(content))
    delivered = {int(value) for trace in waveform.stream for value in trace.data}
    assert delivered <= {int(value) for value in COUNTS}
    lost = COUNTS.size - sum(trace.stats.npts for trace in waveform.stream)
    assert 0 <= lost <= 1000  # one record's samples at most
    assert not lost or waveform.warnings


@pytest.mark.parametrize(
    "numbers", [(0,), (RECORDS - 1,), (RECORDS - 2, RECORDS - 1), (3, 4, 5), tuple(range(0, 40, 2))]
)
def test_records_without_a_header_are_counted_in_one_warning(numbers: tuple[int, ...]) -> None:
    content = bytearray(CONTENT)
    for number in numbers:
        content[number * LENGTH : (number + 1) * LENGTH] = b"\xff" * LENGTH
    (warning,) = read_day(DAY_OBJECT, bytes(content)).warnings
    assert f"{len(numbers)} of {RECORDS} records are damaged" in warning
    assert f"at byte {numbers[0] * LENGTH:,}" in warning


def test_records_after_stray_bytes_are_read() -> None:
    content = CONTENT[: 20 * LENGTH] + bytes(128) + CONTENT[20 * LENGTH :]
    waveform = read_day(DAY_OBJECT, content)
    (trace,) = waveform.stream
    np.testing.assert_array_equal(trace.data, COUNTS)
    (warning,) = waveform.warnings
    assert f"1 of {RECORDS + 1} records are damaged" in warning


def test_a_record_that_is_cut_off_is_no_damaged_one() -> None:
    (warning,) = read_day(DAY_OBJECT, CONTENT[:-100]).warnings
    assert "ends with 412 bytes of an incomplete record" in warning


def test_an_object_without_a_good_record_is_an_error() -> None:
    with pytest.raises(UnreadableObjectError, match="none of its .* can be decoded: "):
        read_day(DAY_OBJECT, with_damage(*range(RECORDS)))
