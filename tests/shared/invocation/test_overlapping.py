"""The last step of a job, such as an upload, overlaps with the next job of a batch."""

import json
import threading
from types import SimpleNamespace

import pytest

from shared.errors import S3Error, TooLargeError
from shared.invocation import BatchJobs, lambda_handler
from shared.reply import Unfinished
from tests.support.batches import Context
from tests.support.log_lines import log_line

WAIT_S = 10


class Function:
    """A function whose jobs have a last step; it notes the order of events."""

    def __init__(self):
        self.events, self.under_way, self.most = [], 0, 0
        self.begun = [threading.Event() for _ in range(5)]
        jobs = BatchJobs(summarize=lambda answer: answer, request_from_object=self.request)
        self.handler = lambda_handler(self.process, jobs=jobs)

    @staticmethod
    def request(_bucket, key, _members):
        return json.loads(key)

    def process(self, request):
        number = request["number"]
        self.events.append(f"begin {number}")
        self.begun[number].set()
        if request.get("fail") == "at once":
            raise S3Error("no day")
        return Unfinished(lambda: self.finish(request))

    def finish(self, request):
        number = request["number"]
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if request.get("wait"):  # until the next job has begun
            assert self.begun[number + 1].wait(WAIT_S)
        self.under_way -= 1
        self.events.append(f"end {number}")
        if request.get("fail"):
            raise {"s3": S3Error, "large": TooLargeError}[request["fail"]]("no upload")
        return f"done {number}"


@pytest.fixture
def function():
    return Function()


def sqs(*requests):
    return {
        "Records": [
            {"messageId": f"m{n}", "body": json.dumps(request), "eventSource": "aws:sqs"}
            for n, request in enumerate(requests)
        ]
    }


def distributed_map(*requests):
    return {"Items": list(requests)}


def s3_batch(*requests):
    tasks = [
        {"taskId": str(n), "s3Key": json.dumps(request).replace(" ", ""), "s3BucketArn": "b"}
        for n, request in enumerate(requests)
    ]
    return {"invocationSchemaVersion": "1.0", "invocationId": "i", "tasks": tasks}


def returned(reply):
    return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]


@pytest.mark.parametrize("event", [sqs, distributed_map, s3_batch])
def test_a_last_step_ends_while_the_next_job_runs(function, event):
    """Each one waits for the next job's begin: one after the other, this would not end."""
    requests = [{"number": n, "wait": n < 3} for n in range(4)]
    reply = function.handler(event(*requests), SimpleNamespace())
    assert function.most == 1  # at a time
    assert function.events[:2] == ["begin 0", "begin 1"]
    assert function.events[-2:] == ["end 2", "end 3"]  # the reply waits for the last one
    assert sorted(function.events) == [f"{what} {n}" for what in ("begin", "end") for n in range(4)]
    if event is sqs:
        assert returned(reply) == []
    if event is distributed_map:
        assert reply == [{"result": f"done {n}"} for n in range(4)]
    if event is s3_batch:
        results = [(result["resultCode"], result["resultString"]) for result in reply["results"]]
        assert results == [("Succeeded", f"done {n}") for n in range(4)]


def test_a_failed_last_step_fails_its_own_message(function):
    requests = [
        {"number": 0},
        {"number": 1, "wait": True, "fail": "s3"},
        {"number": 2, "fail": "at once"},
        {"number": 3},
        {"number": 4, "fail": "s3"},
    ]
    assert returned(function.handler(sqs(*requests), SimpleNamespace())) == ["m1", "m2", "m4"]


def test_a_permanent_failure_of_a_last_step_is_an_entry(function):
    requests = [{"number": 0, "wait": True, "fail": "large"}, {"number": 1}]
    first, second = function.handler(distributed_map(*requests), SimpleNamespace())
    assert first["error"]["type"] == "TooLargeError"
    assert second == {"result": "done 1"}


def test_without_time_the_last_step_still_ends(function, caplog):
    """The clock is read before the second job, which is not started."""
    event = sqs({"number": 0}, {"number": 1})
    assert returned(function.handler(event, Context(readings=0))) == ["m1"]
    assert function.events == ["begin 0", "end 0"]


def test_failures_are_logged_and_counted_for_their_job(function, caplog, capsys):
    requests = [{"number": 0, "wait": True, "fail": "s3"}, {"number": 1, "fail": "at once"}]
    function.handler(sqs(*requests), SimpleNamespace())
    assert [record.getMessage() for record in caplog.records] == [
        "message m0: S3Error: no upload",
        "message m1: S3Error: no day",
    ]
    line = log_line(capsys.readouterr().out)
    assert (line["jobs"], line["Failed"]) == (2, 2)


def test_a_direct_call_awaits_the_last_step_at_once(function):
    assert function.handler({"number": 0}, SimpleNamespace()) == "done 0"
    with pytest.raises(S3Error, match="no upload"):
        function.handler({"number": 1, "fail": "s3"}, SimpleNamespace())
    assert function.events == ["begin 0", "end 0", "begin 1", "end 1"]
