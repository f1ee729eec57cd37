"""HTTP replies: status, headers, and a body as text, gzip or base64.

`http_status` has the status of each error.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from shared import errors
from shared.invocation import http_event, large_replies, reply_body, reply_size
from shared.invocation.http_status import http_status, status_of_failures
from shared.reply import File, Reply


def write(
    event: Mapping[str, Any], request: Any, reply: Reply, large_folder: str | None
) -> dict[str, Any]:
    """Return the reply to an HTTP event, in gzip if the caller accepts it.

    Args:
        event: the HTTP event.
        request: the request, which names the object of a large reply.
        reply: the answer to it.
        large_folder: folder of the output bucket for large replies; None for none.

    Raises:
        TooLargeError: the reply exceeds Lambda's limit and there is no place to store it.
        S3Error: S3 could not store it.
        TypeError: the answer contains an object that is not JSON.
    """
    status = status_of_failures(reply.failures)
    body = reply_body.as_file(reply.value)
    compressible = reply_body.is_compressible(body)
    # Caches must tell replies in gzip from others, so both kinds carry the header.
    headers = {"Vary": "Accept-Encoding"} if compressible else {}
    limit = http_event.max_reply_bytes(event)
    size, compressed = 0, None
    for compressed in _encodings(event, body):
        written = _reply(status, body, {**headers, **reply.headers}, compressed)
        size = reply_size.serialized_size(written)
        if size <= limit:
            return written
    if link := large_replies.link(request, reply, body, compressed, large_folder):
        return _link_reply(http_event.method(event), link, reply.headers)
    gzip_may_fit = compressible and compressed is None
    hint = ", or send the header Accept-Encoding: gzip" if gzip_may_fit else ""
    raise large_replies.too_large(size, limit, reply.extent, hint)


def method_not_allowed(method: str, allowed: Sequence[str]) -> dict[str, Any]:
    """Return the reply to a request by a method other than `allowed`."""
    message = f"the method is {method}: must be {' or '.join(allowed)}"
    error = errors.BadRequestError(message).as_dict()
    return _error_reply(HTTPStatus.METHOD_NOT_ALLOWED, error, {"Allow": ", ".join(allowed)})


def service_error(error: errors.ServiceError) -> dict[str, Any]:
    """Return the reply that reports an error of `shared.errors`."""
    return _error_reply(http_status(error), error.as_dict())


def internal_error(request_id: str) -> dict[str, Any]:
    """Return the reply to an unexpected failure; its details are in the log alone."""
    error = {
        "type": "InternalError",
        "message": "this is our fault; the log has the details, under the request_id",
        "request_id": request_id,
    }
    return _error_reply(HTTPStatus.INTERNAL_SERVER_ERROR, error)


def _error_reply(
    status: HTTPStatus, error: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return _reply(status, reply_body.as_file({"error": error}), headers or {})


def _encodings(event: Mapping[str, Any], body: File) -> Iterator[bytes | None]:
    """Yield the body's encodings to try, best first: bytes are gzip, None is no compression."""
    use_gzip = reply_body.is_compressible(body) and http_event.accepts_gzip(event)
    if not (use_gzip and http_event.decodes_base64(event)):
        yield None
    if use_gzip:
        yield reply_body.compress(body)


def _reply(
    status: HTTPStatus, body: File, headers: Mapping[str, str], compressed: bytes | None = None
) -> dict[str, Any]:
    """Return a reply in the form of Lambda's proxy integration.

    Args:
        status: the HTTP status.
        body: the body.
        headers: further headers.
        compressed: the body in gzip, sent in its place; None for no compression.
    """
    data = body.data if compressed is None else compressed
    as_base64 = compressed is not None or body.media_type != reply_body.JSON_TYPE
    encoding = {} if compressed is None else {"Content-Encoding": "gzip"}
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": body.media_type, **encoding, **headers},
        "body": base64.b64encode(data).decode() if as_base64 else data.decode(),
        "isBase64Encoded": as_base64,
    }


def _link_reply(method: str, link: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the reply with a link: GET is redirected, POST gets the link as JSON.

    A redirect would drop the link's errors, which a POST client reads. It is 303, since Python's
    current HTTP clients, ObsPy's included, do not all follow 308.
    """
    headers = {**headers, "Cache-Control": "no-store"}  # the link expires soon
    status = HTTPStatus.OK
    if method == "GET":
        status = HTTPStatus.SEE_OTHER
        headers["Location"] = link["url"]
    return _reply(status, reply_body.as_file(link), headers)
