"""The Lambda handler around a function's `process`.

A warm container receives events from every source, so each event alone decides its handling:

- An HTTP event carries the request as JSON in its body, or in its query string. API Gateway's HTTP
  API and REST API, function URLs and load balancers send them. Answers and errors become HTTP
  replies. A function with a table of routes answers each path in its own way.
- A batch carries several requests: SQS messages, tasks of S3 Batch Operations or items of Step
  Functions' Distributed Map. A function with `BatchJobs` accepts it. The reply reports failures in
  the form that each of these services expects.
- Any other event of an AWS service, and a batch without `BatchJobs`, is refused by name.
- Everything else is the request itself: a console test event, boto3, curl to the emulator. The
  answer is the reply. An error is raised, so that Lambda reports a function error.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from shared.invocation.http_request import HttpRequest, read_request
from shared.invocation.log_line import log_line
from shared.invocation.routes import ANY_PATH, Found, Route, find
from shared.invocation.updates import Updates, find_update
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


_QUOTING = (errors.BadRequestError, errors.NoSuchPathError, errors.UriTooLongError)
"""Errors that are not logged, since they quote a stranger's request."""


def lambda_handler(
    process: Process,
    *,
    query: Query | None = None,
    large_folder: str | None = None,
    jobs: BatchJobs | None = None,
    routes: Sequence[Route] = (),
    updates: Updates | None = None,
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
        routes: the table of the function's paths; without one, `process` answers HTTP requests to
            any path.
        updates: the work that events such as `{"update": "station-index"}` ask for, by name; None
            for none.

    Returns:
        The handler, for the image's CMD.
    """
    table = _complete(routes, query)
    function = _Function(process, query, large_folder, jobs, table, updates or {})

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
    routes: Sequence[Route]
    updates: Updates

    def handle_direct(self, request: Any) -> Any:
        """Return the reply to a direct invocation; errors pass through."""
        try:
            with telemetry.job():
                update = find_update(self.updates, request)
                reply = _finished(update()) if update else self._reply(request)
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
        request = read_request(event)
        found = find(self.routes, request)
        if request.method == "OPTIONS":
            return http_reply.preflight(event, found.allowed)
        reply = self._http_reply(event, found, request_id)
        return http_reply.without_body(reply) if request.method == "HEAD" else reply

    def _http_reply(
        self, event: Mapping[str, Any], found: Found, request_id: str
    ) -> dict[str, Any]:
        headers = {}
        if not found.is_allowed:
            method = http_event.method(event)
            telemetry.count_failure(errors.BadRequestError(method))
            info = http_reply.method_not_allowed(method, found.allowed)
            headers = {"Allow": ", ".join(found.allowed)}
        else:
            try:
                with telemetry.job():
                    return self._answer(event, found)
            except errors.ServiceError as error:
                if not isinstance(error, _QUOTING):
                    _log(error)
                info = http_reply.service_error(error)
            except Exception:
                logger.exception("unexpected failure")
                info = http_reply.internal_error(request_id)
        body = found.route.error(found.request, info)
        return http_reply.error_reply(event, info.status, body, headers)

    def _answer(self, event: Mapping[str, Any], found: Found) -> dict[str, Any]:
        route, asked = found.route, found.request
        if route.path not in ("", ANY_PATH):
            telemetry.describe(route=route.path)
        if asked.flaw:
            raise asked.flaw
        request: Any = [route.path, asked.query, asked.body.decode(errors="replace")]
        if route.answer:
            reply = _finished(route.answer(asked))
        else:
            request = self._request(asked)
            reply = self._reply(request)
        with telemetry.step("write"), machine.named_faults():
            if reply.status in (None, 200) and asked.has(reply.etag):
                return http_reply.not_modified(event, reply)
            folder = self.large_folder if asked.method in route.links else None
            return http_reply.write(event, request, reply, folder)

    @telemetry.step("parse")
    def _request(self, asked: HttpRequest) -> Any:
        if asked.method == "GET" and self.query:
            return self.query(http_event.without_repeats(asked.query))
        return http_event.json_value(asked.body)

    def _reply(self, request: Any) -> Reply:
        return _finished(self.process(request))


def _complete(routes: Sequence[Route], query: Query | None) -> tuple[Route, ...]:
    """Return a table whose routes to `process` have its methods; no table leads all paths there."""
    methods = ("GET", "POST") if query else ("POST",)
    table = routes or (Route(ANY_PATH),)
    return tuple(each if each.answer else replace(each, methods=methods) for each in table)


def _finished(answer: Any) -> Reply:
    """Return an answer after its last step."""
    if isinstance(answer, Unfinished):
        answer = answer.finish()
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    telemetry.count_failures_once(reply.failures)
    return reply


def _log(error: errors.ServiceError) -> None:
    # The cause of an S3 failure needs its traceback; a missing object has nothing to debug.
    cause = error.__cause__ if isinstance(error, errors.UpstreamError) else None
    logger.warning("%s: %s", type(error).__name__, error.message, exc_info=cause)
