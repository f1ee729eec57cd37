"""The generated archive: its days can be corrected, and its requests are counted."""

import io
import logging
from collections import Counter

import numpy as np
import obspy

from benchmarks.memory import cells
from benchmarks.servers import generated_archive, odd_days
from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.scedc import SCEDC
from shared.corrected_days.correct import write_corrected_day
from shared.corrected_days.request import CorrectedDayRequest


def test_requests_are_counted_by_method_and_bucket():
    counter, record = generated_archive.RequestCounter(), logging.LogRecord
    for text in (
        '127.0.0.1 - - [24/Nov/2026 19:00:00] "GET /scedc-pds/a/b.ms HTTP/1.1" 200 -',
        '127.0.0.1 - - [24/Nov/2026 19:00:00] "\x1b[35mGET /scedc-pds?list HTTP/1.1\x1b[0m" 206 -',
        '127.0.0.1 - - [24/Nov/2026 19:00:00] "PUT /corrected-waveforms/x HTTP/1.1" 200 -',
        "something else",
    ):
        counter.emit(record("werkzeug", logging.INFO, "", 0, text, None, None))
    assert counter.counts == {"GET scedc-pds": 2, "PUT corrected-waveforms": 1}
    assert cells.of_bucket(counter.counts, "scedc-pds") == {"GET": 2}
    assert cells.of_bucket(Counter(), "scedc-pds") == {}


def test_generated_days_are_corrected_the_fast_way(archive):
    generated_archive.fill(archive.put, stations=2, rates=(1.0, 40.0))
    for rate, number in ((1.0, 0), (40.0, 1)):
        name = generated_archive.channel(rate, number)
        request = CorrectedDayRequest.parse({"day": str(generated_archive.DAY), "nscl": name.nscl})
        reply = write_corrected_day(request)
        assert (reply["nscl"], reply["sampling_rate"]) == (name.nscl, rate)
        assert (reply["samples"], reply["segments"]) == (86400 * rate, 1)
        assert reply["method"] == "fast"
        assert reply["warnings"] == []


def test_odd_days_have_the_samples_of_the_sound_day(monkeypatch):
    monkeypatch.setattr(odd_days, "RECORDS", 40)
    monkeypatch.setattr(odd_days, "_SAMPLES", 500)
    days = dict(odd_days.contents())
    assert tuple(days) == odd_days.KINDS
    assert [len(content) // 512 for content in days.values()] == [40, 40, 80, 40]
    sound, swapped, doubled, parts = (obspy.read(io.BytesIO(content)) for content in days.values())
    assert (len(sound), len(swapped), len(parts)) == (1, 40, 40)
    assert {trace.stats.npts for trace in parts} == {490}
    assert sound[0].id == "CI.SOUND..HHZ"
    for stream in (swapped, doubled):
        (trace,) = stream.merge()
        np.testing.assert_array_equal(trace.data, sound[0].data)


def test_server_counts_what_a_job_asks_of_it(archive):
    generated_archive.fill(archive.put, stations=1, rates=(1.0,))
    log = logging.getLogger("werkzeug")
    kept = (log.handlers, log.propagate, log.level)
    try:
        counter = generated_archive.count_requests()
        nscl = generated_archive.channel(1.0, 0).nscl
        write_corrected_day(CorrectedDayRequest.parse({"day": "2024,001", "nscl": nscl}))
    finally:
        log.handlers, log.propagate = kept[:2]
        log.setLevel(kept[2])
    assert cells.of_bucket(counter.counts, OUTPUT_BUCKET) == {"PUT": 1}
    reads = cells.of_bucket(counter.counts, SCEDC.bucket)
    assert reads["GET"] == 2
    assert set(reads) <= {"GET", "HEAD"}
