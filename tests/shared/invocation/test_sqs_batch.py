"""Batches of SQS messages: done, returned to the queue, or sent to the dead-letter queue."""

import json
import logging

import pytest

from local.cloud.event_source_mapping import Queues, failed_messages
from shared.aws import dead_letters
from shared.errors import BadRequestError
from tests.support.batches import NO_LIMIT, PERMANENT, TRANSIENT, Context, handler, no_jobs_handler


@pytest.fixture
def queues(archive, request, monkeypatch):
    """Create queues for one test; the function's environment names the dead-letter queue."""
    sqs = dead_letters.client()
    name = "".join(character for character in request.node.name if character.isalnum())[:50]
    created = Queues.create(sqs, name, visibility_timeout_s=30)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", created.dead_letters)
    yield created
    for url in (created.jobs, created.dead_letters):
        sqs.delete_queue(QueueUrl=url)


def batch(*bodies, received=1):
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(received)},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(event, context=NO_LIMIT):
    """Return the messages that go back to the queue, by AWS's rules of reading the reply."""
    reply = handler(event, context)
    assert list(reply) == ["batchItemFailures"]
    identifiers = [record["messageId"] for record in event["Records"]]
    returned = [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]
    assert failed_messages(json.dumps(reply).encode(), identifiers) == set(returned)
    return returned


def dead_letters_of(queues):
    """Return body and reason of each message in the dead-letter queue."""
    received = dead_letters.client().receive_message(
        QueueUrl=queues.dead_letters, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [
        (
            message["Body"],
            {name: value["StringValue"] for name, value in message["MessageAttributes"].items()},
        )
        for message in received.get("Messages", [])
    ]


def test_all_done(queues):
    assert failed(batch({}, {"a": 1}, {"a": 1})) == []
    assert dead_letters_of(queues) == []


@pytest.mark.parametrize("kind", [*TRANSIENT, "bug"])
def test_transient_failure_returns_to_the_queue(queues, kind):
    assert failed(batch({}, {"fail": kind}, {})) == ["m1"]
    assert dead_letters_of(queues) == []


@pytest.mark.parametrize("kind", PERMANENT)
def test_permanent_failure_becomes_a_dead_letter_with_its_reason(queues, kind):
    body = {"fail": kind}
    assert failed(batch({}, body, {})) == []
    reason = {
        "ErrorType": PERMANENT[kind].__name__,
        "ErrorMessage": f"it is {kind}",
        "MessageId": "m1",
    }
    assert dead_letters_of(queues) == [(json.dumps(body), reason)]


@pytest.mark.parametrize("kind", [*TRANSIENT, "bug"])
def test_last_receive_becomes_a_dead_letter_with_its_reason(queues, monkeypatch, kind):
    """SQS would move it there without a reason."""
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "3")
    assert failed(batch({"fail": kind}, {}, received=2)) == ["m0"]
    assert dead_letters_of(queues) == []
    assert failed(batch({"fail": kind}, {}, received=3)) == []
    ((body, reason),) = dead_letters_of(queues)
    assert json.loads(body) == {"fail": kind}
    error = TRANSIENT.get(kind, ZeroDivisionError)
    assert reason["ErrorType"] == error.__name__
    assert reason["MessageId"] == "m0"


def test_last_receive_without_time_returns_to_the_queue(queues, monkeypatch):
    """It did not fail, and is not lost: SQS itself makes it a dead letter."""
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "1")
    assert failed(batch({}, {}, {"fail": "s3"}), Context(readings=1)) == ["m2"]
    assert dead_letters_of(queues) == []


def test_without_a_count_no_receive_is_the_last(queues, monkeypatch):
    event = batch({"fail": "s3"}, received=1000)
    assert failed(event) == ["m0"]  # MAX_RECEIVE_COUNT is not set
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "1")
    del event["Records"][0]["attributes"]
    assert failed(event) == ["m0"]
    assert dead_letters_of(queues) == []


@pytest.mark.parametrize("body", [" ", "{", "day=2019,183", '{"fail": NaN}', "\u00e9"])
def test_body_that_is_not_json(queues, body):
    assert failed(batch(body)) == []
    ((text, reason),) = dead_letters_of(queues)
    assert text == body
    assert reason["ErrorType"] == "BadRequestError"
    assert "the message's body is not JSON" in reason["ErrorMessage"]


def test_reasons_have_only_characters_that_sqs_accepts(queues):
    dead_letters.send(
        queues.dead_letters, "{}", "m0", BadRequestError("day '\x00\ud800'\x1f é\U0001f30b")
    )
    ((_, reason),) = dead_letters_of(queues)
    assert reason["ErrorMessage"] == "day '??'? é\U0001f30b"


@pytest.mark.parametrize(
    "record",
    [5, None, {"eventSource": "aws:sqs"}, {"messageId": "m1"}, {"messageId": None, "body": "{}"}],
)
def test_record_that_sqs_would_not_send_fails_the_batch_before_any_job(queues, record):
    event = batch({"fail": "bad"})
    event["Records"].append(record)
    with pytest.raises(BadRequestError, match=r"Records\[1\] must be an object with the texts"):
        handler(event, NO_LIMIT)
    assert dead_letters_of(queues) == []


def test_failures_of_all_messages_are_reported_one_by_one(queues):
    assert failed(batch({"fail": "s3"}, {"fail": "bug"})) == ["m0", "m1"]


def test_without_a_dead_letter_queue_messages_return(queues, monkeypatch, caplog):
    monkeypatch.delenv("DEAD_LETTER_QUEUE_URL")
    assert failed(batch({"fail": "bad"}, {})) == ["m0"]
    assert "no DEAD_LETTER_QUEUE_URL" in caplog.text


@pytest.mark.parametrize("fault", ["no such queue", "no such host", "no URL"])
def test_unsent_dead_letter_returns_to_the_queue(queues, monkeypatch, caplog, fault):
    """Nothing is lost: after enough receives, SQS itself moves it to the dead-letter queue."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    if fault == "no such host":
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    url = "nowhere" if fault == "no URL" else f"{queues.dead_letters}-of-another"
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)
    assert failed(batch({"fail": "bad"}, {})) == ["m0"]
    assert "could not send to" in caplog.text


def test_messages_that_exceed_the_time_return(queues, caplog):
    # The clock is read before every message except the first, so the third is not started.
    assert failed(batch({}, {}, {"fail": "bad"}, {}), Context(readings=1)) == ["m2", "m3"]
    assert dead_letters_of(queues) == []
    assert "message m3: not started, since the time is running out" in caplog.text


def test_the_log_says_what_failed(queues, caplog):
    with caplog.at_level(logging.WARNING):
        failed(batch({"fail": "s3"}, {"fail": "bad"}, {"fail": "bug"}))
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "message m0: S3Error: it is s3",
        "message m1: BadRequestError: it is bad",
        "message m2: unexpected failure",
    ]
    assert "never to be seen by a caller" in caplog.text  # the traceback of the unexpected failure


def test_a_function_without_jobs_refuses_by_name():
    """SQS would delete all messages if the reply listed none."""
    with pytest.raises(
        BadRequestError, match="this is a batch of SQS messages, which this function"
    ):
        no_jobs_handler(batch({}), NO_LIMIT)


def test_a_bug_around_one_message_returns_that_one_alone(queues, monkeypatch):
    """Jobs that are done must not be done again."""
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "3")
    event = batch({}, {"fail": "s3"}, {"fail": "bad"}, received=3)
    event["Records"][1]["attributes"]["ApproximateReceiveCount"] = "no number"
    assert failed(event) == ["m1"]
    assert len(dead_letters_of(queues)) == 1
