"""What invoked a function, and what it gets back: the wrapper around a function's `process`.

The shape of the event decides, and nothing else: a warm container gets events of all callers.

- An HTTP event (API Gateway's HTTP API and REST API, a function URL) carries the request as JSON in
  its body. The answer, and every error, is an HTTP reply with a JSON body.
- Any other event is the request itself (console test event, boto3, curl to the emulator). The
  answer is returned, and an error raised, so that Lambda reports a FunctionError.
"""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from shared import errors, json_values

logger = logging.getLogger(__name__)

Process = Callable[[Any], Any]
Handler = Callable[[Any, Any], Any]

HTTP_STATUS: dict[type[errors.ServiceError], HTTPStatus] = {
    errors.BadRequestError: HTTPStatus.BAD_REQUEST,
    errors.NoDataError: HTTPStatus.NOT_FOUND,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UpstreamError: HTTPStatus.BAD_GATEWAY,
    errors.ServiceError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The one table from error to HTTP status; an error without a row has its parent's."""

MAX_REPLY_BYTES = 6 * 1024**2
"""Longest reply of a synchronous invocation, as JSON, in bytes.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (6 MB; Lambda's own check
allows 100 bytes more).
"""

_HTTP_MEMBERS = ("requestContext", "routeKey", "httpMethod")
_ENVELOPE_BYTES = 512  # status, headers and their JSON around an HTTP reply's body, rounded up


@dataclass(frozen=True)
class Reply:
    """What a `process` returns that does not always succeed as a whole.

    Attributes:
        value: what would have been returned without it.
        failures: the errors of its parts, if every part failed; they decide the HTTP status.
    """

    value: Any
    failures: tuple[errors.ServiceError, ...] = ()


def lambda_handler(process: Process) -> Handler:
    """Make a Lambda handler out of a function that takes a request and returns the answer.

    Args:
        process: takes the request, any JSON value, and returns its answer: dicts, lists, text,
            numbers, None and NumPy arrays, or a `Reply` around these. To refuse, it raises one of
            `shared.errors`.

    Returns:
        The handler, to be named in the image's CMD.
    """

    def handler(event: Any, context: Any) -> Any:
        if _is_http(event):
            return _answer_http(process, event, str(getattr(context, "aws_request_id", "")))
        reply = _reply(process(event))
        answer = json_values.plain(reply.value)
        _check_size(answer)
        return answer

    return handler


def http_status(error: errors.ServiceError) -> HTTPStatus:
    """The status of an error: that of its class, or of the nearest parent in the table."""
    return next(HTTP_STATUS[cls] for cls in type(error).__mro__ if cls in HTTP_STATUS)


def _is_http(event: Any) -> bool:
    return isinstance(event, Mapping) and any(member in event for member in _HTTP_MEMBERS)


def _answer_http(process: Process, event: Mapping[str, Any], request_id: str) -> dict[str, Any]:
    try:
        reply = _reply(process(_body(event)))
        body = json_values.dumps(reply.value).decode()
        _check_size(body, _ENVELOPE_BYTES)
        # Of several failures the one that is worth another try is told: 502 before 404.
        status = max(map(http_status, reply.failures), default=HTTPStatus.OK)
        return _http_reply(status, body)
    except errors.ServiceError as error:
        # Why S3 failed is worth a traceback; that an object is not there is not.
        cause = error.__cause__ if isinstance(error, errors.UpstreamError) else None
        logger.warning("%s: %s", type(error).__name__, error.message, exc_info=cause)
        return _http_error(http_status(error), error.as_dict())
    except Exception:
        logger.exception("unexpected failure")
        fault = {
            "type": "InternalError",
            "message": "this is our fault; the log has the details, under the request_id",
            "request_id": request_id,
        }
        return _http_error(HTTPStatus.INTERNAL_SERVER_ERROR, fault)


def _reply(answer: Any) -> Reply:
    return answer if isinstance(answer, Reply) else Reply(answer)


def _body(event: Mapping[str, Any]) -> Any:
    """The request in an HTTP event's body."""
    body = event.get("body")
    if not body or not isinstance(body, str):
        raise errors.BadRequestError("the request has no body: must be a JSON object, sent by POST")
    try:
        # Whether it is base64, the event says, and the content type does not.
        text = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body
        return json_values.loads(text)
    except (binascii.Error, ValueError) as error:
        raise errors.BadRequestError(f"the body is not JSON: {error}") from error


def _check_size(answer: Any, around: int = 0) -> None:
    # As the runtime writes it: a space after commas and colons, quotes escaped, and what is not
    # ASCII as six bytes and more. From Python 3.12 on it leaves that alone, and is shorter.
    size = len(json.dumps(answer)) + around
    if size > MAX_REPLY_BYTES:
        raise errors.TooLargeError(
            f"the reply has {size:,} bytes, and a Lambda reply at most {MAX_REPLY_BYTES:,}: ask for"
            " less at a time",
            size=size,
            limit=MAX_REPLY_BYTES,
        )


def _http_error(status: HTTPStatus, error: dict[str, Any]) -> dict[str, Any]:
    return _http_reply(status, json_values.dumps({"error": error}).decode())


def _http_reply(status: HTTPStatus, body: str) -> dict[str, Any]:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json"},
        "body": body,
        "isBase64Encoded": False,
    }
