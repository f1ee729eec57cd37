"""The service that sent an event, identified by the event's form.

AWS documents the form of each event with the service; `sam local generate-event` writes examples.
"""

from collections.abc import Mapping
from typing import Any

from shared.fields import shown
from shared.invocation import http_event

DIRECT = "a direct request"
HTTP = "an HTTP event"
SQS = "a batch of SQS messages"
S3_BATCH = "a task of S3 Batch Operations"
DISTRIBUTED_MAP = "a batch of items of Step Functions' Distributed Map"

_SOURCE_OF_RECORDS = {
    "aws:sqs": SQS,
    "aws:s3": "an S3 event notification",
    "aws:sns": "an SNS notification",
    "aws:kinesis": "a batch of a Kinesis stream",
    "aws:dynamodb": "a batch of a DynamoDB stream",
    "aws:kafka": "a batch of a Kafka topic",
}


def identify(event: Any) -> str:
    """Return the source of an event: a constant of this module, or another event's name in words.

    `DIRECT` is every event without the envelope of an AWS service: a console test event, boto3,
    curl to the emulator, EventBridge Scheduler, or a Distributed Map without batches.
    """
    if http_event.is_http(event):
        return HTTP
    if not isinstance(event, Mapping):
        return DIRECT
    if service := _service_of_records(event):
        return _SOURCE_OF_RECORDS.get(service, f"a batch of {service}")
    if {"invocationSchemaVersion", "tasks"} <= event.keys():
        return S3_BATCH
    if "Items" in event and event.keys() <= {"Items", "BatchInput"}:
        return DISTRIBUTED_MAP
    if {"detail-type", "detail"} <= event.keys():
        return f"an EventBridge event ({shown(event['detail-type'])})"
    return DIRECT


def _service_of_records(event: Mapping[str, Any]) -> str:
    """Return the service that an event's records name; "" if the event has none."""
    records = event.get("Records") or event.get("records")
    first = records[0] if isinstance(records, list) and records else None
    if not isinstance(first, Mapping):
        # Kafka's records are an object, with the service beside it.
        return _text(event.get("eventSource")) if isinstance(records, Mapping) else ""
    return _text(first.get("eventSource") or first.get("EventSource"))


def _text(value: object) -> str:
    return value[:80] if isinstance(value, str) else shown(value) if value else ""
