"""The largest batch of each kind, and one request more.

Row 10 of docs/reliability.md.
"""

from typing import Any

import pytest

from shared.errors import BadRequestError
from tests.support.batches import NO_LIMIT, handler


def messages(number: int) -> dict[str, Any]:
    record = {"eventSource": "aws:sqs", "messageId": "m", "body": "{}"}
    return {"Records": [record] * number}


def items(number: int) -> dict[str, Any]:
    return {"Items": [{}] * number}


def tasks(number: int) -> dict[str, Any]:
    task = {"taskId": "t", "s3Key": "key", "s3Bucket": "bucket"}
    return {"invocationSchemaVersion": "2.0", "invocationId": "i", "tasks": [task] * number}


@pytest.mark.parametrize(
    ("make", "field", "size"),
    [
        (messages, "Records", lambda reply: 2 - len(reply["batchItemFailures"])),
        (items, "Items", len),
        (tasks, "tasks", lambda reply: len(reply["results"])),
    ],
    ids=["messages", "items", "tasks"],
)
def test_a_batch_with_too_many_requests_is_refused_before_any_is_run(
    monkeypatch: pytest.MonkeyPatch, make: Any, field: str, size: Any
) -> None:
    monkeypatch.setenv("MAX_BATCH_REQUESTS", "2")
    assert size(handler(make(2), NO_LIMIT)) == 2
    with pytest.raises(
        BadRequestError, match=f"{field} has 3 requests: must be at most 2"
    ) as error:
        handler(make(3), NO_LIMIT)
    assert error.value.details == {"field": field, "requests": 3, "limit": 2}
