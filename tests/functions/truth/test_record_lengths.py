"""Row 18 of docs/correctness.md: written records have one length of ours, and lack no sample.

The length of the records read has no part in it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.formats import miniseed, sac
from tests.support.builders import forget_objects
from tests.support.known_records import Clock, Layout, put_records, read_records, records
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    MIDNIGHT,
    READS,
    Handler,
    ask,
    call,
    corrected,
    window,
)

NSCL = "CI.BOM.BHZ."
RATE = 40.0
NPTS = 30_000
CLOCK = Clock(MIDNIGHT + 0.0195, RATE)
LENGTHS = [2**exponent for exponent in (7, 8, 9, 12, 16, 20)]  # 128 bytes to 1 MiB


@pytest.mark.parametrize("length", LENGTHS)
def test_a_corrected_day_has_every_sample(
    archive: S3Server, response_handler: Handler, length: int
) -> None:
    npts = 400_000 if length == LENGTHS[-1] else NPTS  # more than one record
    values = np.arange(npts) % 4_999
    put_records(archive, NSCL, DAY, records(NSCL, values, CLOCK, Layout(length)))
    PlainSeismometer().put(archive, NSCL, RATE)
    stream, reply = corrected(response_handler, archive, nscl=NSCL, encoding="FLOAT32")
    written = list(read_records(archive.get(reply["output_key"])))
    assert sum(record.npts for record in written) == reply["samples"] == npts
    assert sum(trace.stats.npts for trace in stream) == npts
    assert stream[-1].stats.endtime == CLOCK.time(npts - 1)


def test_one_length_is_written_whatever_is_read(
    archive: S3Server, response_handler: Handler
) -> None:
    PlainSeismometer().put(archive, NSCL, RATE)
    lengths = set()
    for one, other in ((256, 256), (512, 512), (4096, 4096), (512, 4096)):
        parts = [
            records(NSCL, np.arange(NPTS), CLOCK, Layout(one)),
            records(NSCL, np.arange(NPTS), CLOCK, Layout(other), first=2 * NPTS),
        ]
        put_records(archive, NSCL, DAY, *parts)
        _, reply = corrected(response_handler, archive, nscl=NSCL)
        written = list(read_records(archive.get(reply["output_key"])))
        lengths |= {record.length for record in written}
        assert sum(record.npts for record in written) == reply["samples"] == 2 * NPTS
    assert len(lengths) == 1


def test_windows_have_every_sample(archive: S3Server, timewindow_handler: Handler) -> None:
    request = {"Windows": [window(NSCL, MIDNIGHT + 10, MIDNIGHT + 20)], "Format": "mseed"}
    for length in LENGTHS:
        content = records(NSCL, np.arange(NPTS) % 4_999, CLOCK, Layout(length))
        put_records(archive, NSCL, DAY, content)
        for read in READS:
            written, _ = call(timewindow_handler, {**request, "Read": read})
            found = list(read_records(written))
            assert {record.length for record in found} == {512}, (length, read)
            assert sum(record.npts for record in found) == 401, (length, read)


@pytest.mark.parametrize("length", [2**14, 2**16])
@pytest.mark.parametrize("read", READS)
def test_a_new_container_knows_no_record_longer_than_its_first_read(
    archive: S3Server, timewindow_handler: Handler, length: int, read: str
) -> None:
    content = records(NSCL, np.arange(NPTS), CLOCK, Layout(length))
    put_records(archive, NSCL, DAY, content)
    forget_objects()
    asked = ask(timewindow_handler, CLOCK.time(100), CLOCK.time(150), nscl=NSCL, Read=read)
    assert asked.values.tolist() == list(range(100, 151))


@pytest.mark.parametrize("read", READS)
def test_one_record_of_another_length_is_sound(
    archive: S3Server, timewindow_handler: Handler, read: str
) -> None:
    values = np.arange(3_000)
    long = Layout(4096)
    begin = 5 * Layout().capacity
    end = begin + long.capacity
    parts = [
        records(NSCL, values[:begin], CLOCK),
        records(NSCL, values[begin:end], CLOCK, long, first=begin),
        records(NSCL, values[end:], CLOCK, first=end),
    ]
    put_records(archive, NSCL, DAY, *parts)
    forget_objects()
    asked = ask(timewindow_handler, CLOCK.start, CLOCK.time(2_999), nscl=NSCL, Read=read)
    assert asked.values.tolist() == values.tolist()
    assert asked.warnings == []


def test_samples_lost_on_the_way_to_a_file_are_an_error(
    archive: S3Server,
    response_handler: Handler,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The count that is written is checked against the count meant, whatever the writer does."""
    put_records(archive, NSCL, DAY, records(NSCL, np.arange(NPTS), CLOCK))
    PlainSeismometer().put(archive, NSCL, RATE)

    def lossy(write: Callable[..., Any]) -> Callable[..., Any]:
        """Leave the last samples of each segment out, as libmseed does of records too large."""

        def shortened(traces: Any, *arguments: object, **options: object) -> Any:
            one = isinstance(traces, obspy.Trace)
            shorter = obspy.Stream([traces] if one else traces).copy()
            for trace in shorter:
                trace.data = trace.data[: trace.stats.npts * 9 // 10]
            return write(shorter[0] if one else shorter, *arguments, **options)

        return shortened

    windows = {"Windows": [window(NSCL, CLOCK.start, CLOCK.time(NPTS - 1))]}
    writers: list[tuple[Any, str, Handler, dict[str, Any]]] = [
        (miniseed, "_write_mseed", timewindow_handler, {**windows, "Format": "mseed"}),
        (sac, "_parts", timewindow_handler, {**windows, "Format": "sac"}),
        (miniseed, "write_records", response_handler, {"day": DAY, "nscl": NSCL}),
    ]
    for owner, name, handler, request in writers:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, lossy(getattr(owner, name)))
            with pytest.raises(Exception, match="27,?000"):
                handler(request)
    assert "Contents" not in archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
