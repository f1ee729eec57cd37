"""Sends messages that have failed for good to the dead-letter queue, each with its reason.

SQS itself would bring them there only after all retries, and without a reason.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared import settings
from shared.aws._config import client_config

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# What an attribute may not have: SQS takes the characters of XML 1.0.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotSentError(Exception):
    """A message could not be sent."""


def send(queue_url: str, body: str, message_id: str, error: Exception) -> None:
    """Send a message, with why it failed as its attributes.

    Args:
        queue_url: of the dead-letter queue.
        body: of the message, as it came.
        message_id: that it had in its queue, for the attribute `MessageId`.
        error: why it failed, for the attributes `ErrorType` and `ErrorMessage`.

    Raises:
        NotSentError: SQS could not be reached, or refused.
    """
    texts = {
        "ErrorType": type(error).__name__,
        "ErrorMessage": _NOT_XML.sub("?", str(error)) or "none",
        "MessageId": message_id,
    }
    try:
        client().send_message(
            QueueUrl=queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text} for name, text in texts.items()
            },
        )
    except (BotoCoreError, ClientError, ValueError) as failure:  # ValueError: it is no URL
        raise NotSentError(f"could not send to {queue_url}: {failure}") from failure


@cache
def client() -> "SQSClient":
    """An SQS client of this process, made at first use and kept while its container is warm."""
    return boto3.client("sqs", region_name=settings.region(), config=client_config())
