"""Requests as the events that AWS's services make of them, and values that would fill pages."""

import base64
import gzip
import json
from typing import Any
from urllib.parse import urlencode

from tests.fuzz.known_day import KEY
from tests.support.builders import http_event
from tests.support.invocations import function_url, load_balancer

DEEP, WIDE, LONG = "<deep>", "<wide>", "<long>"
"""Values that would fill pages: 5,000 nested lists, 20,000 members, a megabyte of text."""


_LEVELS = 5_000

WRAPPERS = {
    "direct": 0.2, "2.0": 0.12, "1.0": 0.08, "alb": 0.06, "url": 0.06, "base64": 0.08,
    "gzip": 0.02, "query": 0.12, "sqs": 0.1, "s3 batch": 0.06, "items": 0.08, "list": 0.02,
}  # fmt: skip
"""Ways in which a request comes, and how often each is drawn."""

BODIES = (
    "", "{", "null", "[]", "[" * 500, '"text"', "NaN", '{"a":1,"a":2}', "\ufeff{}", "1" * 5_000,
    "<xml/>",
)  # fmt: skip


def large(value: Any) -> Any:
    """Return a copy of a value, and the large ones in place of their names."""
    if value == DEEP:
        deep: Any = 0
        for _ in range(_LEVELS):
            deep = [deep]
        return deep
    if value == WIDE:
        return [{"Network": "CI"}] * 20_000
    return "x" * 1_000_000 if value == LONG else json.loads(json.dumps(value))


def wrapped(wrapper: str, request: Any, body: str) -> Any:
    """Return a request as the event that a service of AWS makes of it."""
    text = body or _text(request)
    if wrapper == "direct":
        return body or request
    if wrapper in ("2.0", "1.0"):
        return http_event(text, wrapper)
    if wrapper == "alb":
        return load_balancer(text)
    if wrapper == "url":
        return function_url(text)
    if wrapper == "base64":
        return http_event(base64.b64encode(text.encode()).decode(), isBase64Encoded=True)
    if wrapper == "gzip":
        packed = base64.b64encode(gzip.compress(text.encode())).decode()
        headers = {"content-encoding": "gzip"}
        return http_event(packed, isBase64Encoded=True, headers=headers)
    if wrapper == "query":
        return _query(request if isinstance(request, dict) else {})
    if wrapper == "sqs":
        record = {"messageId": "1", "body": text, "eventSource": "aws:sqs", "attributes": {}}
        return {"Records": [record, {**record, "messageId": "2"}]}
    if wrapper == "s3 batch":
        task = {"taskId": "1", "s3Key": KEY, "s3BucketArn": "arn:aws:s3:::scedc-pds"}
        job = {"job": {"id": "1"}, "tasks": [task]}
        return {"invocationSchemaVersion": "1.0", "invocationId": "1", **job}
    return {"Items": [request]} if wrapper == "items" else [request]


def _text(request: Any) -> str:
    """Return a request as JSON, at any depth, which Python's own writer would not write."""
    try:
        return json.dumps(request)
    except RecursionError:
        return json.dumps(_cut(request, 100)).replace(f'"{DEEP}"', "[" * _LEVELS + "]" * _LEVELS)


def _cut(document: Any, levels: int) -> Any:
    """Return a document with `DEEP` in place of its members below some levels."""
    if not levels:
        return DEEP
    if isinstance(document, dict):
        return {key: _cut(value, levels - 1) for key, value in document.items()}
    if isinstance(document, list):
        return [_cut(value, levels - 1) for value in document]
    return document


def _query(request: dict[str, Any]) -> dict[str, Any]:
    """Return a GET with the request's first window, or the request, as the query."""
    windows = request.get("Windows")
    fields = windows[0] if isinstance(windows, list) and windows else request
    query = (
        {str(key): _text(value)[:5_000].strip('"') for key, value in fields.items()}
        if isinstance(fields, dict)
        else {}
    )
    context = {"http": {"method": "GET", "path": "/windows"}, "stage": "$default"}
    strings = {"rawQueryString": urlencode(query, errors="replace"), "queryStringParameters": query}
    return http_event(None, requestContext=context, **strings)
