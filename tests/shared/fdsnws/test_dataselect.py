"""Dataselect through ObsPy's client and a real HTTP server, against ObsPy's own reading."""

import io
import json

import numpy as np
import pytest
from obspy import Stream, read
from obspy.clients.fdsn import Client
from obspy.clients.fdsn.header import FDSNNoDataException

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import S3Error
from shared.waveforms.day_reader import DayReader
from tests.support import miniseed3
from tests.support.builders import mseed, put_station
from tests.support.dataselect_days import (
    BHN,
    BHZ,
    MIDNIGHT,
    RATE,
    T0,
    channel,
    same,
    span,
    truth,
)


def test_any_span_has_the_samples_that_obspy_trims_to(get, contents):
    generator = np.random.default_rng(5)
    middles = [0, 0.25, 100_000 / RATE, 7200, 7199.99, 460_000 / RATE, 9000]
    for middle in middles:
        length = float(np.round(10 ** generator.uniform(-1, 3.5), 3))
        start = T0 + middle - length * float(np.round(generator.uniform(), 2))
        end = start + length
        reply = get(net="CI", sta="BOM", loc="--", cha="BHZ", start=str(start), end=str(end))
        expected = truth(contents, BHZ, start, end)
        if not expected:
            assert reply.status_code == 204
            continue
        assert reply.status_code == 200
        same(read(io.BytesIO(reply.content)), expected)


def test_records_inside_are_byte_for_byte_the_archives(get, contents):
    start = T0 + 600
    reply = get(net="CI", sta="BOM", loc="--", cha="BHZ", start=str(start), end=str(start + 60))
    stored = contents[BHZ]["2024,001"]
    inner = reply.content[512:-512]
    assert len(inner) >= 512 * 2
    assert inner in stored


@pytest.fixture
def client(served):
    return Client(served.url, timeout=60)


def test_obspys_client(client, contents):
    start, end = MIDNIGHT - 30, MIDNIGHT + 45.5
    same(client.get_waveforms("CI", "BOM", "", "BHZ", start, end), truth(contents, BHZ, start, end))
    lines = [("CI", "BOM", "10", "BHN", start, end), ("CI", "BOM", "--", "BHZ", T0 + 1, T0 + 9)]
    stream = client.get_waveforms_bulk(lines)
    expected = truth(contents, BHZ, T0 + 1, T0 + 9) + truth(contents, BHN, start, end)
    same(stream, expected)
    with pytest.raises(FDSNNoDataException):
        client.get_waveforms("CI", "BOM", "00", "BHZ", start, end)
    with pytest.raises(FDSNNoDataException):
        client.get_waveforms("CI", "BOM", "", "BHZ", start - 86_400 * 9, end - 86_400 * 9)


def test_wildcards_and_extensions_with_obspys_client(client, archive, contents):
    put_station(archive, "CI", "BOM", BHZ=RATE)
    archive.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")
    start, end = T0 + 1000, T0 + 1300
    stream = client.get_waveforms("C?", "BOM", "*", "BH*", start, end)
    assert sorted(trace.id for trace in stream) == ["CI.BOM..BHZ", "CI.BOM.10.BHN"]
    (trace,) = client.get_waveforms(
        "CI", "BOM", "", "BHZ", start, end, correct=True, units="ACC", prefilt="0.05,0.1,8,10"
    )
    (raw,) = truth(contents, BHZ, start, end)
    assert trace.data.dtype == np.float32
    assert (trace.stats.starttime, trace.stats.npts) == (raw.stats.starttime, raw.stats.npts)
    assert 0 < np.abs(trace.data).max() < 1e-3
    archive.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")


def test_a_channel_that_cannot_be_corrected_is_named(get, archive, contents):
    start, end = str(T0 + 1000), str(T0 + 1060)
    codes = {"net": "CI", "sta": "BOM", "loc": "--,10", "cha": "BHZ,BHN"}
    asked = {**codes, "start": start, "end": end, "correct": "true"}
    reply = get(**asked)
    assert reply.status_code == 404
    assert "BOM" in reply.text  # the station has no StationXML
    put_station(archive, "CI", "BOM", BHZ=RATE)
    reply = get(**asked)
    assert reply.status_code == 200
    (trace,) = read(io.BytesIO(reply.content))
    assert trace.id == "CI.BOM..BHZ"
    assert trace.stats.npts == truth(contents, BHZ, T0 + 1000, T0 + 1060)[0].stats.npts
    assert reply.headers["Cache-Control"] == "public, max-age=300"  # as the metadata may change
    assert any("CI.BOM.BHN.10" in each for each in json.loads(reply.headers["X-Warnings"]))


def test_headers_of_an_answer(get):
    reply = get(**span(0, 60))
    assert reply.headers["Content-Type"] == "application/vnd.fdsn.mseed"
    assert reply.headers["Content-Disposition"].startswith(
        'attachment; filename="fdsnws-dataselect_'
    )
    assert reply.headers["Content-Disposition"].endswith('.mseed"')
    assert "max-age" in reply.headers["Cache-Control"]
    assert "X-Warnings" not in reply.headers


def test_an_unchanged_answer_is_not_read_again(get, archive, contents):
    etag = get(**span(0, 60)).headers["ETag"]
    reply = get(**span(0, 60), headers={"If-None-Match": etag})
    assert (reply.status_code, reply.content) == (304, b"")
    assert get(**span(0, 61), headers={"If-None-Match": etag}).status_code == 200
    lines = f"CI BOM -- BHZ {T0} {T0 + 60}"
    assert get(method="POST", body=lines, headers={"If-None-Match": "*"}).status_code == 200
    absent = {**span(0, 60), "cha": "BHX"}
    assert get(**absent, headers={"If-None-Match": "*"}).status_code == 204
    key = SCEDC.waveform_key(ChannelId.parse(BHZ), Day.parse("2024,001"))
    archive.put(key, contents[BHZ]["2024,001"][512:])
    reply = get(**span(0, 60), headers={"If-None-Match": etag})
    assert reply.status_code == 200
    assert reply.headers["ETag"] != etag


def test_minimumlength_and_longestonly(get, contents):
    # Segments of 2,500 s, 8,725.025 s and 2,900 s, the second one across midnight.
    whole = span(0, 4 * 3600)
    expected = truth(contents, BHZ, T0, T0 + 4 * 3600)

    def lengths(**options):
        reply = get(**whole, **options)
        stream = read(io.BytesIO(reply.content)) if reply.content else Stream()
        stream.merge(method=-1)
        return [trace.stats.npts for trace in stream]

    assert lengths() == [100_000, 349_001, 116_000]
    assert sum(trace.stats.npts for trace in expected) == 565_001
    assert lengths(minimumlength="2500") == [100_000, 349_001, 116_000]
    assert lengths(minimumlength="2500.1") == [349_001, 116_000]
    assert lengths(longestonly="TRUE") == [349_001]
    assert lengths(longestonly="true", minimumlength="9000") == []


def test_qualities(get, archive, contents):
    key = SCEDC.waveform_key(ChannelId.parse(BHZ), Day.parse("2024,001"))
    content = bytearray(contents[BHZ]["2024,001"])
    content[6 : 512 * 5 : 512] = b"Q" * 5
    archive.put(key, bytes(content))
    counts = {
        quality: len(get(**span(0, 600), quality=quality).content) // 512 for quality in "BMDQR"
    }
    assert counts["B"] == counts["M"] == counts["D"] + counts["Q"]
    assert counts["Q"] == 5
    assert counts["R"] == 0


@pytest.mark.parametrize("name", ["miniseed3", "ms3"])
def test_miniseed_3(get, contents, name):
    reply = get(**span(3, 60), format=name)
    assert reply.headers["Content-Type"] == "application/vnd.fdsn.mseed3"
    assert reply.headers["Content-Disposition"].endswith('.mseed3"')
    records = miniseed3.read_records(reply.content)
    (expected,) = truth(contents, BHZ, T0 + 3, T0 + 63)
    assert {each.identifier for each in records} == {"FDSN:CI_BOM__B_H_Z"}
    assert records[0].start_ns == expected.stats.starttime.ns
    assert sum(each.npts for each in records) == expected.stats.npts


def test_damaged_records_are_left_out_and_named(get, archive, contents):
    key = SCEDC.waveform_key(ChannelId.parse(BHZ), Day.parse("2024,001"))
    content = bytearray(contents[BHZ]["2024,001"])
    content[512 * 3 + 100 : 512 * 3 + 110] = b"\xff" * 10
    archive.put(key, bytes(content))
    reply = get(**span(0, 60))
    assert reply.status_code == 200
    (warning,) = json.loads(reply.headers["X-Warnings"])
    assert "1 of" in warning
    assert "damaged" in warning
    stream = read(io.BytesIO(reply.content))
    assert len(stream) == 2  # around the record
    archive.put(key, b"<html>" * 1000)
    reply = get(**span(0, 60))
    assert reply.status_code == 502
    assert b"not miniSEED" in reply.content


def test_a_failure_of_s3_is_no_answer_with_less(get, monkeypatch):
    records = DayReader.records

    def failing(reader, *span):
        if "BHN" in reader.uri:
            raise S3Error(f"could not read {reader.uri}: SlowDown")
        return records(reader, *span)

    monkeypatch.setattr(DayReader, "records", failing)
    asked = {**span(0, 60), "loc": "--,10", "cha": "BHZ,BHN"}
    reply = get(**asked)
    assert reply.status_code == 502
    assert "SlowDown" in reply.text


def test_an_unreadable_object_among_others_is_named(get, archive, contents):
    key = SCEDC.waveform_key(ChannelId.parse(BHN), Day.parse("2024,001"))
    archive.put(key, b"<html>" * 1000)
    reply = get(**{**span(0, 60), "loc": "--,10", "cha": "BHZ,BHN"})
    assert reply.status_code == 200
    same(read(io.BytesIO(reply.content)), truth(contents, BHZ, T0, T0 + 60))
    (warning,) = json.loads(reply.headers["X-Warnings"])
    assert "CIBOM__BHN10" in warning


def test_overlapping_records_are_all_delivered_and_copies_once(get, archive, contents):
    key = SCEDC.waveform_key(ChannelId.parse(BHZ), Day.parse("2024,001"))
    content = contents[BHZ]["2024,001"]
    (other,) = channel(BHZ, 7)[:1]
    conflict = mseed(other)[: 512 * 2]
    archive.put(key, content[: 512 * 20] + conflict + content[: 512 * 4])
    reply = get(**span(0, 20_000 / RATE))
    assert conflict[:512] in reply.content
    assert len(reply.content) == 512 * 22
