"""HTTP requests as events of an HTTP API, and functions' replies as HTTP responses.

Payload format 2.0:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import json
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

_ACCOUNT = "123456789012"
_API = "local"
_STAGE = "$default"
_TEXT = re.compile(r"text/.*|application/(.*\+)?(json|xml)|application/javascript")
_OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "upgrade", "cookie"}
_JSON = "application/json"


def http_event(request: Request, body: bytes, route: str) -> dict[str, Any]:
    """Return the event of a request.

    Args:
        request: the request.
        body: its body, in base64 within the event unless its media type is that of a text.
        route: the key of the API's route, such as "POST /response" or "$default".
    """
    headers = _headers(request)
    text = _text(body, headers)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": _raw_path(request),
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": headers,
        "requestContext": _context(request, route),
        "isBase64Encoded": bool(body) and text is None,
    }
    if cookies := request.headers.get("Cookie"):
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if request.args:
        parameters = request.args.to_dict(flat=False)
        event["queryStringParameters"] = {name: ",".join(v) for name, v in parameters.items()}
    if body:
        event["body"] = base64.b64encode(body).decode() if text is None else text
    return event


def _raw_path(request: Request) -> str:
    """Return the path with all of its slashes; werkzeug leaves out some at the start."""
    path: str = request.environ["PATH_INFO"]
    return path.encode("latin-1").decode(errors="replace")


def _headers(request: Request) -> dict[str, str]:
    """Return the headers in lower case; those on several lines are joined by commas."""
    headers = {
        name.lower(): value
        for name, value in request.headers.items()
        if name.lower() not in _OF_A_CONNECTION
    }
    headers |= {
        "x-forwarded-for": request.remote_addr or "",
        "x-forwarded-port": request.environ["SERVER_PORT"],
        "x-forwarded-proto": "http",
    }
    return dict(sorted(headers.items()))


def _context(request: Request, route: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": _ACCOUNT,
        "apiId": _API,
        "domainName": request.host.partition(":")[0],
        "domainPrefix": _API,
        "http": {
            "method": request.method,
            "path": _raw_path(request),
            "protocol": request.environ["SERVER_PROTOCOL"],
            "sourceIp": request.remote_addr,
            "userAgent": request.headers.get("User-Agent", ""),
        },
        "requestId": uuid.uuid4().hex[:15],
        "routeKey": route,
        "stage": _STAGE,
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(1000 * now),
    }


def _text(body: bytes, headers: Mapping[str, str]) -> str | None:
    """Return a body as text; None if it is sent in base64."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if "content-encoding" in headers or not _TEXT.fullmatch(kind):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def http_response(reply: bytes, method: str) -> Response:
    """Return the response of a function's reply.

    A reply without `statusCode` is the body itself, as JSON. An exception, and a reply that is no
    valid response, is the status 500.

    Args:
        reply: as JSON, from the emulator.
        method: that of the request.
    """
    try:
        value = json.loads(reply)
        if not isinstance(value, dict) or not {"statusCode", "errorType"} & value.keys():
            return Response(reply, content_type=_JSON)
        return _response(value, method)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return message(500, "Internal Server Error")


def _response(reply: Mapping[str, Any], method: str) -> Response:
    body = reply.get("body") or ""
    content = base64.b64decode(body, validate=True) if reply.get("isBase64Encoded") else body
    response = Response(content, status=int(reply["statusCode"]))
    response.automatically_set_content_length = method != "HEAD"  # else that of no body
    response.headers.clear()  # werkzeug's own, which a 204 must not have
    for name, value in (reply.get("headers") or {}).items():
        response.headers.add(name, str(value))
    for cookie in reply.get("cookies") or ():
        response.headers.add("Set-Cookie", cookie)
    return response


def message(status: int, text: str) -> Response:
    """Return a response of the HTTP API itself."""
    return Response(json.dumps({"message": text}), status=status, content_type=_JSON)
