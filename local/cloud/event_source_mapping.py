"""An SQS queue, and a poller that invokes a function as Lambda's event source mapping does.

A message stays in the queue if the function reports it as failed or the invocation fails, and
becomes visible again after its visibility timeout. All others are deleted.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
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
"""How often a message is received before SQS moves it to the dead-letter queue."""

_WAIT_S = 1
"""The wait time of a long poll."""


@dataclass(frozen=True)
class Queues:
    """A job queue and its dead-letter queue.

    Attributes:
        jobs: URL of the job queue.
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
        """Create both queues, connected as in `template.yaml`.

        Args:
            sqs: an SQS client.
            name: the prefix of the queues' names: the stack's name.
            visibility_timeout_s: time in s until an undeleted message becomes visible again.
            max_receive_count: how often a message is received before it becomes a dead letter.
        """
        dead_letters = sqs.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"]
        redrive = {
            "deadLetterTargetArn": _queue_arn(sqs, dead_letters),
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
    """A poller that passes a queue's messages to a function, one batch at a time.

    Args:
        sqs: an SQS client; its region becomes the events' region.
        queue_url: the queue.
        function_url: the URL that takes events by POST, such as the emulator's.
        batch_size: the largest number of messages in a batch, 1 to 10.
        timeout_s: the longest time to wait for the function, in s.
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
        self._arn = _queue_arn(sqs, queue_url)

    def poll(self) -> tuple[int, int]:
        """Receive one batch of messages, if there are any, and invoke the function with it.

        Returns:
            The number of messages received, and how many of them stay in the queue.

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
        failed = failed_messages(self._invoke(messages), identifiers)
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(done)
                ],
            )
        return len(messages), len(failed)

    def _invoke(self, messages: Sequence["MessageTypeDef"]) -> bytes:
        records = [self._record(message) for message in messages]
        request = urllib.request.Request(
            self._function_url, json.dumps({"Records": records}).encode()
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as reply:
                content: bytes = reply.read()
        except urllib.error.HTTPError as error:  # the function's process died
            with error:
                return b'{"errorMessage": "status %d", "errorType": "HTTPError"}' % error.code
        return content

    def _record(self, message: "MessageTypeDef") -> dict[str, Any]:
        """Convert a message to the record that Lambda passes to functions."""
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
    """Return the IDs of the messages of a batch that stay in the queue.

    None if `batchItemFailures` is empty or absent. All of them if the function raised an
    exception, or if AWS would not accept the reply.

    Args:
        reply: the function's reply as the emulator returns it: an object with `errorType` for an
            exception, and plain text for a timeout.
        identifiers: the IDs of all messages of the batch.
    """
    batch = set(identifiers)
    try:
        content = json.loads(reply or b"null")
        failures = (content or {}).get("batchItemFailures") or []
        if isinstance(content, Mapping) and "errorType" in content:
            return batch
        failed = {failure["itemIdentifier"] for failure in failures}
    except (ValueError, AttributeError, KeyError, TypeError):
        return batch
    return failed if failed <= batch else batch


def _queue_arn(sqs: "SQSClient", queue_url: str) -> str:
    response = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    return response["Attributes"]["QueueArn"]
