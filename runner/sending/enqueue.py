"""Send requests to an SQS queue as messages, ten per call."""

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import CallError, StoppedError
from runner.sending.request_result import RequestResult
from runner.sending.retry import call_error, call_with_retries, service_error
from runner.sending.target import Target
from shared.corrected_days.request import CorrectedDayRequest

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# The service's JSON protocol and its query protocol name the error differently.
_NO_SUCH_QUEUE = {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}

MAX_MESSAGES = 10
"""Number of messages that SQS accepts per call."""


def find_queue(
    target: Target,
    client: "SQSClient",
    retries: int,
    pause: Callable[[float], object] = time.sleep,
) -> str:
    """Return the queue's URL.

    Raises:
        CallError: the queue does not exist, or SQS does not answer.
    """

    def look_up() -> str:
        try:
            return target.queue_url(client)
        except (ClientError, BotoCoreError) as error:
            failure = call_error(error)
            if failure.kind in _NO_SUCH_QUEUE:
                place = f"{target.queue} in {client.meta.region_name} (--region, --profile)"
                raise CallError(failure.kind, f"{failure.message} {place}", fatal=True) from error
            raise failure from error

    return call_with_retries(look_up, retries, pause)[0]


def send_batch(
    client: "SQSClient",
    queue_url: str,
    requests: Sequence[CorrectedDayRequest],
    retries: int,
    pause: Callable[[float], object],
) -> list[RequestResult]:
    """Send requests to a queue, as messages for the response function.

    Messages that SQS could not take are sent again, unless the message itself is at fault.

    Args:
        client: SQS client.
        queue_url: URL of the queue.
        requests: at most ten.
        retries: maximum number of retries.
        pause: as in `runner.sending.retry.call_with_retries`.

    Returns:
        The result of each request, except those waiting for a retry when the run was stopped.

    Raises:
        StoppedError: the run was stopped before any request had a result.
    """
    batch = _Batch(client, queue_url, requests)
    try:
        call_with_retries(batch.send, retries, pause)
    except CallError as error:
        batch.give_up(error)
    except StoppedError:
        if not batch.results:
            raise
    return batch.results


class _Batch:
    """Messages that are sent together, until none is pending."""

    def __init__(
        self, client: "SQSClient", queue_url: str, requests: Sequence[CorrectedDayRequest]
    ) -> None:
        self.results: list[RequestResult] = []
        self._client = client
        self._queue_url = queue_url
        self._pending = {str(index): request for index, request in enumerate(requests)}
        self._begin = time.monotonic()
        self._attempts = 0

    def send(self) -> None:
        """Send the pending messages.

        Raises:
            CallError: SQS did not take all of them.
        """
        self._attempts += 1
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": key, "MessageBody": json.dumps(request.as_dict())}
            for key, request in self._pending.items()
        ]
        try:
            response = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise call_error(error) from error
        for entry in response.get("Successful", []):
            self._finish(entry["Id"], message_id=entry["MessageId"])
        failed = response.get("Failed", [])
        for entry_error in failed:
            if entry_error["SenderFault"]:
                fault = service_error(entry_error["Code"], entry_error.get("Message", ""))
                self._finish(entry_error["Id"], error=fault)
        if self._pending:
            retryable = [entry for entry in failed if entry["Id"] in self._pending]
            code = retryable[0]["Code"] if retryable else "NoAnswer"
            message = retryable[0].get("Message", "") if retryable else ""
            raise CallError(code, message or "SQS did not take the message", transient=True)

    def give_up(self, error: CallError) -> None:
        """Record an error for the pending messages."""
        for key in list(self._pending):
            self._finish(key, error=error)

    def _finish(self, key: str, message_id: str = "", error: CallError | None = None) -> None:
        seconds = time.monotonic() - self._begin
        result = RequestResult(
            self._pending.pop(key), seconds, self._attempts, message_id=message_id, error=error
        )
        self.results.append(result)
