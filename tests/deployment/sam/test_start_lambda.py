"""`sam local start-lambda`: Lambda's API, called by boto3 and run_lambda.py."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.support.sam_local import ABSENT_DAY, aws_client, once, serving
from tests.support.commands import PROJECT, command_environment
from tests.support.containers import taken
from tests.support.tutorial_requests import (
    RESPONSE_KEY,
    RESPONSE_REQUEST,
    WINDOWS_REQUEST,
    assert_corrected_as_by_obspy,
    assert_windows_as_by_obspy,
)

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def lambda_api(local: Path) -> Iterator[str]:
    with serving(local, "start-lambda") as port:
        yield f"http://127.0.0.1:{port}"


@once
def test_boto3_on_start_lambda(lambda_api: str, container_s3: Any, demo_archive: Path) -> None:
    client = aws_client("lambda", lambda_api)
    payload = json.dumps(RESPONSE_REQUEST)
    reply = client.invoke(FunctionName="ResponseFunction", Payload=payload)
    assert json.loads(reply["Payload"].read())["samples"] == 8_640_000
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)
    payload = json.dumps(WINDOWS_REQUEST)
    reply = client.invoke(FunctionName="TimewindowFunction", Payload=payload)
    assert_windows_as_by_obspy(json.loads(reply["Payload"].read()), demo_archive)
    client.close()


@once
def test_batch_of_the_queue(lambda_api: str, dead_letters: tuple[Any, str]) -> None:
    """A job that can never succeed goes to the dead-letter queue and is not reported for retry."""
    bodies = [json.dumps(ABSENT_DAY), "no JSON"]
    records = [
        {"eventSource": "aws:sqs", "messageId": f"message-{number}", "body": body}
        for number, body in enumerate(bodies)
    ]
    client = aws_client("lambda", lambda_api)
    payload = json.dumps({"Records": records})
    reply = client.invoke(FunctionName="ResponseFunction", Payload=payload)
    assert json.loads(reply["Payload"].read()) == {"batchItemFailures": []}
    client.close()
    sqs, queue_url = dead_letters
    received = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )["Messages"]
    reasons = {
        message["Body"]: message["MessageAttributes"]["ErrorType"]["StringValue"]
        for message in received
    }
    assert reasons == {bodies[0]: "NoWaveformError", bodies[1]: "BadRequestError"}


def run_lambda(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(PROJECT / "run_lambda.py"), *arguments],
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@once
def test_run_lambda_on_start_lambda(lambda_api: str, container_s3: Any, demo_archive: Path) -> None:
    target = ("--endpoint-url", lambda_api, "--function-name", "ResponseFunction")
    done = run_lambda(*target)
    assert done.returncode == 0, done.stderr
    assert RESPONSE_KEY in done.stdout
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)


@once
def test_run_lambda_sees_what_start_lambda_does_not_tell(lambda_api: str) -> None:
    """SAM returns a handler's exception like any other reply."""
    target = ("--endpoint-url", lambda_api, "--function-name", "ResponseFunction")
    done = run_lambda("response", "--day", "2019,184", "--nscl", "CI.SOC.HHZ.", *target)
    assert done.returncode == 1
    assert "NoWaveformError" in done.stdout + done.stderr


@once
def test_run_lambda_reads_windows(lambda_api: str, tmp_path: Path, demo_archive: Path) -> None:
    target = ("--endpoint-url", lambda_api, "--function-name", "TimewindowFunction")
    output = tmp_path / "output.json"
    request = ("--request", str(PROJECT / "request.json"), "-o", str(output))
    done = run_lambda("windows", *request, *target)
    assert done.returncode == 0, done.stderr
    assert_windows_as_by_obspy(json.loads(output.read_text()), demo_archive)
