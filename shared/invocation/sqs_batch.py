"""Batches of SQS messages: each message is a job, and failed ones are reported to the queue.

The reply is that of ReportBatchItemFailures: SQS deletes the messages that it does not list.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from shared import guard, settings, strict_json
from shared.errors import BadRequestError, ServiceError
from shared.invocation.batch import JobResult, Worker, check_batch_size

logger = logging.getLogger(__name__)


def process_messages(event: Mapping[str, Any], worker: Worker) -> dict[str, Any]:
    """Run the job of each message.

    A permanent failure goes to the dead-letter queue at once, with its reason. Any other failure
    returns to the queue for a retry; after the last receive it becomes a dead letter, too.
    Messages that no time is left for return to the queue.

    Returns:
        `{"batchItemFailures": [{"itemIdentifier": messageId}, ...]}`: the messages that return.

    Raises:
        BadRequestError: SQS would not send such a record; no job was run.
        SettingsError: MAX_RECEIVE_COUNT is not a number.
    """
    _check(event["Records"])
    returned = []
    max_receives = settings.max_receive_count()
    results = worker.run(
        (f"message {record['messageId']}", partial(_request, record["body"]))
        for record in event["Records"]
    )
    for record, result in zip(event["Records"], results, strict=True):
        message = record["messageId"]
        if result is None:
            logger.warning("message %s: not started, since the time is running out", message)
            returned.append(message)
        elif result.error and not _is_settled(record, result, result.error, max_receives):
            returned.append(message)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in returned]}


def _check(records: Sequence[Any]) -> None:
    check_batch_size("Records", len(records))
    for number, record in enumerate(records):
        names = ("messageId", "body")
        if not isinstance(record, Mapping) or not all(
            isinstance(record.get(name), str) for name in names
        ):
            raise BadRequestError(
                f"Records[{number}] must be an object with the texts messageId and body"
            )


def _is_settled(
    record: Mapping[str, Any], result: JobResult, error: Exception, max_receives: int | None
) -> bool:
    """Return whether SQS may delete a message whose job failed, as it is a dead letter."""
    message = record["messageId"]
    # A bug of one message must not return the others, whose jobs are done, to the queue.
    with guard.attempt(f"message {message}", ServiceError):
        if result.permanent or _is_last_receive(record, max_receives):
            return _send_to_dead_letters(message, record["body"], error)
    return False


def _is_last_receive(record: Mapping[str, Any], max_receives: int | None) -> bool:
    """Return whether SQS will not deliver a message again; False if that is unknown."""
    received = record.get("attributes", {}).get("ApproximateReceiveCount")
    return max_receives is not None and received is not None and int(received) >= max_receives


def _request(body: str) -> Any:
    try:
        return strict_json.loads(body)
    except ValueError as error:
        raise BadRequestError(f"the message's body is not JSON: {error}") from error


def _send_to_dead_letters(message: str, body: str, error: Exception) -> bool:
    """Send a message to the dead-letter queue; return whether it is there.

    A message that cannot be sent returns to its queue. The queue's redrive policy moves it later,
    without the reason, so nothing is lost.
    """
    queue_url = settings.dead_letter_queue_url()
    if not queue_url:
        logger.error("message %s returns to the queue: no DEAD_LETTER_QUEUE_URL", message)
        return False
    from shared.aws import dead_letters  # botocore loads slowly, and few messages fail

    try:
        dead_letters.send(queue_url, body, message, error)
    except dead_letters.NotSentError:
        logger.exception("message %s returns to the queue", message)
        return False
    return True
