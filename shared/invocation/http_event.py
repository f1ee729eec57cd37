"""HTTP events: of API Gateway's HTTP API and REST API, function URLs and load balancers.

Version 2.0 (HTTP API, function URL) carries the raw query string. Version 1.0 (REST API, HTTP API
on request) and load balancers carry it parsed. Events of REST APIs have no version field.
"""

import base64
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from shared import strict_json
from shared.errors import BadRequestError, UriTooLongError
from shared.invocation import reply_size

MAX_QUERY_CHARACTERS = 16_384
"""Longest query string: API Gateway passes on 10,240 bytes, a load balancer 16 KB. A function URL
has no such limit, and decoding megabytes takes seconds."""

MAX_BODY_BYTES = 10 * 1024**2
"""The largest body once it is decompressed: that of API Gateway. Lambda's own limit is less."""

_GZIP = 16 + zlib.MAX_WBITS

_MEMBERS = ("requestContext", "routeKey", "httpMethod")


def is_http(event: Any) -> bool:
    """Return whether an event came over HTTP."""
    return isinstance(event, Mapping) and any(member in event for member in _MEMBERS)


def method(event: Mapping[str, Any]) -> str:
    """Return the request's method in upper case; "POST" if the event names none.

    No service sends one that is not text: that is refused as any other unknown one.
    """
    context = members(event, "requestContext")
    name = members(context, "http").get("method") or event.get("httpMethod") or "POST"
    return name.upper() if isinstance(name, str) else "of another type than text"


def max_reply_bytes(event: Mapping[str, Any]) -> int:
    """Return the size of the largest reply that reaches the caller, as JSON, in bytes."""
    if is_load_balancer(event):
        return reply_size.MAX_LOAD_BALANCER_BYTES
    return reply_size.MAX_REPLY_BYTES


def accepts_gzip(event: Mapping[str, Any]) -> bool:
    """Return whether the caller accepts a body in gzip (RFC 9110, section 12.5.3)."""
    weights = {}
    for item in headers(event).get("accept-encoding", "").split(","):
        coding, *parameters = (part.strip().lower() for part in item.split(";"))
        weights[coding] = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def decodes_base64(event: Mapping[str, Any]) -> bool:
    """Return whether the event's source certainly decodes a body that is sent as base64.

    A REST API decodes only the media types in its `binaryMediaTypes`, and the event does not list
    them.
    """
    return "httpMethod" not in event or "version" in event or is_load_balancer(event)


def has_header_lists(event: Mapping[str, Any]) -> bool:
    """Return whether a load balancer takes each header of a reply as a list alone.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    """
    return is_load_balancer(event) and "multiValueHeaders" in event


def without_repeats(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the parameters of a query by name.

    Raises:
        BadRequestError: a parameter is repeated.
    """
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            name = name[:80]
            raise BadRequestError(
                f"the query has {name!r} more than once: give it once", field=name
            )
        values[name] = value
    return values


def body(event: Mapping[str, Any]) -> bytes:
    """Return the bytes of the request's body, without a compression by gzip; b"" if it has none.

    Raises:
        BadRequestError: the event says that the body is base64, and it is not; or the body is in
            another encoding than gzip, or damaged, or too large once decompressed.
    """
    data = _bytes(event)
    encoding = headers(event).get("content-encoding", "").strip().lower()
    if not data or encoding in ("", "identity"):
        return data
    if encoding not in ("gzip", "x-gzip"):
        raise BadRequestError(f"Content-Encoding is {encoding[:80]!r}: must be 'gzip' or none")
    return _decompressed(data)


def _bytes(event: Mapping[str, Any]) -> bytes:
    text = event.get("body")
    if not text or not isinstance(text, str):
        return b""
    # The event alone says whether the body is base64; the content type is the caller's.
    if not event.get("isBase64Encoded"):
        return text.encode(errors="surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error, or a character beyond ASCII
        raise BadRequestError(f"the body is not base64, as the event says: {error}") from error


def _decompressed(data: bytes) -> bytes:
    """Return a body without its compression by gzip, in bounded memory."""
    decoder = zlib.decompressobj(wbits=_GZIP)
    try:
        content = decoder.decompress(data, MAX_BODY_BYTES)
    except zlib.error as error:
        raise BadRequestError(f"the body is not gzip, as Content-Encoding says: {error}") from error
    if decoder.unconsumed_tail:
        raise BadRequestError(
            f"the body has more than {MAX_BODY_BYTES:,} bytes once it is decompressed: send less"
        )
    if not decoder.eof or decoder.unused_data:
        raise BadRequestError("the body must be one whole gzip stream: it ends early, or goes on")
    return content


def json_value(data: bytes) -> Any:
    """Return the value of a request's JSON body.

    Raises:
        BadRequestError: the body is empty, or is not JSON.
    """
    if not data:
        raise BadRequestError("the request has no body: must be a JSON object, sent by POST")
    try:
        return strict_json.loads(data)
    except ValueError as error:
        raise BadRequestError(f"the body is not JSON: {_other_kind(data) or error}") from error


def _other_kind(data: bytes) -> str:
    """Return the remedy for a body that is a form or compressed; "" if it is neither."""
    if data.startswith(b"\x1f\x8b"):
        return (
            "it is compressed by gzip: say so by the header Content-Encoding, or send it as it is"
        )
    if re.match(rb"[A-Za-z_]+=", data[:100]):
        return 'it is a form: send {"name": "value", ...}, or a GET with the form as its query'
    return ""


def query(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the parameters of the URL's query string, decoded, in order, with repeated names.

    Raises:
        UriTooLongError: the query string is longer than `MAX_QUERY_CHARACTERS`.
    """
    if event.get("version") == "2.0":
        encoded = text_of(event.get("rawQueryString"))
        _check_length(len(encoded))
        return parse_qsl(encoded, keep_blank_values=True)
    multiple = members(event, "multiValueQueryStringParameters")
    single = members(event, "queryStringParameters")
    pairs = [(name, value) for name, values in multiple.items() for value in _entries(values)]
    pairs = [(str(name), text_of(value)) for name, value in pairs or single.items()]
    _check_length(sum(len(name) + len(value) + len("=&") for name, value in pairs) - 1)
    if is_load_balancer(event):  # it alone does not decode them
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
    return pairs


def _check_length(characters: int) -> None:
    if characters > MAX_QUERY_CHARACTERS:
        raise UriTooLongError(
            f"the query has {characters:,} characters: must have at most"
            f" {MAX_QUERY_CHARACTERS:,}; send a body by POST"
        )


def headers(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the request's headers, with names in lower case.

    Values on several lines are joined by commas (RFC 9110, section 5.2).
    """
    single = members(event, "headers")
    values = {str(name).lower(): text_of(value) for name, value in single.items()}
    lines: dict[str, list[str]] = {}
    for name, entries in members(event, "multiValueHeaders").items():
        lines.setdefault(str(name).lower(), []).extend(map(text_of, _entries(entries)))
    return values | {name: ",".join(entries) for name, entries in lines.items() if entries}


def text_of(value: object) -> str:
    """Return a text of an event; "" if it is null, or a list or an object, which no service sends.

    These may be nested deeper than Python can write.
    """
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _entries(value: object) -> list[Any]:
    """Return a list of an event; an empty one if it is null, or of a type that no service sends."""
    return value if isinstance(value, list) else []


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def members(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a member that is an object; an empty one if it is absent or null."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def is_load_balancer(event: Mapping[str, Any]) -> bool:
    """Return whether an application load balancer sent an event."""
    return "elb" in members(event, "requestContext")
