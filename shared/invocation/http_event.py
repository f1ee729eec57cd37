"""HTTP events: of API Gateway's HTTP API and REST API, function URLs and load balancers.

Version 2.0 (HTTP API, function URL) carries the raw query string. Version 1.0 (REST API, HTTP API
on request) and load balancers carry it parsed. Events of REST APIs have no version field.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from shared import strict_json
from shared.errors import BadRequestError
from shared.invocation import reply_size

MAX_QUERY_CHARACTERS = 16_384
"""Longest query string: API Gateway passes on 10,240 bytes, a load balancer 16 KB. A function URL
has no such limit, and decoding megabytes takes seconds."""

_MEMBERS = ("requestContext", "routeKey", "httpMethod")


def is_http(event: Any) -> bool:
    """Return whether an event came over HTTP."""
    return isinstance(event, Mapping) and any(member in event for member in _MEMBERS)


def method(event: Mapping[str, Any]) -> str:
    """Return the request's method in upper case; "POST" if the event names none.

    No service sends one that is not text: that is refused as any other unknown one.
    """
    context = _members(event, "requestContext")
    name = _members(context, "http").get("method") or event.get("httpMethod") or "POST"
    return name.upper() if isinstance(name, str) else "of another type than text"


def max_reply_bytes(event: Mapping[str, Any]) -> int:
    """Return the size of the largest reply that reaches the caller, as JSON, in bytes."""
    if _is_load_balancer(event):
        return reply_size.MAX_LOAD_BALANCER_BYTES
    return reply_size.MAX_REPLY_BYTES


def accepts_gzip(event: Mapping[str, Any]) -> bool:
    """Return whether the caller accepts a body in gzip (RFC 9110, section 12.5.3)."""
    weights = {}
    for item in _header(event, "accept-encoding").split(","):
        coding, *parameters = (part.strip().lower() for part in item.split(";"))
        weights[coding] = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def decodes_base64(event: Mapping[str, Any]) -> bool:
    """Return whether the event's source certainly decodes a body that is sent as base64.

    A REST API decodes only the media types in its `binaryMediaTypes`, and the event does not list
    them.
    """
    return "httpMethod" not in event or "version" in event or _is_load_balancer(event)


def parameters(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of the URL's query string, by name.

    Raises:
        BadRequestError: a parameter is repeated, or the query string is too long.
    """
    values: dict[str, str] = {}
    for name, value in _query(event):
        if name in values:
            name = name[:80]
            raise BadRequestError(
                f"the query has {name!r} more than once: give it once", field=name
            )
        values[name] = value
    return values


def json_body(event: Mapping[str, Any]) -> Any:
    """Return the value of the request's JSON body.

    Raises:
        BadRequestError: the body is missing, or is not JSON.
    """
    body = event.get("body")
    if not body or not isinstance(body, str):
        raise BadRequestError("the request has no body: must be a JSON object, sent by POST")
    text: bytes | str = body
    try:
        # The event alone says whether the body is base64; the content type is the caller's.
        if event.get("isBase64Encoded"):
            text = base64.b64decode(body, validate=True)
        return strict_json.loads(text)
    except (binascii.Error, ValueError) as error:
        hint = _other_kind(text)
        raise BadRequestError(f"the body is not JSON: {hint or error}") from error


def _other_kind(text: bytes | str) -> str:
    """Return the remedy for a body that is a form or compressed; "" if it is neither."""
    start = text[:100] if isinstance(text, bytes) else text[:100].encode(errors="replace")
    if start.startswith(b"\x1f\x8b"):
        return "it is compressed by gzip: send it as it is"
    if re.match(rb"[A-Za-z_]+=", start):
        return 'it is a form: send {"name": "value", ...}, or a GET with the form as its query'
    return ""


def _query(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    if event.get("version") == "2.0":
        text = str(event.get("rawQueryString") or "")
        if len(text) > MAX_QUERY_CHARACTERS:
            raise BadRequestError(
                f"the query has {len(text):,} characters: must have at most"
                f" {MAX_QUERY_CHARACTERS:,}; send a body by POST"
            )
        return parse_qsl(text, keep_blank_values=True)
    multiple = _members(event, "multiValueQueryStringParameters")
    single = _members(event, "queryStringParameters")
    pairs = [(name, value) for name, values in multiple.items() for value in values or ()]
    pairs = [(str(name), str(value)) for name, value in pairs or single.items()]
    if _is_load_balancer(event):  # it alone does not decode them
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
    return pairs


def _header(event: Mapping[str, Any], name: str) -> str:
    """Return a header's values, joined by commas (RFC 9110, section 5.2); "" if it is absent."""
    multiple = _members(event, "multiValueHeaders")
    lists = [entries or () for key, entries in multiple.items() if key.lower() == name]
    values = [value for entries in lists for value in entries]
    single = _members(event, "headers")
    values = values or [value for key, value in single.items() if key.lower() == name]
    return ",".join(map(str, values))


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _members(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a member that is an object; an empty one if it is absent or null."""
    members = value.get(name)
    return members if isinstance(members, Mapping) else {}


def _is_load_balancer(event: Mapping[str, Any]) -> bool:
    return "elb" in _members(event, "requestContext")
