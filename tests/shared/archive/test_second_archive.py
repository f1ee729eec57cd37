"""A second archive takes one class, as in a module of `shared.archive`, and one registry row."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from obspy import UTCDateTime

import run_lambda
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from local.synthetic import instrument
from shared.archive import registry
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.registry import input_archive
from shared.errors import BadRequestError
from tests.support.builders import make_trace, mseed, noise

Handler = Callable[[Any], Any]


@dataclass(frozen=True)
class ByStation(Archive):
    """An archive with a folder per station and year: XX/STA/2024/HHZ.00.001.mseed."""

    def waveform_key(self, channel: ChannelId, day: Day) -> str:
        folder = f"{channel.network}/{channel.station}/{day.year}"
        return f"{folder}/{channel.channel}.{channel.location}.{day.day_of_year:03d}.mseed"

    def parse_waveform_key(self, key: str) -> tuple[ChannelId, Day]:
        pattern = r"(\w+)/(\w+)/(\d{4})/(\w+)\.(\w*)\.(\d{3})\.mseed"
        if not (match := re.fullmatch(pattern, key, re.ASCII)):
            raise BadRequestError(f"key {key!r}: must be like 'XX/STA/2024/HHZ.00.001.mseed'")
        network, station, year, channel, location, day_of_year = match.groups()
        return ChannelId(network, station, channel, location), Day(int(year), int(day_of_year))

    def stationxml_keys(self, network: str, station: str) -> tuple[str, ...]:
        return (f"{network}/{station}/station.xml",)

    @property
    def stationxml_prefix(self) -> str:
        return ""

    def listing_prefix(self, day: Day, codes: tuple[str, str, str, str]) -> str:
        network, station, channel, _ = codes
        return re.split("[*?]", f"{network}/{station}/{day.year}/{channel}", maxsplit=1)[0]

    def waveform_index_key(self, _: Day) -> None:
        return None


NSCL, DAY = "XX.ABC.HHZ.00", Day(2024, 1)
KEY = "XX/ABC/2024/HHZ.00.001.mseed"
BUCKET = "by-station"
SAMPLES = noise(8_000)


@pytest.fixture
def by_station(
    archive: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, bytes], None]]:
    """Choose the second archive, with one station; return a function that puts objects into it."""
    region = "eu-central-1"
    monkeypatch.setitem(registry.ARCHIVES, "by-station", ByStation(BUCKET, region))
    monkeypatch.setenv("ARCHIVE", "by-station")
    client = boto3.client("s3", region_name=region)
    client.create_bucket(
        Bucket=BUCKET,
        ACL="public-read",
        CreateBucketConfiguration={"LocationConstraint": region},
    )

    def put(key: str, body: bytes) -> None:
        client.put_object(Bucket=BUCKET, Key=key, Body=body, ACL="public-read")

    put(KEY, mseed(make_trace(NSCL, "2024-01-01T00:00:00", SAMPLES)))
    epoch = instrument.ChannelEpoch("HHZ", "00", 40.0, UTCDateTime(2015, 1, 1))
    put("XX/ABC/station.xml", instrument.stationxml("XX", "ABC", [epoch]))
    yield put
    for item in client.list_objects_v2(Bucket=BUCKET)["Contents"]:
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)


def test_a_window_is_read_from_it(by_station, timewindow_handler: Handler) -> None:
    window = {
        "Network": "XX",
        "Station": "ABC",
        "Channel": "HHZ",
        "Location": "00",
        "Starttime": "2024-01-01T00:01:00",
        "Endtime": "2024-01-01T00:02:00",
    }
    reply = timewindow_handler({"Windows": [window]})
    assert reply[0]["data"] == SAMPLES[2_400:4_801].tolist()
    reply = timewindow_handler({"Windows": [window], "Output": "VEL"})
    assert (reply[0]["units"], len(reply[0]["data"])) == ("m/s", 2_401)


def test_a_day_is_corrected_from_it(by_station, archive, response_handler: Handler) -> None:
    request = {"day": "2024,001", "nscl": NSCL}
    reply = response_handler({**request, "edges": "neighbours"})
    assert reply["waveform"] == f"s3://{BUCKET}/{KEY}"
    assert reply["stationxml"] == f"s3://{BUCKET}/XX/ABC/station.xml"
    assert reply["samples"] == 8_000
    assert reply["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp_edges-neighbours/")
    assert archive.get(reply["output_key"])
    key = f"s3://{OUTPUT_BUCKET}/noresp/{KEY}"
    assert response_handler(request)["output_key"] == key


def test_a_task_of_s3_batch_operations_names_its_objects(
    by_station, response_handler: Handler
) -> None:
    tasks = [
        {"taskId": key, "s3Key": key, "s3VersionId": None, "s3Bucket": BUCKET}
        for key in (KEY, "XX/ABC/2024/README")
    ]
    job = {"id": "job", "userArguments": {}}
    reply = response_handler(
        {"invocationSchemaVersion": "2.0", "invocationId": "x", "job": job, "tasks": tasks}
    )
    done, failed = reply["results"]
    assert (done["resultCode"], done["resultString"]) == (
        "Succeeded",
        f"s3://{OUTPUT_BUCKET}/noresp/{KEY}",
    )
    assert failed["resultCode"] == "PermanentFailure"
    assert "must be like 'XX/STA/2024/HHZ.00.001.mseed'" in failed["resultString"]


def test_its_channels_are_listed(by_station, capsys) -> None:
    for name in ("HHE.00.001.mseed", "HHZ.00.002.mseed", "HNZ..001.mseed", "README"):
        by_station(f"XX/ABC/2024/{name}", b"x")
    options = ["response", "--day", "2024,001", "--nscl", "XX.*.HH?.*", "--dry-run"]
    assert run_lambda.main(options) == 0
    said = capsys.readouterr()
    requests = [json.loads(line) for line in said.out.splitlines() if line.startswith("{")]
    assert [item["nscl"] for item in requests] == ["XX.ABC.HHE.00", "XX.ABC.HHZ.00"]
    assert "ignored 2 archive objects not named like a channel day: " in said.err


def test_its_keys_are_its_own() -> None:
    archive = ByStation(BUCKET, "eu-central-1")
    source = archive.day_object(ChannelId.parse(NSCL), DAY)
    assert archive.parse_waveform_key(source.key) == (source.channel, source.day)
    assert source.uri == f"s3://{BUCKET}/{KEY}"
    assert source.next.key == "XX/ABC/2024/HHZ.00.002.mseed"
    assert source.previous.key == "XX/ABC/2023/HHZ.00.365.mseed"
    assert input_archive() != archive
