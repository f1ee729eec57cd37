"""A queue and what polls it for a function, as Lambda's event source mapping does.

What the mapping honours is what AWS documents: a message that is reported as failed, or whose
invocation fails, stays in the queue and comes again after its visibility timeout; all others are
deleted. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MAX_RECEIVE_COUNT = 5
"""How often a queue hands out a message before it becomes a dead letter."""

_WAIT_S = 1
"""How long a poll waits for a message."""


@dataclass(frozen=True)
class Queues:
    """A queue of jobs, and where messages end that fail too often.

    Attributes:
        jobs: URL of the queue.
        dead_letters: URL of the dead-letter queue.
    """

    jobs: str
    dead_letters: str

    @classmethod
    def create(
        cls,
        sqs: "SQSClient",
        name: str,
        visibility_timeout_s: int,
        max_receive_count: int = MAX_RECEIVE_COUNT,
    ) -> "Queues":
        """Make both queues, wired as `template.yaml` wires them.

        Args:
            sqs: a client.
            name: of the stack that they would belong to.
            visibility_timeout_s: after which a message comes again that was not deleted.
            max_receive_count: how often it comes before it goes to the dead letters.
        """
        dead_letters = sqs.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": found["Attributes"]["QueueArn"],
            "maxReceiveCount": max_receive_count,
        }
        jobs = sqs.create_queue(
            QueueName=f"{name}-jobs",
            Attributes={
                "VisibilityTimeout": str(visibility_timeout_s),
                "RedrivePolicy": json.dumps(redrive),
            },
        )
        return cls(jobs["QueueUrl"], dead_letters)


class EventSourceMapping:
    """Polls a queue and invokes a function with what it receives, one batch at a time.

    Args:
        sqs: a client; its region is that of the events.
        queue_url: of the queue.
        function_url: where the function takes events by POST, as the emulator does.
        batch_size: messages in a batch, 1 to 10.
        timeout_s: how long to wait for the function.
    """

    def __init__(
        self,
        sqs: "SQSClient",
        queue_url: str,
        function_url: str,
        batch_size: int = 1,
        timeout_s: float = 60,
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._function_url = function_url
        self._batch_size = batch_size
        self._timeout_s = timeout_s
        found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        self._arn = found["Attributes"]["QueueArn"]

    def poll(self) -> tuple[int, int]:
        """Do one batch, if there is one.

        Returns:
            How many messages were received, and how many of them stay in the queue.

        Raises:
            OSError: the function does not answer; all messages stay.
        """
        received = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=self._batch_size,
            WaitTimeSeconds=_WAIT_S,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = received.get("Messages", [])
        if not messages:
            return 0, 0
        identifiers = [message["MessageId"] for message in messages]
        back = failed_messages(self._invoke(messages), identifiers)
        done = [message for message in messages if message["MessageId"] not in back]
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(done)
                ],
            )
        return len(messages), len(back)

    def _invoke(self, messages: Sequence["MessageTypeDef"]) -> bytes:
        records = [self._record(message) for message in messages]
        request = urllib.request.Request(
            self._function_url, json.dumps({"Records": records}).encode()
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as reply:
                content: bytes = reply.read()
        except urllib.error.HTTPError as error:  # the function's process has ended
            with error:
                return b'{"errorMessage": "status %d", "errorType": "HTTPError"}' % error.code
        return content

    def _record(self, message: "MessageTypeDef") -> dict[str, Any]:
        """A message as Lambda hands it to functions."""
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {
                name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._sqs.meta.region_name,
        }


def failed_messages(reply: bytes, identifiers: Sequence[str]) -> set[str]:
    """Which messages of a batch stay in the queue, by what the function replied.

    None where `batchItemFailures` is empty or absent; all of them where the function raised, or
    where the reply is none that AWS understands.

    Args:
        reply: of the function, as the emulator hands it on: an exception is an object with
            `errorType`, and a timeout plain text.
        identifiers: of all messages of the batch.
    """
    everything = set(identifiers)
    try:
        told = json.loads(reply or b"null")
        failures = (told or {}).get("batchItemFailures") or []
        if isinstance(told, Mapping) and "errorType" in told:
            return everything
        failed = {failure["itemIdentifier"] for failure in failures}
    except (ValueError, AttributeError, KeyError, TypeError):
        return everything
    return failed if failed <= everything else everything
