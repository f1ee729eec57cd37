"""A batch of SQS messages: each is a job, and those that must come again are reported.

The reply is that of ReportBatchItemFailures: messages that it does not list are deleted from the
queue. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from shared import settings, strict_json
from shared.aws import dead_letters
from shared.errors import BadRequestError
from shared.invocation.batch import Worker

logger = logging.getLogger(__name__)


def do_batch(event: Mapping[str, Any], worker: Worker) -> dict[str, Any]:
    """Do the job of each message.

    A message that can never succeed is sent to the dead-letter queue at once, with its reason. One
    that may succeed another time goes back, as do those for which no time is left; but where the
    queue would not hand it out again, it is sent to the dead-letter queue with its reason, too.

    Returns:
        `{"batchItemFailures": [{"itemIdentifier": messageId}, ...]}`, of those that go back.

    Raises:
        BadRequestError: a record is not as SQS sends it; nothing was done.
        SettingsError: the environment's MAX_RECEIVE_COUNT is no number.
    """
    _check(event["Records"])
    back = []
    most = settings.max_receive_count()
    for record in event["Records"]:
        if not worker.has_time():
            logger.warning("message %s: not begun, as the time ends", record["messageId"])
            back.append(record["messageId"])
        elif not _is_settled(record, worker, most):
            back.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in back]}


def _check(records: Sequence[Any]) -> None:
    for number, record in enumerate(records):
        names = ("messageId", "body")
        if not isinstance(record, Mapping) or not all(
            isinstance(record.get(name), str) for name in names
        ):
            raise BadRequestError(
                f"Records[{number}] must be an object with the texts messageId and body"
            )


def _is_settled(record: Mapping[str, Any], worker: Worker, most: int | None) -> bool:
    """Do a message's job; whether the message has done its duty."""
    message, body = record["messageId"], record["body"]
    done = worker.do(lambda: _request(body), f"message {message}")
    if done.error and (done.permanent or _is_last_try(record, most)):
        return _is_buried(message, body, done.error)
    return done.error is None


def _is_last_try(record: Mapping[str, Any], most: int | None) -> bool:
    """Whether the queue will not hand out a message again, as far as that is known."""
    received = record.get("attributes", {}).get("ApproximateReceiveCount")
    return most is not None and received is not None and int(received) >= most


def _request(body: str) -> Any:
    try:
        return strict_json.loads(body)
    except ValueError as error:
        raise BadRequestError(f"the message's body is not JSON: {error}") from error


def _is_buried(message: str, body: str, error: Exception) -> bool:
    """Whether a message is in the dead-letter queue now.

    Where it cannot be sent there, it goes back: the queue's own redrive policy brings it there, if
    later and without the reason, and nothing is lost.
    """
    queue_url = settings.dead_letter_queue_url()
    if not queue_url:
        logger.error("message %s goes back, as there is no DEAD_LETTER_QUEUE_URL", message)
        return False
    try:
        dead_letters.send(queue_url, body, message, error)
    except dead_letters.NotSentError:
        logger.exception("message %s goes back", message)
        return False
    return True
