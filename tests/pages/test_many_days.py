"""The month of a station of the page about running, where AWS is this machine."""

import itertools
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from runner.selection.day_ranges import parse_days
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.corrected_days.request import CorrectedDayRequest
from tests.support.commands import command_environment
from tests.support.lambda_api import Answer, LambdaApi, failed
from tests.support.pages import make_folder, page

PAGE = page("docs/running.md")
BLOCKS = PAGE.blocks
MANY = "Many days"

covers = PAGE.covers


@pytest.fixture
def on_aws(listable: S3Server, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Types lines where AWS is this machine: Lambda's API, S3 with a month of CI.SOC, a queue."""
    days = parse_days("2019-07-01..2019-07-31")
    for day, channel in [*itertools.product(days, ("HHE", "HHN", "HHZ")), (days[0], "BHZ")]:
        listable.put(SCEDC.waveform_key(ChannelId("CI", "SOC", channel), day), b"x")
    folder = make_folder(tmp_path)
    with LambdaApi() as api:
        api.answer = lambda event, _: (
            failed("NoResponseError", "...")
            if event == shown_results()[1]["request"]
            else Answer(body=json.dumps({"output_key": output_key(event)}))
        )
        environment = command_environment(
            **listable.function_environment,
            AWS_ENDPOINT_URL_LAMBDA=api.url,
        )
        del environment["S3_OUTPUT_BUCKET"]

        def type_lines(lines: str, status: int = 0) -> str:
            command = ["bash", "-euo", "pipefail", "-c", lines]
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == status, done.stderr
            return done.stdout

        yield type_lines


def output_key(event: dict[str, Any]) -> str:
    return f"s3://{OUTPUT_BUCKET}/{CorrectedDayRequest.parse(event).output_key}"


def shown_results() -> list[dict[str, Any]]:
    return [json.loads(line) for line in BLOCKS[MANY, "json", 0].splitlines()]


def read_results(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@covers((MANY, "sh", 0), (MANY, "json", 0))
def test_a_month_of_a_station(on_aws: Callable[..., str], tmp_path: Path) -> None:
    dry, real, again = BLOCKS[MANY, "sh", 0].splitlines()
    printed = on_aws(dry).splitlines()
    assert printed[-2] == "93 requests (3 channels, 31 days) for the function response-lambda"
    assert "$" in printed[-1]
    assert not (tmp_path / "results.jsonl").exists()
    printed = on_aws(real, status=1).splitlines()
    assert "92 done, 1 failed" in printed[0]
    results = read_results(tmp_path / "results.jsonl")
    for shown in shown_results():
        (line,) = [line for line in results if line["request"] == shown["request"]]
        assert list(line) == list(shown)
        timeless = {"seconds": 0}
        assert {**line, **timeless} == {**shown, **timeless}
    printed = on_aws(again, status=1).splitlines()
    assert "0 done, 1 failed, 92 skipped" in printed[0]


@covers((MANY, "sh", 1))
def test_a_month_of_a_station_by_the_queue(
    on_aws: Callable[..., str], archive: S3Server, tmp_path: Path
) -> None:
    sqs = boto3.client("sqs", endpoint_url=archive.endpoint_url, region_name="us-west-2")
    queue = sqs.create_queue(QueueName="scedc-jobs")["QueueUrl"]
    try:
        assert "93 queued, 0 failed" in on_aws(BLOCKS[MANY, "sh", 1])
        queued = sqs.get_queue_attributes(
            QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert queued["Attributes"] == {"ApproximateNumberOfMessages": "93"}
    finally:
        sqs.delete_queue(QueueUrl=queue)
    assert len(read_results(tmp_path / "queued.jsonl")) == 93
