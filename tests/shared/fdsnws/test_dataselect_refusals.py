"""Requests that dataselect refuses, and answers beyond a limit."""

import io

import pytest
from obspy import read

from shared import limits, telemetry
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import TooLargeError
from shared.fdsnws._span_task import Choice
from shared.fdsnws._stored_data import StoredDataReader
from shared.holdings.holding import ChannelSpan
from tests.support.builders import put_station
from tests.support.dataselect_days import (
    BHZ,
    MIDNIGHT,
    RATE,
    T0,
    same,
    span,
    truth,
)


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"format": "sac"}, 400, "format"),
        ({"quality": "X"}, 400, "quality"),
        ({"minimumlength": "-1"}, 400, "minimumlength"),
        ({"nodata": "500"}, 400, "nodata"),
        ({"foo": "1"}, 400, "foo"),
        ({"correct": "true", "prefilt": "4,3,2,1"}, 400, "prefilt is '4,3,2,1'"),
        ({"units": "ACC"}, 400, "units is given without correct=true"),
        ({"correct": "true", "prefilt": "low"}, 400, "prefilt"),
        ({"correct": "true", "units": "COUNTS"}, 400, "units"),
        ({"starttime": ""}, 400, "starttime"),
        ({"cha": "BHX", "nodata": "404"}, 404, ""),
        ({"cha": "BHX"}, 204, ""),
    ],
)
def test_wrong_requests(get, changed, status, words):
    reply = get(**{**span(0, 60), **changed})
    assert reply.status_code == status
    if status == 204:
        assert reply.content == b""
    else:
        assert reply.text.startswith(f"Error {status}: ")
        assert words in reply.text


def test_a_missing_time_is_refused(get):
    reply = get(net="CI", sta="BOM", loc="--", cha="BHZ", starttime=str(T0))
    assert reply.status_code == 400
    assert "endtime" in reply.text


def test_too_many_days_are_refused(get, monkeypatch):
    monkeypatch.setenv("MAX_OBJECTS", "50")
    many = {**span(0, 0), "starttime": "2023-12-01", "endtime": "2024-02-01"}
    reply = get(**many)
    assert reply.status_code == 413
    assert "at most 50 in one request (MAX_OBJECTS)" in reply.text


def test_too_much_is_refused_before_it_is_read(get, monkeypatch, archive, contents):
    monkeypatch.setenv("MAX_DATASELECT_MIB", "1")
    key = SCEDC.waveform_key(ChannelId.parse(BHZ), Day.parse("2024,001"))
    archive.put(key, contents[BHZ]["2024,001"] * 4)
    day = {**span(0, 0), "starttime": "2024-01-01", "endtime": "2024-01-02"}
    reply = get(**day)
    assert reply.status_code == 413
    assert "at most 1 MiB in one request (MAX_DATASELECT_MIB)" in reply.text
    start, end = Day.parse("2024,001").starttime.ns, MIDNIGHT.ns
    reader = StoredDataReader(SCEDC, [ChannelSpan(ChannelId.parse(BHZ), start, end)])
    with telemetry.recording() as invocation, pytest.raises(TooLargeError):
        reader.read(Choice())
    assert 0 < invocation.bytes_read < 50_000


def test_too_many_bytes_are_refused_as_they_come(get, monkeypatch):
    monkeypatch.setattr(limits, "max_dataselect", lambda: limits.SizeLimit(0, "MAX_DATASELECT_MIB"))
    monkeypatch.setattr("shared.fdsnws._stored_data.StoredDataReader._estimate", lambda _: 0)
    reply = get(**span(0, 60))
    assert reply.status_code == 413
    assert "more than" in reply.text


def test_too_many_lines_are_refused(get, monkeypatch):
    monkeypatch.setenv("MAX_PROCESSOR_SECONDS", "1")
    lines = "".join(f"CI BOM -- BHZ {T0 + n} {T0 + n + 0.5}\n" for n in range(600))
    reply = get(method="POST", body=lines.encode())
    assert reply.status_code == 413
    assert "spans of stored records" in reply.text
    assert "ask for fewer time spans" in reply.text


def test_too_many_spans_to_correct_are_refused(get, monkeypatch):
    monkeypatch.setenv("MAX_WINDOWS", "1")
    lines = "".join(f"CI BOM -- BHZ {T0 + n} {T0 + n + 0.5}\n" for n in range(2))
    reply = get(method="POST", body=f"correct=true\n{lines}".encode())
    assert reply.status_code == 413
    assert "2 time spans of channels: at most 1 with correct" in reply.text


def test_refused_corrections_are_told_in_the_words_of_dataselect(get, monkeypatch, archive):
    put_station(archive, "CI", "BOM", BHZ=RATE)
    asked = {**span(1000, 60), "correct": "true"}
    reply = get(**asked, prefilt="300,400,500,600")
    assert reply.status_code == 400
    assert "prefilt is [300.0, 400.0, 500.0, 600.0]: must begin below" in reply.text
    monkeypatch.setattr("shared.windows.limits.MAX_CORRECTED_SAMPLES", 10)
    reply = get(**asked)
    assert reply.status_code == 413
    assert "ask for fewer time spans, or a higher first corner of prefilt" in reply.text


@pytest.mark.parametrize("correct", ["true", "false"])
@pytest.mark.parametrize(
    ("start", "end"), [("1000-01-01", "1899-12-31"), ("2300-01-01", "9999-12-31")]
)
def test_times_before_and_after_all_data_have_none(get, start, end, correct):
    reply = get(**{**span(0, 60), "starttime": start, "endtime": end, "correct": correct})
    assert (reply.status_code, reply.content) == (204, b"")


def test_an_answer_beyond_the_reply_is_a_link_for_get_and_refused_for_post(
    get, monkeypatch, contents, served
):
    monkeypatch.setattr("shared.invocation.reply_size.MAX_REPLY_BYTES", 50_000)
    key = span(0, 600)
    reply = get(**key)
    assert [each.status_code for each in reply.history] == [303]
    same(read(io.BytesIO(reply.content)), truth(contents, BHZ, T0, T0 + 600))
    line = f"CI BOM -- BHZ {key['starttime']} {key['endtime']}\n"
    reply = get(method="POST", body=line.encode())
    assert reply.status_code == 413
    assert "at most about" in reply.text


def test_nothing_but_ends_of_records(get, contents):
    # A span within one record, and one between two samples.
    start = T0 + 5.0195
    reply = get(**{**span(0, 0), "starttime": str(start), "endtime": str(start)})
    (trace,) = read(io.BytesIO(reply.content))
    assert (trace.stats.npts, trace.stats.starttime) == (1, start)
    reply = get(**{**span(0, 0), "starttime": str(start + 0.001), "endtime": str(start + 0.02)})
    assert reply.status_code == 204
