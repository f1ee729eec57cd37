"""Members of events that are nested deeper than Python can write."""

from functools import reduce
from typing import Any

import pytest

from shared.errors import BadRequestError
from shared.invocation import event_source, http_request
from tests.shared.invocation import test_s3_batch
from tests.support import batches

DEEP: Any = reduce(lambda inner, _: [inner], range(5_000), [])


@pytest.mark.parametrize(
    "event",
    [
        {"detail-type": DEEP, "detail": {}},
        {"Records": {"topic-0": []}, "eventSource": DEEP},
        {"Records": [{"eventSource": DEEP}]},
        {"Records": [{"EventSource": DEEP}]},
    ],
)
def test_unknown_services_are_named_in_few_words(event: dict[str, Any]) -> None:
    assert len(event_source.identify(event)) < 200


def test_version_of_s3_batch_is_refused() -> None:
    event = {**test_s3_batch.event(), "invocationSchemaVersion": DEEP}
    with pytest.raises(BadRequestError, match="invocationSchemaVersion is"):
        batches.handler(event, batches.NO_LIMIT)


@pytest.mark.parametrize("member", ["s3Key", "s3VersionId", "s3Bucket"])
def test_members_of_a_task_are_refused(member: str) -> None:
    event = test_s3_batch.event()
    event["tasks"][0] = {**event["tasks"][0], member: DEEP}
    ((code, text),) = test_s3_batch.results(event)
    assert code == "PermanentFailure"
    assert member in text


@pytest.mark.parametrize(
    "members",
    [
        {"version": "2.0", "routeKey": DEEP},
        {"version": "2.0", "rawQueryString": DEEP},
        {"resource": DEEP},
        {"resource": "/{a}", "pathParameters": {"a": DEEP}},
        {"requestContext": {"stage": DEEP}},
        {"headers": {"x-forwarded-proto": DEEP}},
        {"multiValueHeaders": {"host": [DEEP]}},
        {"queryStringParameters": {"a": DEEP}},
    ],
)
def test_members_of_an_http_event_are_left_out(members: dict[str, Any]) -> None:
    request = http_request.read_request(
        {"path": "/", "rawPath": "/", "httpMethod": "GET"} | members
    )
    assert request.url.partition("?")[0] == "http://localhost/"
