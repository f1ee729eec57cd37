"""Requests as SQS messages, against moto's SQS and a scripted one."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

import run_lambda
from runner.errors import StoppedError
from runner.sending import retry
from runner.sending.enqueue import send_batch
from shared.corrected_days.request import CorrectedDayRequest
from tests.support.commands import free_port

DAYS = ["response", "--day", "2019,183..2019,207"]
REQUESTS = [{"day": f"2019,{day}", "nscl": "CI.SOC.HHZ."} for day in range(183, 208)]
PARSED = [CorrectedDayRequest.parse(request) for request in REQUESTS]


@pytest.fixture
def sqs(archive, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", archive.endpoint_url)
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 0.0)
    monkeypatch.chdir(tmp_path)
    return boto3.client("sqs", region_name="us-west-2")


@pytest.fixture
def queue(sqs):
    url = sqs.create_queue(QueueName="scedc-jobs")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def messages(sqs, queue):
    """Return all messages by id."""
    found = {}
    while some := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in some:
            found[message["MessageId"]] = json.loads(message["Body"])
    return found


def results():
    with open("results.jsonl") as lines:  # noqa: PTH123
        return [json.loads(line) for line in lines]


def by_day(requests):
    return sorted(requests, key=lambda request: request["day"])


@pytest.mark.parametrize("named", ["name", "url", "endpoint"])
def test_each_request_is_a_message(sqs, queue, capsys, monkeypatch, archive, named):
    """The message body is the request as the function reads it."""
    options = {
        "name": ["--queue", "scedc-jobs"],
        "url": ["--queue", queue],
        "endpoint": ["--queue", "scedc-jobs", "--endpoint-url", archive.endpoint_url],
    }
    if named == "endpoint":
        monkeypatch.delenv("AWS_ENDPOINT_URL_SQS")
    assert run_lambda.main([*DAYS, *options[named]]) == 0
    found = messages(sqs, queue)
    assert by_day(found.values()) == REQUESTS
    lines = results()
    assert {line["message_id"]: line["request"] for line in lines} == found
    assert all(set(line) == {"request", "message_id", "seconds", "attempts"} for line in lines)
    said = capsys.readouterr().out
    assert said.startswith("25 requests in ")
    assert "25 queued, 0 failed" in said


def test_the_sample_event_is_queued_as_well(sqs, queue):
    assert run_lambda.main(["--queue", "scedc-jobs"]) == 0
    assert list(messages(sqs, queue).values()) == REQUESTS[:1]


def test_queued_requests_are_not_queued_again(sqs, queue, capsys):
    assert run_lambda.main([*DAYS[:2], "2019,183..2019,190", "--queue", "scedc-jobs"]) == 0
    assert len(messages(sqs, queue)) == 8
    sqs.purge_queue(QueueUrl=queue)
    assert run_lambda.main([*DAYS, "--queue", "scedc-jobs", "--resume"]) == 0
    assert by_day(messages(sqs, queue).values()) == REQUESTS[8:]
    assert "17 queued, 0 failed, 8 skipped" in capsys.readouterr().out


def test_queued_does_not_mean_corrected(sqs, queue, capsys):
    """A resumed run without --queue invokes the function for requests that were only queued."""
    assert run_lambda.main([*DAYS, "--queue", "scedc-jobs"]) == 0
    where = ["--endpoint-url", f"http://127.0.0.1:{free_port()}", "--retries", "0"]
    assert run_lambda.main([*DAYS, "--resume", *where]) == 1
    assert "0 done, 0 failed, 25 left" in capsys.readouterr().out


def test_a_queue_that_is_not_there(sqs, capsys, tmp_path):
    assert run_lambda.main([*DAYS, "--queue", "no-such-queue"]) == 1
    assert "error: " in (said := capsys.readouterr().err)
    assert "QueueDoesNotExist" in said or "NonExistentQueue" in said
    assert "no-such-queue in us-west-2 (--region, --profile)" in said
    assert list(tmp_path.iterdir()) == []
    url = "http://127.0.0.1/123456789012/no-such-queue"
    assert run_lambda.main([*DAYS, "--queue", url]) == 1
    assert "0 queued, 0 failed, 25 left" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_names_the_queue(sqs, queue, capsys):
    assert run_lambda.main([*DAYS, "--queue", "scedc-jobs", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "25 requests (1 channel, 25 days) for the queue scedc-jobs" in said
    assert "... and 5 more: -o FILE writes all of them" in said
    assert messages(sqs, queue) == {}


# Replies of SQS


class Sqs:
    """SQS with scripted replies; `taken` has the days of the messages that it took."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.taken = []
        self.sizes = []

    def send_message_batch(self, QueueUrl, Entries):  # noqa: ARG002, N803
        self.sizes.append(len(Entries))
        refuse = self.answers.pop(0) if self.answers else {}
        if isinstance(refuse, Exception):
            raise refuse
        answer = {"Successful": [], "Failed": []}
        for entry in Entries:
            day = json.loads(entry["MessageBody"])["day"]
            if day in refuse:
                answer["Failed"].append({"Id": entry["Id"], **refuse[day]})
            else:
                self.taken.append(day)
                answer["Successful"].append({"Id": entry["Id"], "MessageId": f"id of {day}"})
        return answer


SERVERS_FAULT = {"SenderFault": False, "Code": "InternalError", "Message": "try again"}
SENDERS_FAULT = {"SenderFault": True, "Code": "InvalidMessageContents", "Message": "never"}
THROTTLED = ClientError({"Error": {"Code": "RequestThrottled", "Message": "slow"}}, "SendMessage")
REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SendMessage")


def send(sqs, requests=PARSED[:10], retries=2, pause=lambda _: None):
    results = send_batch(sqs, "https://queue", requests, retries, pause)
    return {str(result.request.day): result for result in results}


def test_only_failed_messages_are_sent_again():
    sqs = Sqs({"2019,184": SERVERS_FAULT, "2019,185": SENDERS_FAULT}, {"2019,184": SERVERS_FAULT})
    results = send(sqs)
    assert sqs.sizes == [10, 1, 1]
    assert sorted(sqs.taken) == sorted(set(results) - {"2019,185"})
    assert (results["2019,183"].message_id, results["2019,183"].attempts) == (
        "id of 2019,183",
        1,
    )
    assert (results["2019,184"].message_id, results["2019,184"].attempts) == (
        "id of 2019,184",
        3,
    )
    assert results["2019,185"].error.as_dict() == {
        "type": "InvalidMessageContents",
        "message": "never",
    }
    assert results["2019,185"].attempts == 1


def test_retries_end():
    sqs = Sqs(*[{"2019,184": SERVERS_FAULT}] * 5)
    results = send(sqs)
    assert sqs.sizes == [10, 1, 1]
    assert results["2019,184"].error.kind == "InternalError"
    assert results["2019,184"].attempts == 3
    assert sum(result.error is None for result in results.values()) == 9


@pytest.mark.parametrize("error", [THROTTLED, EndpointConnectionError(endpoint_url="http://q")])
def test_a_call_that_may_succeed_later_is_made_again(error):
    sqs = Sqs(error, error)
    assert all(result.message_id for result in send(sqs).values())
    assert sqs.sizes == [10, 10, 10]


def test_a_call_that_would_fail_for_all():
    sqs = Sqs(REFUSED)
    results = send(sqs)
    assert sqs.sizes == [10]
    assert all(result.error.fatal for result in results.values())


def test_pending_messages_of_a_stopped_run_have_no_result():
    results = send(Sqs({"2019,184": SERVERS_FAULT}), pause=lambda _: True)
    assert len(results) == 9
    with pytest.raises(StoppedError):
        send(Sqs(THROTTLED), pause=lambda _: True)


def test_an_entry_that_is_not_answered_is_sent_again():
    sqs = Sqs()
    sqs.send_message_batch = lambda **_: {}
    results = send(sqs)
    assert {result.error.kind for result in results.values()} == {"NoAnswer"}
