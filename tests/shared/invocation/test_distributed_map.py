"""Batches of Step Functions' Distributed Map."""

import pytest

from shared.errors import BadRequestError, TooLargeError
from shared.invocation import lambda_handler
from tests.support.batches import (
    JOBS,
    NO_LIMIT,
    PERMANENT,
    TRANSIENT,
    Context,
    handler,
    no_jobs_handler,
    process,
)


def test_each_item_has_its_entry_in_order():
    event = {"Items": [{"a": 1}, {"fail": "bad"}, {"a": 3}]}
    assert handler(event, NO_LIMIT) == [
        {"result": {"a": 1}},
        {"error": {"type": "BadRequestError", "message": "it is bad"}},
        {"result": {"a": 3}},
    ]


def test_no_items():
    assert handler({"Items": []}, NO_LIMIT) == []


def test_items_share_the_batch_input():
    event = {"Items": [{"a": 1}, {"a": 2, "output": "ACC"}], "BatchInput": {"output": "DISP"}}
    assert handler(event, NO_LIMIT) == [
        {"result": {"output": "DISP", "a": 1}},
        {"result": {"output": "ACC", "a": 2}},
    ]


@pytest.mark.parametrize("kind", PERMANENT)
def test_permanent_failure_is_reported_in_its_place(kind):
    (entry,) = handler({"Items": [{"fail": kind}]}, NO_LIMIT)
    assert entry["error"]["type"] == PERMANENT[kind].__name__


@pytest.mark.parametrize(("kind", "error"), TRANSIENT.items())
def test_transient_failure_is_raised_after_all_items_are_done(kind, error):
    requests = []

    def recording(request):
        requests.append(request)
        return process(request)

    event = {"Items": [{"fail": "bug"}, {"fail": kind}, {"fail": "bad"}, {"a": 1}]}
    with pytest.raises(error):
        lambda_handler(recording, jobs=JOBS)(event, NO_LIMIT)
    assert requests == event["Items"]


def test_internal_error_is_reported_without_details():
    fault, done = handler({"Items": [{"fail": "bug"}, {}]}, NO_LIMIT)
    assert fault["error"]["type"] == "InternalError"
    assert "never to be seen" not in fault["error"]["message"]
    assert done == {"result": {}}


def test_batch_that_exceeds_the_time():
    with pytest.raises(TooLargeError, match="2 of 4 items were not started.*MaxItemsPerBatch"):
        handler({"Items": [{}, {}, {}, {}]}, Context(readings=1))


@pytest.mark.parametrize(
    "event",
    [
        {"Items": {}},
        {"Items": None},
        {"Items": [{}], "BatchInput": [1]},
        {"Items": [], "BatchInput": ""},
    ],
)
def test_invalid_batch(event):
    with pytest.raises(BadRequestError, match="must be a JSON array of requests, and an object"):
        handler(event, NO_LIMIT)


def test_a_function_without_jobs_refuses_by_name():
    with pytest.raises(BadRequestError, match="Distributed Map, which this function does not take"):
        no_jobs_handler({"Items": [{}]}, NO_LIMIT)
