"""What invoked a function, and what it gets back: the wrapper around a function's `process`.

The shape of the event decides, and nothing else: a warm container gets events of all callers.

- An HTTP event (API Gateway's HTTP API and REST API, a function URL) carries the request as JSON in
  its body, or in the query of its URL. The answer, and every error, is an HTTP reply.
- A batch of SQS messages, a task of S3 Batch Operations and a batch of items of Step Functions'
  Distributed Map carry several requests, if the function takes jobs. The reply is what each of the
  three expects, with what failed.
- The events of other services, and jobs where a function takes none, are refused by name.
- Any other event is the request itself (console test event, boto3, curl to the emulator). The
  answer is returned, and an error raised, so that Lambda reports a FunctionError.
"""

import base64
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from shared import errors, settings, strict_json
from shared.aws.deadline import TimeLeft
from shared.invocation import (
    distributed_map,
    event_source,
    http_event,
    http_reply,
    large_replies,
    s3_batch,
    sqs_batch,
)
from shared.invocation.batch import BatchJobs, Worker
from shared.reply import File, Reply

__all__ = ["Handler", "Process", "Query", "Reply", "lambda_handler"]

logger = logging.getLogger(__name__)

Process = Callable[[Any], Any]
Query = Callable[[Mapping[str, str]], Any]
Handler = Callable[[Any, Any], Any]

_BATCHES: dict[str, Callable[[Any, Worker], Any]] = {
    event_source.SQS: sqs_batch.do_batch,
    event_source.S3_BATCH: s3_batch.do_tasks,
    event_source.MAP_ITEMS: distributed_map.do_items,
}


def lambda_handler(
    process: Process,
    *,
    query: Query | None = None,
    large_folder: str | None = None,
    jobs: BatchJobs | None = None,
) -> Handler:
    """Make a Lambda handler out of a function that takes a request and returns the answer.

    Args:
        process: takes the request, any JSON value, and returns its answer: dicts, lists, text,
            numbers, None and NumPy arrays, a `File`, or a `Reply` around these. To refuse, it
            raises one of `shared.errors`.
        query: turns the parameters of a URL's query into the request, for GET; None refuses GET.
        large_folder: where in the output bucket, if there is one, answers go that are too large
            for a reply, which then has a link to them; None refuses them.
        jobs: of a function whose requests may come in batches, as its answers need not be read;
            None refuses batches.

    Returns:
        The handler, to be named in the image's CMD.
    """
    function = _Function(process, query, large_folder, jobs)

    def handler(event: Any, context: Any) -> Any:
        shape = event_source.shape(event)
        if shape == event_source.HTTP:
            return function.answer_http(event, str(getattr(context, "aws_request_id", "")))
        if shape == event_source.REQUEST:
            return function.answer(event)
        return function.do_batch(shape, event, TimeLeft(context))

    return handler


@dataclass(frozen=True)
class _Function:
    """A `process`, and how it may be asked."""

    process: Process
    query: Query | None
    large_folder: str | None
    jobs: BatchJobs | None

    def do_batch(self, shape: str, event: Any, time_left: TimeLeft) -> Any:
        """The reply to a batch of jobs; an error where the function takes none of this shape."""
        if self.jobs is None or shape not in _BATCHES:
            raise errors.BadRequestError(
                f"this is {shape}, which this function does not take: send the request itself"
            )
        return _BATCHES[shape](event, Worker(self.process, self.jobs, time_left))

    def answer(self, request: Any) -> Any:
        """The answer to a direct invocation."""
        reply = _reply(self.process(request))
        limit = http_event.MAX_REPLY_BYTES
        content = http_reply.as_content(reply.value)
        if isinstance(reply.value, File):
            around = {"content_type": content.media_type, "content_base64": "", "errors": []}
            around["errors"] = strict_json.plain(list(reply.errors))
            size = len(json.dumps(around)) + 4 * -(-len(content.data) // 3)
            if size <= limit:
                return {**around, "content_base64": base64.b64encode(content.data).decode()}
        else:
            size = strict_json.runtime_size(content.data, limit)
            if size <= limit:
                return strict_json.loads(content.data)
        if link := self._link(reply, content, None, request):
            return link
        raise large_replies.too_large(size, limit, reply.extent)

    def answer_http(self, event: Mapping[str, Any], request_id: str) -> dict[str, Any]:
        """The reply to an HTTP event, whatever happens."""
        allowed = ("GET", "POST") if self.query else ("POST",)
        method = http_event.method(event)
        if method not in allowed:
            error = errors.BadRequestError(
                f"the method is {method}: must be {' or '.join(allowed)}"
            )
            headers = {"Allow": ", ".join(allowed)}
            return http_reply.failed(HTTPStatus.METHOD_NOT_ALLOWED, error.as_dict(), headers)
        try:
            if method == "GET" and self.query:
                request = self.query(http_event.parameters(event))
            else:
                request = http_event.json_body(event)
            return self._http_reply(event, request, _reply(self.process(request)))
        except errors.ServiceError as error:
            # Why S3 failed is worth a traceback; that an object is not there is not.
            cause = error.__cause__ if isinstance(error, errors.UpstreamError) else None
            logger.warning("%s: %s", type(error).__name__, error.message, exc_info=cause)
            return http_reply.failed(http_reply.http_status(error), error.as_dict())
        except Exception:
            logger.exception("unexpected failure")
            fault = {
                "type": "InternalError",
                "message": "this is our fault; the log has the details, under the request_id",
                "request_id": request_id,
            }
            return http_reply.failed(HTTPStatus.INTERNAL_SERVER_ERROR, fault)

    def _http_reply(self, event: Mapping[str, Any], request: Any, reply: Reply) -> dict[str, Any]:
        # Of several failures the one that is worth another try is told: 502 before 404.
        status = max(map(http_reply.http_status, reply.failures), default=HTTPStatus.OK)
        limit = http_event.max_reply_bytes(event)
        content = http_reply.as_content(reply.value)
        headers = {**http_reply.negotiated(content), **reply.headers}
        size, packed = 0, None
        for packed in _packings(event, content):
            written = http_reply.reply(status, content, headers, packed)
            size = http_reply.size(written)
            if size <= limit:
                return written
        if link := self._link(reply, content, packed, request):
            return _http_link(http_event.method(event), link, reply.headers)
        unpacked = packed is None and http_reply.shrinks(content)
        hint = ", or send the header Accept-Encoding: gzip" if unpacked else ""
        raise large_replies.too_large(size, limit, reply.extent, hint)

    def _link(
        self, reply: Reply, content: File, packed: bytes | None, request: Any
    ) -> dict[str, Any] | None:
        """Where an answer was put that is too large for a reply; None if there is no place.

        One that is nothing but failures is told with their status, or not at all.
        """
        bucket = settings.output_bucket_if_set() if self.large_folder else None
        if not bucket or not self.large_folder or reply.failures:
            return None
        link = large_replies.store(content, packed, request, bucket, self.large_folder)
        return {**link, "errors": strict_json.plain(list(reply.errors))} if reply.errors else link


def _reply(answer: Any) -> Reply:
    return answer if isinstance(answer, Reply) else Reply(answer)


def _packings(event: Mapping[str, Any], content: File) -> Iterator[bytes | None]:
    """The ways to send a body, best first: None is as it is, bytes are in gzip."""
    worth = http_reply.shrinks(content) and http_event.accepts_gzip(event)
    if not (worth and http_event.unpacks_base64(event)):
        yield None
    if worth:
        yield http_reply.compress(content)


def _http_link(method: str, link: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The reply with a link: GET is led there, and POST told, as a redirect would lose its errors.

    Not 308, which Python's clients of today, ObsPy's among them, do not all follow.
    """
    headers = {**headers, "Cache-Control": "no-store"}  # the link ends soon
    if method == "GET":
        status, headers = HTTPStatus.SEE_OTHER, {**headers, "Location": link["url"]}
    else:
        status = HTTPStatus.OK
    return http_reply.reply(status, http_reply.as_content(link), headers)
