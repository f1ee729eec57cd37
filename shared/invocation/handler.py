"""The Lambda handler around a function's `process`.

A warm container receives events from every source, so each event alone decides its handling:

- An HTTP event carries the request as JSON in its body, or in its query string. API Gateway's HTTP
  API and REST API, function URLs and load balancers send them. Answers and errors become HTTP
  replies.
- A batch carries several requests: SQS messages, tasks of S3 Batch Operations or items of Step
  Functions' Distributed Map. A function with `BatchJobs` accepts it. The reply reports failures in
  the form that each of these services expects.
- Any other event of an AWS service, and a batch without `BatchJobs`, is refused by name.
- Everything else is the request itself: a console test event, boto3, curl to the emulator. The
  answer is the reply. An error is raised, so that Lambda reports a function error.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared import errors, machine, telemetry
from shared.aws import deadline
from shared.aws.deadline import TimeLeft
from shared.invocation import (
    direct_reply,
    distributed_map,
    event_source,
    http_event,
    http_reply,
    s3_batch,
    sqs_batch,
)
from shared.invocation.batch import BatchJobs, Worker
from shared.invocation.log_line import log_line
from shared.reply import Reply, Unfinished

__all__ = ["Handler", "Process", "Query", "lambda_handler"]

logger = logging.getLogger(__name__)

Process = Callable[[Any], Any]
Query = Callable[[Mapping[str, str]], Any]
Handler = Callable[[Any, Any], Any]

_BATCHES: dict[str, Callable[[Any, Worker], Any]] = {
    event_source.SQS: sqs_batch.process_messages,
    event_source.S3_BATCH: s3_batch.process_tasks,
    event_source.DISTRIBUTED_MAP: distributed_map.process_items,
}


def lambda_handler(
    process: Process,
    *,
    query: Query | None = None,
    large_folder: str | None = None,
    jobs: BatchJobs | None = None,
) -> Handler:
    """Wrap `process` as a Lambda handler.

    Args:
        process: takes the request, any JSON value, and returns the answer: dicts, lists, text,
            numbers, None and NumPy arrays, a `File`, or a `Reply` around one of these. It may also
            return an `Unfinished`. It raises one of `shared.errors` to refuse a request.
        query: converts the parameters of a query string to the request, for GET; None refuses GET.
        large_folder: folder of the output bucket for answers that exceed a reply, which then
            carries a link; None refuses such answers.
        jobs: how batches of requests are handled; None refuses batches.

    Returns:
        The handler, for the image's CMD.
    """
    function = _Function(process, query, large_folder, jobs)

    def handler(event: Any, context: Any) -> Any:
        with log_line(context) as line, deadline.invocation(context):
            line.source = event_source.identify(event)
            if line.source == event_source.HTTP:
                reply = function.handle_http(event, str(getattr(context, "aws_request_id", "")))
                line.status = reply["statusCode"]
                return reply
            try:
                if line.source == event_source.DIRECT:
                    return function.handle_direct(event)
                return function.handle_batch(line.source, event, TimeLeft(context))
            except errors.ServiceError as error:
                # Lambda logs the frames of an error, and sends them to the caller.
                raise error.with_traceback(None) from error.__cause__

    return handler


@dataclass(frozen=True)
class _Function:
    """A `process` with its options; see `lambda_handler`."""

    process: Process
    query: Query | None
    large_folder: str | None
    jobs: BatchJobs | None

    def handle_direct(self, request: Any) -> Any:
        """Return the reply to a direct invocation; errors pass through."""
        try:
            with telemetry.job():
                reply = self._reply(request)
                with telemetry.step("write"), machine.named_faults():
                    return direct_reply.write(request, reply, self.large_folder)
        except errors.UpstreamError as error:
            # Lambda logs the error, but not its cause.
            _log(error)
            raise

    def handle_batch(self, source: str, event: Any, time_left: TimeLeft) -> Any:
        """Return the reply to a batch; refuse an event of any other service."""
        if self.jobs is None or source not in _BATCHES:
            raise errors.BadRequestError(
                f"this is {source}, which this function does not take: send the request itself"
            )
        return _BATCHES[source](event, Worker(self.process, self.jobs, time_left))

    def handle_http(self, event: Mapping[str, Any], request_id: str) -> dict[str, Any]:
        """Return the reply to an HTTP event; every error becomes a reply, too."""
        method = http_event.method(event)
        allowed = ("GET", "POST") if self.query else ("POST",)
        if method not in allowed:
            telemetry.count_failure(errors.BadRequestError(method))
            return http_reply.method_not_allowed(method, allowed)
        try:
            with telemetry.job():
                request = self._http_request(method, event)
                reply = self._reply(request)
                with telemetry.step("write"), machine.named_faults():
                    return http_reply.write(event, request, reply, self.large_folder)
        except errors.ServiceError as error:
            if not isinstance(error, errors.BadRequestError):  # it quotes the stranger's request
                _log(error)
            return http_reply.service_error(error)
        except Exception:
            logger.exception("unexpected failure")
            return http_reply.internal_error(request_id)

    @telemetry.step("parse")
    def _http_request(self, method: str, event: Mapping[str, Any]) -> Any:
        if method == "GET" and self.query:
            return self.query(http_event.parameters(event))
        return http_event.json_body(event)

    def _reply(self, request: Any) -> Reply:
        answer = self.process(request)
        if isinstance(answer, Unfinished):
            answer = answer.finish()
        reply = answer if isinstance(answer, Reply) else Reply(answer)
        telemetry.count_failures_once(reply.failures)
        return reply


def _log(error: errors.ServiceError) -> None:
    # The cause of an S3 failure needs its traceback; a missing object has nothing to debug.
    cause = error.__cause__ if isinstance(error, errors.UpstreamError) else None
    logger.warning("%s: %s", type(error).__name__, error.message, exc_info=cause)
