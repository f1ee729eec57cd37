"""A folder of one's own files: which records and stations are served, and under which keys."""

import io
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import obspy
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from obspy import Stream, Trace, UTCDateTime
from obspy.io.mseed.util import get_record_information
from werkzeug.exceptions import NotFound

from local.archives.folder import OwnFolder, read_folder
from local.cloud.s3_front import Front, read_only
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace, mseed, noise
from tests.support.wsgi import listening

START = "2024-01-01T23:50:00"
NPTS = 20 * 60 * 40


def key(nscl: str, day: str) -> str:
    return SCEDC.waveform_key(ChannelId.parse(nscl), Day.parse(day))


def content(own: OwnFolder, name: str) -> bytes:
    stored = own.bucket.find(name)
    assert stored is not None, own.bucket.keys("")
    return b"".join(stored.read(0, stored.size - 1))


def split_by_obspy(data: bytes) -> dict[str, bytes]:
    """Return the records of a content by the key of their channel and day, as ObsPy reads them."""
    found: defaultdict[str, bytes] = defaultdict(bytes)
    offset = 0
    while offset < len(data):
        info = get_record_information(io.BytesIO(data), offset)
        nscl = "{network}.{station}.{channel}.{location}".format(**info)
        day = str(Day.of(info["starttime"]))
        found[key(nscl, day)] += data[offset : offset + info["record_length"]]
        offset += info["record_length"]
    return dict(found)


@pytest.mark.parametrize("reclen", [256, 512, 4096])
def test_one_file_of_channels_and_days(tmp_path: Path, reclen: int) -> None:
    """Two channels whose records alternate, over midnight; their first day is 2024,001."""
    traces = [make_trace(f"CI.BOM.{code}.", START, noise(NPTS)) for code in ("BHE", "BHZ")]
    contents = [mseed(trace, reclen=reclen) for trace in traces]
    each = [[data[at : at + reclen] for at in range(0, len(data), reclen)] for data in contents]
    multiplexed = b"".join(record for pair in zip(*each, strict=False) for record in pair)
    (tmp_path / "any name").write_bytes(multiplexed)
    own = read_folder(tmp_path)
    expected = split_by_obspy(multiplexed)
    assert len(expected) == 4
    assert {name: content(own, name) for name in own.bucket.keys("continuous")} == expected
    assert own.notes == []
    assert list(own.days) == sorted(own.days)
    assert sum(day.size for day in own.days.values()) == len(multiplexed)
    # A record that crosses midnight belongs to the day of its first sample.
    before = obspy.read(io.BytesIO(content(own, key("CI.BOM.BHZ.", "2024,001"))))
    after = obspy.read(io.BytesIO(content(own, key("CI.BOM.BHZ.", "2024,002"))))
    midnight = UTCDateTime(2024, 1, 2)
    assert before[-1].stats.endtime > midnight
    assert after[0].stats.starttime == before[-1].stats.endtime + 1 / 40


def test_folders_of_any_layout(tmp_path: Path) -> None:
    """SDS with links, a flat file with a little-endian byte order, and times with corrections."""
    sds = tmp_path / "SDS" / "2024" / "CI" / "BOM" / "BHZ.D"
    sds.mkdir(parents=True)
    days = {}
    for day in (1, 2, 3):
        data = mseed(make_trace("CI.BOM.BHZ.", f"2024-01-0{day}T00:00:00.01", noise(4_000, day)))
        days[key("CI.BOM.BHZ.", f"2024,00{day}")] = data
        (sds / f"CI.BOM..BHZ.D.2024.00{day}").write_bytes(data)
    little = mseed(make_trace("XX.A.HHZ.10", START, noise(4_000)), byteorder="<", reclen=1024)
    (tmp_path / "flat.dat").write_bytes(little)
    (tmp_path / "SDS" / "loop").symlink_to(tmp_path)
    own = read_folder(tmp_path)
    days[key("XX.A.HHZ.10", "2024,001")] = little
    assert {name: content(own, name) for name in own.bucket.keys("")} == days
    assert own.notes == []


def test_overlapping_files(tmp_path: Path) -> None:
    """Records in two files are served once, and all of a day are in the order of time."""
    data = mseed(make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:00", noise(40_000)))
    assert len(data) > 20 * 512
    (tmp_path / "a").write_bytes(data[8 * 512 :])
    renumbered = b"".join(
        b"%06d" % (900 + at // 512) + data[at + 6 : at + 512] for at in range(0, 12 * 512, 512)
    )
    (tmp_path / "b").write_bytes(renumbered)
    own = read_folder(tmp_path)
    served = content(own, key("CI.BOM.BHZ.", "2024,001"))
    assert served == renumbered + data[12 * 512 :]
    assert own.notes == ["4 records that repeat others are served once"]


def test_files_out_of_order_are_joined_in_order(tmp_path: Path) -> None:
    data = mseed(make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:00", noise(20_000)))
    (tmp_path / "1").write_bytes(data[10 * 512 :])
    (tmp_path / "2").write_bytes(data[: 10 * 512])
    own = read_folder(tmp_path)
    assert content(own, key("CI.BOM.BHZ.", "2024,001")) == data
    assert own.notes == []


def test_nothing_is_left_out_silently(tmp_path: Path) -> None:
    data = mseed(make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:00", noise(4_000)))
    nameless = mseed(Trace(np.arange(10, dtype=np.int32), {"station": "A", "channel": "HHZ"}))
    files = {
        "a picture.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
        "broken.xml": b'<?xml version="1.0"?><FDSNStationXML xmlns="x"><Network>',
        "empty": b"",
        "nameless.mseed": nameless,
        "new.ms3": b"MS\x03" + bytes(100),
        "other.xml": b'<?xml version="1.0"?><quakeml/>',
        "torn.mseed": data + b"\0" * 100,
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    own = read_folder(tmp_path)
    assert content(own, key("CI.BOM.BHZ.", "2024,001")) == data
    notes = {note.partition(": ")[0].removeprefix(f"{tmp_path}/"): note for note in own.notes}
    assert sorted(notes) == sorted([*files, "gone"])
    assert "neither miniSEED nor StationXML" in notes["other.xml"]
    assert "100 bytes that are no records" in notes["torn.mseed"]
    assert "1 records of .A..HHZ: network code ''" in notes["nameless.mseed"]
    assert "miniSEED 3" in notes["new.ms3"]


NAME = key("CI.BOM.BHZ.", "2024,001")


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A file of a day and the beginning of the next."""
    path = tmp_path / "day"
    path.write_bytes(mseed(make_trace("CI.BOM.BHZ.", START, noise(NPTS))))
    return path


@pytest.fixture
def s3(day: Path) -> Iterator[Any]:
    """A client that reads the file's folder unsigned, as the archive."""
    bucket = read_folder(day.parent).bucket
    with listening(Front(NotFound(), {SCEDC.bucket: read_only(SCEDC.bucket, bucket)})) as url:
        config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
        yield boto3.client("s3", endpoint_url=url, region_name="us-west-2", config=config)


def test_by_s3_as_of_the_archive(s3: Any, day: Path) -> None:
    expected = split_by_obspy(day.read_bytes())
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=SCEDC.bucket, PaginationConfig={"PageSize": 1}
    )
    listed = {item["Key"]: item["Size"] for page in pages for item in page["Contents"]}
    assert listed == {name: len(data) for name, data in expected.items()}
    folders = s3.list_objects_v2(
        Bucket=SCEDC.bucket, Prefix="continuous_waveforms/2024/", Delimiter="/"
    )["CommonPrefixes"]
    assert [item["Prefix"][-9:] for item in folders] == ["2024_001/", "2024_002/"]
    part = s3.get_object(Bucket=SCEDC.bucket, Key=NAME, Range="bytes=-512")
    assert part["Body"].read() == expected[NAME][-512:]
    assert part["ContentRange"].endswith(f"/{listed[NAME]}")


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("get_object", {"Key": "x"}, "NoSuchKey"),
        ("put_object", {"Key": "x", "Body": b""}, "AccessDenied"),
        ("get_object", {"Key": NAME, "Range": "bytes=999999999-"}, "InvalidRange"),
        ("get_object", {"Key": NAME, "IfMatch": '"x"'}, "PreconditionFailed"),
    ],
)
def test_refusals_are_those_of_s3(
    s3: Any, method: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(s3, method)(Bucket=SCEDC.bucket, **arguments)
    assert error.value.response["Error"]["Code"] == code


def test_a_file_that_changes_is_named(
    s3: Any, day: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.utime(day, (0, 0))
    with pytest.raises(ClientError, match="has changed since it was read"):
        s3.get_object(Bucket=SCEDC.bucket, Key=NAME)
    assert f"{day} has changed since it was read: start the" in capsys.readouterr().out


def test_long_files_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = mseed(*Stream([make_trace("CI.BOM.BHZ.", START, noise(NPTS))]))
    (tmp_path / "day").write_bytes(data)
    whole = read_folder(tmp_path)
    monkeypatch.setattr("local.archives.records._AT_ONCE", 10_000)  # not a multiple of a record
    parts = read_folder(tmp_path)
    for name in whole.bucket.keys(""):
        assert content(parts, name) == content(whole, name)
    assert parts.notes == []


def test_long_records_beyond_midnight_are_named(tmp_path: Path) -> None:
    trace = make_trace("CI.BOM.LHZ.", "2024-01-01T12:00:00", noise(86_400), 1.0)
    (tmp_path / "day").write_bytes(mseed(trace, reclen=4096))
    own = read_folder(tmp_path)
    last = obspy.read(io.BytesIO(content(own, key("CI.BOM.LHZ.", "2024,001"))))[-1]
    reach = last.stats.endtime - UTCDateTime(2024, 1, 2)
    assert reach > 60
    (note,) = own.notes
    assert note.startswith(f"CI.BOM.LHZ.: records reach up to {reach:,.0f} s beyond midnight")


def test_results_are_no_part_of_an_archive(tmp_path: Path) -> None:
    data = mseed(make_trace("CI.BOM.BHZ.", START, noise(400)))
    results = tmp_path / "project" / "results"
    results.mkdir(parents=True)
    (tmp_path / "day").write_bytes(data)
    (results / "day").write_bytes(mseed(make_trace("CI.BOM.BHZ.", START, noise(400, seed=2))))
    own = read_folder(tmp_path, results)
    assert content(own, key("CI.BOM.BHZ.", "2024,001")) == data
    assert own.notes == [f"{results}: the functions' results"]
    assert len(read_folder(tmp_path).bucket.keys("")) == 1
    assert read_folder(results, results).notes == []
