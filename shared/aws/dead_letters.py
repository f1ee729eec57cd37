"""Send messages that failed for good to the dead-letter queue, with the reason.

SQS itself moves them there only after all retries, and without a reason.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared import settings, snapshot
from shared.aws import deadline
from shared.aws._attempts import Attempts, NoTimeError
from shared.aws._clients import make_client

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# SQS refuses attributes with characters that XML 1.0 does not allow.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotSentError(Exception):
    """A message could not be sent."""


def send(queue_url: str, body: str, message_id: str, error: Exception) -> None:
    """Send a message, with the reason of its failure as attributes.

    Args:
        queue_url: URL of the dead-letter queue.
        body: body of the message, as received.
        message_id: the message's ID in its first queue, for the attribute `MessageId`.
        error: the failure, for the attributes `ErrorType` and `ErrorMessage`.

    Raises:
        NotSentError: SQS could not be reached, or refused.
    """
    texts = {
        "ErrorType": type(error).__name__,
        "ErrorMessage": _NOT_XML.sub("?", str(error)) or "none",
        "MessageId": message_id,
    }
    try:
        with deadline.writing():
            Attempts().repeat(
                lambda: client().send_message(
                    QueueUrl=queue_url,
                    MessageBody=body,
                    MessageAttributes={
                        name: {"DataType": "String", "StringValue": text}
                        for name, text in texts.items()
                    },
                )
            )
    # ValueError: not a URL
    except (BotoCoreError, ClientError, ValueError, NoTimeError) as failure:
        raise NotSentError(f"could not send to {queue_url}: {failure}") from failure


@cache
def client() -> "SQSClient":
    """Return the SQS client of this process, made at first use."""
    made: SQSClient = make_client("sqs", settings.region())
    return made


snapshot.after_restore(client.cache_clear)
