"""Batches for the response function: SQS, S3 Batch Operations, Distributed Map."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server

Handler = Callable[[Any], Any]
REQUEST = {"day": "2024,001", "nscl": "CI.BOM.BHZ."}


def sqs_event(*requests: Any) -> dict[str, Any]:
    records = [
        {"messageId": f"m{number}", "body": json.dumps(request), "eventSource": "aws:sqs"}
        for number, request in enumerate(requests)
    ]
    return {"Records": records}


def test_the_same_message_twice_gives_one_object(
    day: S3Server, response_handler: Handler, output_keys: Callable[[], list[str]]
) -> None:
    event = sqs_event(REQUEST, REQUEST, {**REQUEST, "day": "2024-001", "output": "VEL"})
    assert response_handler(event) == {"batchItemFailures": []}
    (key,) = output_keys()
    content = day.get(f"s3://{OUTPUT_BUCKET}/{key}")
    assert response_handler(sqs_event(REQUEST)) == {"batchItemFailures": []}
    assert output_keys() == [key]
    assert day.get(f"s3://{OUTPUT_BUCKET}/{key}") == content


def test_one_of_a_batch_goes_back(
    day: S3Server,
    response_handler: Handler,
    output_keys: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a dead-letter queue in the settings, SQS itself moves the message there."""
    absent = {**REQUEST, "day": "2024,002"}
    reply = response_handler(sqs_event(REQUEST, absent, {**REQUEST, "output": "ACC"}))
    assert reply == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert len(output_keys()) == 2


def test_batch_operations_name_the_day_by_its_object(
    day: S3Server, response_handler: Handler, output_keys: Callable[[], list[str]]
) -> None:
    folder = "continuous_waveforms/2024/2024_001"
    keys = {
        f"{folder}/CIBOM__BHZ___2024001.ms": "Succeeded",
        f"{folder}/CIBOM__BHN___2024001.ms": "PermanentFailure",  # there is none
        "CIBOM__BHZ___2024001.ms": "PermanentFailure",
        f"{folder}/index.csv": "PermanentFailure",
    }
    event = {
        "invocationSchemaVersion": "2.0",
        "invocationId": "id",
        "job": {"id": "job", "userArguments": {"output": "DISP"}},
        "tasks": [
            {"taskId": key, "s3Key": key, "s3VersionId": None, "s3Bucket": "scedc-pds"}
            for key in keys
        ],
    }
    results = response_handler(event)["results"]
    assert {result["taskId"]: result["resultCode"] for result in results} == keys
    (key,) = output_keys()
    assert results[0]["resultString"] == f"s3://{OUTPUT_BUCKET}/{key}"
    assert key.startswith("noresp_output-DISP/")
    assert results[1]["resultString"].startswith("NoWaveformError: the archive has no data")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"s3Bucket": "another"}, "the bucket 'another': must be in 'scedc-pds'"),
        (
            {"arguments": {"day": "2024,002"}},
            "day: must be absent, since the object's key gives the day",
        ),
        ({"arguments": {"Station": "BOM"}}, "Station: must be absent"),
        ({"arguments": {"speed": "high"}}, "unknown field 'speed'"),
        ({"arguments": {"output": "INT32"}}, "output is 'INT32'"),
    ],
)
def test_bad_tasks_of_batch_operations(
    day: S3Server, response_handler: Handler, changes: dict[str, Any], message: str
) -> None:
    key = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
    bucket = changes.get("s3Bucket", "scedc-pds")
    event = {
        "invocationSchemaVersion": "2.0",
        "invocationId": "id",
        "job": {"id": "job", "userArguments": changes.get("arguments")},
        "tasks": [{"taskId": "t", "s3Key": key, "s3VersionId": None, "s3Bucket": bucket}],
    }
    (result,) = response_handler(event)["results"]
    assert result["resultCode"] == "PermanentFailure"
    assert message in result["resultString"]


def test_items_of_a_distributed_map(day: S3Server, response_handler: Handler) -> None:
    event = {
        "Items": [REQUEST, {**REQUEST, "day": "2024,002"}],
        "BatchInput": {"encoding": "FLOAT64"},
    }
    done, absent = response_handler(event)
    key = "noresp_encoding-FLOAT64/2024/2024_001/CIBOM__BHZ___2024001.ms"
    assert done == {"result": f"s3://{OUTPUT_BUCKET}/{key}"}
    assert absent["error"]["type"] == "NoWaveformError"
