"""Reads HTTP events: API Gateway's HTTP API and REST API, function URLs, load balancers.

Their shapes: version 2.0 (HTTP API, function URL) has the query as it was sent; version 1.0 (REST
API, HTTP API if told so) and load balancers have it parsed. REST APIs say no version.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from shared import strict_json
from shared.errors import BadRequestError

MAX_REPLY_BYTES = 6 * 1024**2
"""Longest reply of a synchronous invocation, as JSON, in bytes.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (6 MB; Lambda's own check
allows 100 bytes more).
"""

MAX_LOAD_BALANCER_BYTES = 10**6
"""Longest reply to a load balancer, as JSON, in bytes.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (1 MB)
"""

_MEMBERS = ("requestContext", "routeKey", "httpMethod")


def is_http(event: Any) -> bool:
    """Whether an event came over HTTP; any other is a request as such."""
    return isinstance(event, Mapping) and any(member in event for member in _MEMBERS)


def method(event: Mapping[str, Any]) -> str:
    """The request's method, in upper case; "POST" where the event does not say."""
    context = _members(event, "requestContext")
    told = _members(context, "http").get("method") or event.get("httpMethod") or "POST"
    return str(told).upper()


def max_reply_bytes(event: Mapping[str, Any]) -> int:
    """The longest reply that reaches the caller, as JSON, in bytes."""
    return MAX_LOAD_BALANCER_BYTES if _is_load_balancer(event) else MAX_REPLY_BYTES


def accepts_gzip(event: Mapping[str, Any]) -> bool:
    """Whether the caller takes a body in gzip (RFC 9110, section 12.5.3)."""
    weights = {}
    for item in _header(event, "accept-encoding").split(","):
        coding, *parameters = (part.strip().lower() for part in item.split(";"))
        weights[coding] = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def unpacks_base64(event: Mapping[str, Any]) -> bool:
    """Whether what invoked us surely hands on the bytes of a body that is sent as base64.

    A REST API does so for the media types in its `binaryMediaTypes` alone, of which the event says
    nothing.
    """
    return "httpMethod" not in event or "version" in event or _is_load_balancer(event)


def parameters(event: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of the URL's query.

    Raises:
        BadRequestError: one is there more than once.
    """
    found: dict[str, str] = {}
    for name, value in _query(event):
        if name in found:
            name = name[:80]
            raise BadRequestError(
                f"the query has {name!r} more than once: must be there once", field=name
            )
        found[name] = value
    return found


def json_body(event: Mapping[str, Any]) -> Any:
    """The value of the JSON in the request's body.

    Raises:
        BadRequestError: there is no body, or it is not JSON.
    """
    body = event.get("body")
    if not body or not isinstance(body, str):
        raise BadRequestError("the request has no body: must be a JSON object, sent by POST")
    try:
        # Whether it is base64, the event says, and the content type does not.
        text = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body
        return strict_json.loads(text)
    except (binascii.Error, ValueError) as error:
        raise BadRequestError(f"the body is not JSON: {error}") from error


def _query(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    if event.get("version") == "2.0":
        return parse_qsl(str(event.get("rawQueryString") or ""), keep_blank_values=True)
    multiple = _members(event, "multiValueQueryStringParameters")
    single = _members(event, "queryStringParameters")
    pairs = [(name, value) for name, values in multiple.items() for value in values or ()]
    pairs = [(str(name), str(value)) for name, value in pairs or single.items()]
    if _is_load_balancer(event):  # it alone leaves them as they were in the URL
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
    return pairs


def _header(event: Mapping[str, Any], name: str) -> str:
    """The values of a header, joined as HTTP has it; "" if there are none."""
    multiple = _members(event, "multiValueHeaders")
    lists = [listed or () for key, listed in multiple.items() if key.lower() == name]
    values = [value for listed in lists for value in listed]
    single = _members(event, "headers")
    values = values or [value for key, value in single.items() if key.lower() == name]
    return ",".join(map(str, values))


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _members(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that is an object; empty where it is absent or null."""
    members = value.get(name)
    return members if isinstance(members, Mapping) else {}


def _is_load_balancer(event: Mapping[str, Any]) -> bool:
    return "elb" in _members(event, "requestContext")
