"""Batches of items of Step Functions' Distributed Map."""

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


def test_what_items_have_in_common():
    event = {"Items": [{"a": 1}, {"a": 2, "output": "ACC"}], "BatchInput": {"output": "DISP"}}
    assert handler(event, NO_LIMIT) == [
        {"result": {"output": "DISP", "a": 1}},
        {"result": {"output": "ACC", "a": 2}},
    ]


@pytest.mark.parametrize("kind", PERMANENT)
def test_what_can_never_succeed_is_told_in_its_place(kind):
    (entry,) = handler({"Items": [{"fail": kind}]}, NO_LIMIT)
    assert entry["error"]["type"] == PERMANENT[kind].__name__


@pytest.mark.parametrize(("kind", "error"), TRANSIENT.items())
def test_what_may_succeed_another_time_is_raised_after_all_are_done(kind, error):
    begun = []

    def noted(request):
        begun.append(request)
        return process(request)

    event = {"Items": [{"fail": "bug"}, {"fail": kind}, {"fail": "bad"}, {"a": 1}]}
    with pytest.raises(error):
        lambda_handler(noted, jobs=JOBS)(event, NO_LIMIT)
    assert begun == event["Items"]


def test_our_own_fault_is_told_in_its_place_and_not_shown():
    fault, done = handler({"Items": [{"fail": "bug"}, {}]}, NO_LIMIT)
    assert fault["error"]["type"] == "InternalError"
    assert "never to be seen" not in fault["error"]["message"]
    assert done == {"result": {}}


def test_more_than_the_time_suffices_for():
    with pytest.raises(TooLargeError, match="2 of 4 items were not begun.*MaxItemsPerBatch"):
        handler({"Items": [{}, {}, {}, {}]}, Context(looks=1))


@pytest.mark.parametrize(
    "event",
    [
        {"Items": {}},
        {"Items": None},
        {"Items": [{}], "BatchInput": [1]},
        {"Items": [], "BatchInput": ""},
    ],
)
def test_what_is_no_batch(event):
    with pytest.raises(BadRequestError, match="must be a JSON array of requests, and an object"):
        handler(event, NO_LIMIT)


def test_a_function_without_jobs_refuses_by_name():
    with pytest.raises(BadRequestError, match="Distributed Map, which this function does not take"):
        no_jobs_handler({"Items": [{}]}, NO_LIMIT)
