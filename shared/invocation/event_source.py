"""What an event is, by its shape alone: HTTP, a batch of a queue, a task, a request as such.

The shapes are those that AWS documents with each service, and that `sam local generate-event`
writes.
"""

from collections.abc import Mapping
from typing import Any

from shared.invocation import http_event

HTTP = "an HTTP event"
SQS = "a batch of SQS messages"
S3_BATCH = "a task of S3 Batch Operations"
MAP_ITEMS = "a batch of items of Step Functions' Distributed Map"
REQUEST = "a request"

_RECORDS_OF = {
    "aws:sqs": SQS,
    "aws:s3": "an S3 event notification",
    "aws:sns": "an SNS notification",
    "aws:kinesis": "a batch of a Kinesis stream",
    "aws:dynamodb": "a batch of a DynamoDB stream",
    "aws:kafka": "a batch of a Kafka topic",
}


def shape(event: Any) -> str:
    """What an event is: one of this module's names, or another name of AWS's for it.

    `REQUEST` is all that has none of AWS's envelopes around it: a console test event, boto3, curl
    to the emulator, EventBridge Scheduler, an item of a Distributed Map without batches.
    """
    if http_event.is_http(event):
        return HTTP
    if not isinstance(event, Mapping):
        return REQUEST
    if source := _source_of_records(event):
        return _RECORDS_OF.get(source, f"a batch of {source}")
    if {"invocationSchemaVersion", "tasks"} <= event.keys():
        return S3_BATCH
    if "Items" in event and event.keys() <= {"Items", "BatchInput"}:
        return MAP_ITEMS
    if {"detail-type", "detail"} <= event.keys():
        return f"an EventBridge event ({str(event['detail-type'])[:80]!r})"
    return REQUEST


def _source_of_records(event: Mapping[str, Any]) -> str:
    """The service whose records an event has; "" if it has none."""
    records = event.get("Records") or event.get("records")
    first = records[0] if isinstance(records, list) and records else None
    if not isinstance(first, Mapping):
        # Kafka's are an object, and name their source beside it.
        return str(event.get("eventSource", "")) if isinstance(records, Mapping) else ""
    return str(first.get("eventSource") or first.get("EventSource") or "")[:80]
