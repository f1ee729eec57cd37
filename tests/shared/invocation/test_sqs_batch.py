"""A batch of SQS messages: what goes back, what is done, and what goes to the dead letters."""

import json
import logging

import pytest

from local.cloud.event_source_mapping import Queues, failed_messages
from shared.aws import dead_letters
from shared.errors import BadRequestError
from tests.support.batches import NO_LIMIT, PERMANENT, TRANSIENT, Context, handler, no_jobs_handler


@pytest.fixture
def queues(archive, request, monkeypatch):
    """Queues of this test's own, the dead letters' in the function's environment."""
    sqs = dead_letters.client()
    name = "".join(character for character in request.node.name if character.isalnum())[:50]
    made = Queues.create(sqs, name, visibility_timeout_s=30)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", made.dead_letters)
    yield made
    for url in (made.jobs, made.dead_letters):
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
    """The messages that go back, by the reply and by AWS's rules of reading it."""
    reply = handler(event, context)
    assert list(reply) == ["batchItemFailures"]
    identifiers = [record["messageId"] for record in event["Records"]]
    told = [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]
    assert failed_messages(json.dumps(reply).encode(), identifiers) == set(told)
    return told


def buried(queues):
    """Body and reason of what is in the dead-letter queue."""
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
    assert buried(queues) == []


@pytest.mark.parametrize("kind", [*TRANSIENT, "bug"])
def test_what_may_succeed_another_time_goes_back(queues, kind):
    assert failed(batch({}, {"fail": kind}, {})) == ["m1"]
    assert buried(queues) == []


@pytest.mark.parametrize("kind", PERMANENT)
def test_what_can_never_succeed_is_buried_with_its_reason(queues, kind):
    body = {"fail": kind}
    assert failed(batch({}, body, {})) == []
    reason = {
        "ErrorType": PERMANENT[kind].__name__,
        "ErrorMessage": f"it is {kind}",
        "MessageId": "m1",
    }
    assert buried(queues) == [(json.dumps(body), reason)]


@pytest.mark.parametrize("kind", [*TRANSIENT, "bug"])
def test_the_last_try_is_buried_with_its_reason(queues, monkeypatch, kind):
    """SQS would bring it there without one."""
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "3")
    assert failed(batch({"fail": kind}, {}, received=2)) == ["m0"]
    assert buried(queues) == []
    assert failed(batch({"fail": kind}, {}, received=3)) == []
    ((body, reason),) = buried(queues)
    assert json.loads(body) == {"fail": kind}
    error = TRANSIENT.get(kind, ZeroDivisionError)
    assert reason["ErrorType"] == error.__name__
    assert reason["MessageId"] == "m0"


def test_a_last_try_that_is_not_begun_goes_back(queues, monkeypatch):
    """It has no reason but the clock, and is not lost: SQS itself makes it a dead letter."""
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "1")
    assert failed(batch({}, {}, {"fail": "s3"}), Context(looks=1)) == ["m2"]
    assert buried(queues) == []


def test_without_a_count_nothing_is_the_last_try(queues, monkeypatch):
    event = batch({"fail": "s3"}, received=1000)
    assert failed(event) == ["m0"]  # MAX_RECEIVE_COUNT is not set
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "1")
    del event["Records"][0]["attributes"]
    assert failed(event) == ["m0"]
    assert buried(queues) == []


@pytest.mark.parametrize("body", [" ", "{", "day=2019,183", '{"fail": NaN}', "\u00e9"])
def test_a_body_that_is_no_json(queues, body):
    assert failed(batch(body)) == []
    ((found, reason),) = buried(queues)
    assert found == body
    assert reason["ErrorType"] == "BadRequestError"
    assert "the message's body is not JSON" in reason["ErrorMessage"]


def test_reasons_have_only_what_sqs_takes(queues):
    dead_letters.send(
        queues.dead_letters, "{}", "m0", BadRequestError("day '\x00\ud800'\x1f é\U0001f30b")
    )
    ((_, reason),) = buried(queues)
    assert reason["ErrorMessage"] == "day '??'? é\U0001f30b"


@pytest.mark.parametrize(
    "record",
    [5, None, {"eventSource": "aws:sqs"}, {"messageId": "m1"}, {"messageId": None, "body": "{}"}],
)
def test_what_sqs_would_not_send_fails_all_before_anything_is_done(queues, record):
    event = batch({"fail": "bad"})
    event["Records"].append(record)
    with pytest.raises(BadRequestError, match=r"Records\[1\] must be an object with the texts"):
        handler(event, NO_LIMIT)
    assert buried(queues) == []


def test_all_failed_is_told_message_by_message(queues):
    assert failed(batch({"fail": "s3"}, {"fail": "bug"})) == ["m0", "m1"]


def test_without_a_dead_letter_queue_it_goes_back(queues, monkeypatch, caplog):
    monkeypatch.delenv("DEAD_LETTER_QUEUE_URL")
    assert failed(batch({"fail": "bad"}, {})) == ["m0"]
    assert "no DEAD_LETTER_QUEUE_URL" in caplog.text


@pytest.mark.parametrize("fault", ["no such queue", "no such host", "no URL"])
def test_what_cannot_be_buried_goes_back(queues, monkeypatch, caplog, fault):
    """Nothing is lost: after enough returns, SQS itself moves it to the dead letters."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    if fault == "no such host":
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    url = "nowhere" if fault == "no URL" else f"{queues.dead_letters}-of-another"
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)
    assert failed(batch({"fail": "bad"}, {})) == ["m0"]
    assert "could not send to" in caplog.text


def test_what_the_time_does_not_suffice_for_goes_back(queues, caplog):
    # One look at the clock before each message but the first: the third one is not begun.
    assert failed(batch({}, {}, {"fail": "bad"}, {}), Context(looks=1)) == ["m2", "m3"]
    assert buried(queues) == []
    assert "message m3: not begun, as the time ends" in caplog.text


def test_the_log_says_what_failed(queues, caplog):
    with caplog.at_level(logging.WARNING):
        failed(batch({"fail": "s3"}, {"fail": "bad"}, {"fail": "bug"}))
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "message m0: S3Error: it is s3",
        "message m1: BadRequestError: it is bad",
        "message m2: unexpected failure",
    ]
    assert "never to be seen by a caller" in caplog.text  # the traceback of our own fault


def test_a_function_without_jobs_refuses_by_name():
    """A reply that does not list them would delete them all."""
    with pytest.raises(
        BadRequestError, match="this is a batch of SQS messages, which this function"
    ):
        no_jobs_handler(batch({}), NO_LIMIT)
