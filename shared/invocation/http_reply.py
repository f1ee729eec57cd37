"""HTTP replies: status, headers, and a body as text, gzip or base64.

`http_status` has the status of each error. Every reply is made by `_reply`, which adds the headers
that browsers need to pass it on to pages of other sites:
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from shared import errors
from shared.invocation import http_event, large_replies, reply_body, reply_size
from shared.invocation.http_status import http_status, status_of_failures
from shared.invocation.routes import ErrorInfo
from shared.reply import File, Reply

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "*",
}
"""Headers of every reply: pages of any site may read the answers."""

_PREFLIGHT = {
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Max-Age": "86400",
}
_FAR = 4
"""Times the limit from which on a body is not encoded to measure it: copies would take memory."""

_NO_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


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
    status = status_of_failures(reply.failures) if reply.status is None else reply.status
    headers = {**_headers(event, reply), **reply.headers}
    if status in _NO_BODY:
        return _reply(event, status, None, headers)
    body = reply_body.as_file(reply.value)
    compressible = reply_body.is_compressible(body)
    if compressible:
        # Caches must tell replies in gzip from others, so both kinds carry the header.
        headers = _varying(headers)
    limit = http_event.max_reply_bytes(event)
    size, compressed = 0, None
    for compressed in _encodings(event, body):
        data = body.data if compressed is None else compressed
        if len(data) > _FAR * limit:
            size = len(data) * 4 // 3
            continue
        written = _reply(event, status, body, headers, compressed)
        size = reply_size.serialized_size(written)
        if size <= limit:
            return written
    if link := large_replies.link(request, reply, body, compressed, large_folder):
        return _link_reply(event, link, reply.headers)
    gzip_may_fit = compressible and compressed is None
    hint = ", or send the header Accept-Encoding: gzip" if gzip_may_fit else ""
    raise large_replies.too_large(size, limit, reply.extent, hint)


def not_modified(event: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    """Return the reply to a caller that has the answer already (RFC 9110, section 15.4.5)."""
    headers = {
        **_headers(event, reply),
        **({"Vary": own} if (own := reply.headers.get("Vary")) else {}),
    }
    # The one with a body may have been in gzip; its header must be here, too.
    return _reply(event, HTTPStatus.NOT_MODIFIED, None, _varying(headers))


def preflight(event: Mapping[str, Any], allowed: Sequence[str]) -> dict[str, Any]:
    """Return the reply to OPTIONS: the methods of the path, for callers and for browsers."""
    methods = ", ".join(allowed)
    headers = {"Allow": methods, "Access-Control-Allow-Methods": methods, **_PREFLIGHT}
    return _reply(event, HTTPStatus.NO_CONTENT, None, headers)


def method_not_allowed(method: str, allowed: Sequence[str]) -> ErrorInfo:
    """Return the error of a request by a method other than `allowed`."""
    message = f"the method is {method[:80]}: must be {' or '.join(allowed)}"
    return ErrorInfo(HTTPStatus.METHOD_NOT_ALLOWED, errors.BadRequestError(message).as_dict())


def service_error(error: errors.ServiceError) -> ErrorInfo:
    """Return the error of `shared.errors` as a route reports it."""
    return ErrorInfo(http_status(error), error.as_dict())


def internal_error(request_id: str) -> ErrorInfo:
    """Return the error of an unexpected failure; its details are in the log alone."""
    error = {
        "type": "InternalError",
        "message": "this is our fault; the log has the details, under the request_id",
        "request_id": request_id,
    }
    return ErrorInfo(HTTPStatus.INTERNAL_SERVER_ERROR, error)


def error_reply(
    event: Mapping[str, Any], status: int, body: File, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the reply that reports an error."""
    return _reply(event, status, body, headers or {})


def without_body(reply: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reply to HEAD: that of GET without its body."""
    return {**reply, "body": "", "isBase64Encoded": False}


def _headers(event: Mapping[str, Any], reply: Reply) -> dict[str, str]:
    """Return the headers of a reply's own members.

    A shared cache may give a public answer to anyone, even if its caller had to sign the request
    (RFC 9111, section 3.5). Such callers get private ones.
    """
    cache = reply.cache
    context = http_event.members(event, "requestContext")
    if context.get("authorizer") or "authorization" in http_event.headers(event):
        cache = re.sub(r"\bpublic\b", "private", cache)
    headers = {"ETag": reply.etag, "Cache-Control": cache}
    if reply.file_name:
        name = re.sub(r"[^A-Za-z0-9._-]", "_", reply.file_name)
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return {name: value for name, value in headers.items() if value}


def _varying(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers that tell caches that the body depends on the encodings that are accepted."""
    return {**headers, "Vary": ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))}


def _encodings(event: Mapping[str, Any], body: File) -> Iterator[bytes | None]:
    """Yield the body's encodings to try, best first: bytes are gzip, None is no compression."""
    use_gzip = reply_body.is_compressible(body) and http_event.accepts_gzip(event)
    if not (use_gzip and http_event.decodes_base64(event)):
        yield None
    if use_gzip:
        yield reply_body.compress(body)


def _reply(
    event: Mapping[str, Any],
    status: int,
    body: File | None,
    headers: Mapping[str, str],
    compressed: bytes | None = None,
) -> dict[str, Any]:
    """Return a reply in the form of Lambda's proxy integration.

    Args:
        event: the event, whose form decides that of the headers.
        status: the HTTP status.
        body: the body; None for none.
        headers: further headers.
        compressed: the body in gzip, sent in its place; None for no compression.
    """
    text: str | None = ""
    data, kind = b"", {}
    if body is not None:
        data = body.data if compressed is None else compressed
        text = reply_body.as_text(body) if compressed is None else None
        kind = {"Content-Type": body.media_type}
    if compressed is not None:
        kind["Content-Encoding"] = "gzip"
        if etag := headers.get("ETag"):
            # Each encoding would need a strong tag of its own (RFC 9110, section 8.8.3).
            headers = {**headers, "ETag": f"W/{etag.removeprefix('W/')}"}
    all_headers = {name: _line(value) for name, value in {**kind, **headers, **CORS}.items()}
    named: Mapping[str, Any] = {"headers": all_headers}
    if http_event.has_header_lists(event):
        named = {"multiValueHeaders": {name: [value] for name, value in all_headers.items()}}
    return {
        "statusCode": int(status),
        **named,
        "body": base64.b64encode(data).decode() if text is None else text,
        "isBase64Encoded": text is None,
    }


def _line(value: str) -> str:
    """Return a header's value in one line."""
    return re.sub(r"[\r\n\0]+", " ", value)


def _link_reply(
    event: Mapping[str, Any], link: Mapping[str, Any], headers: Mapping[str, str]
) -> dict[str, Any]:
    """Return the reply with a link: GET is redirected, POST gets the link as JSON.

    A redirect would drop the link's errors, which a POST client reads. It is 303, since Python's
    current HTTP clients, ObsPy's included, do not all follow 308.
    """
    headers = {**headers, "Cache-Control": "no-store"}  # the link expires soon
    status = HTTPStatus.OK
    if http_event.method(event) in ("GET", "HEAD"):
        status = HTTPStatus.SEE_OTHER
        headers["Location"] = link["url"]
    return _reply(event, status, reply_body.as_file(link), headers)
