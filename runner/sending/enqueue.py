"""Requests as messages of a queue, ten at a time."""

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import CallError, StoppedError
from runner.sending.request_result import RequestResult
from runner.sending.retry import call_error, repeated, service_error
from runner.sending.target import Target
from shared.corrected_days.request import CorrectedDayRequest

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# By the protocol, JSON or query, that the service speaks.
_NO_SUCH_QUEUE = {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}

BATCH = 10
"""How many messages SQS takes at a time."""


def find_queue(
    where: Target, client: "SQSClient", retries: int, pause: Callable[[float], object] = time.sleep
) -> str:
    """The queue's URL.

    Raises:
        CallError: there is no such queue, or SQS does not say.
    """

    def ask() -> str:
        try:
            return where.queue_url(client)
        except (ClientError, BotoCoreError) as error:
            failure = call_error(error)
            if failure.kind in _NO_SUCH_QUEUE:
                place = f"{where.queue} in {client.meta.region_name} (--region, --profile)"
                raise CallError(failure.kind, f"{failure.message} {place}", for_all=True) from error
            raise failure from error

    return repeated(ask, retries, pause)[0]


def send_batch(
    client: "SQSClient",
    queue_url: str,
    requests: Sequence[CorrectedDayRequest],
    retries: int,
    pause: Callable[[float], object],
) -> list[RequestResult]:
    """Put requests into a queue, as messages that the response function reads.

    What SQS could not take is sent again, unless the message itself is at fault.

    Args:
        client: of SQS.
        queue_url: of the queue.
        requests: ten at most.
        retries: how often what was not taken is sent again.
        pause: as in `runner.retries.repeated`.

    Returns:
        What became of each; without those that were still to be sent again when the run was
        stopped.

    Raises:
        StoppedError: that is so with all of them.
    """
    batch = _Batch(client, queue_url, requests)
    try:
        repeated(batch.send, retries, pause)
    except CallError as error:
        batch.give_up(error)
    except StoppedError:
        if not batch.outcomes:
            raise
    return batch.outcomes


class _Batch:
    """Messages that are sent together, until none is left."""

    def __init__(
        self, client: "SQSClient", queue_url: str, requests: Sequence[CorrectedDayRequest]
    ) -> None:
        self.outcomes: list[RequestResult] = []
        self._client = client
        self._queue_url = queue_url
        self._left = {str(index): request for index, request in enumerate(requests)}
        self._begin = time.monotonic()
        self._attempts = 0

    def send(self) -> None:
        """Send what is left; a CallError says that something still is."""
        self._attempts += 1
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": key, "MessageBody": json.dumps(request.as_dict())}
            for key, request in self._left.items()
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise call_error(error) from error
        for entry in answer.get("Successful", []):
            self._done(entry["Id"], message_id=entry["MessageId"])
        failed = answer.get("Failed", [])
        for refused in failed:
            if refused["SenderFault"]:
                fault = service_error(refused["Code"], refused.get("Message", ""))
                self._done(refused["Id"], error=fault)
        if self._left:
            codes = [entry for entry in failed if entry["Id"] in self._left]
            code = codes[0]["Code"] if codes else "NoAnswer"
            message = codes[0].get("Message", "") if codes else ""
            message = message or "the queue's service did not take the message"
            raise CallError(code, message, transient=True)

    def give_up(self, error: CallError) -> None:
        """What is left has failed."""
        for key in list(self._left):
            self._done(key, error=error)

    def _done(self, key: str, message_id: str = "", error: CallError | None = None) -> None:
        seconds = time.monotonic() - self._begin
        outcome = RequestResult(
            self._left.pop(key), seconds, self._attempts, message_id=message_id, error=error
        )
        self.outcomes.append(outcome)
