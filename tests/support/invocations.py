"""HTTP events as AWS documents them, toy functions, and replies as clients read them."""

import base64
import gzip
import json
import urllib.parse
import urllib.request

import pytest
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

from shared import errors
from shared.invocation import lambda_handler
from tests.support.builders import http_event
from tests.support.json_values import strict

RUNTIME_LIMIT = 6 * 1024**2 + 100
"""Largest reply that Lambda accepts, serialized, in bytes."""


OLD_PYTHON, NEW_PYTHON = "AWS_Lambda_python3.10", "AWS_Lambda_python3.13"

GZIP = {"Accept-Encoding": "br, gzip"}
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
"""Headers of every reply over HTTP."""

ODDITIES = 'é𝄞\u2028"\\\n\x7f\x01'


def http_api_2(body=None, **members):
    event = http_event(body, "2.0", **members)
    return event if body is not None else {k: v for k, v in event.items() if k != "body"}


def function_url(body=None, **members):
    """Return a function URL's event.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    """
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abc",
            "domainName": "abc.lambda-url.us-west-2.on.aws",
            "domainPrefix": "abc",
            "http": {
                "method": "POST",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.0",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "isBase64Encoded": False,
    }
    return {**event, **({} if body is None else {"body": body}), **members}


def rest_api(body=None, **members):
    return http_event(body, "1.0", **members)


def http_api_1(body=None, **members):
    return {**http_event(body, "1.0", **members), "version": "1.0"}


def load_balancer(body=None, **members):
    """Return a load balancer's event.

    https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html
    """
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": "POST",
        "path": "/windows",
        "queryStringParameters": {},
        "headers": {"content-type": "application/json", "x-amzn-trace-id": "Root=1"},
        "body": "" if body is None else body,
        "isBase64Encoded": False,
        **members,
    }


HTTP_EVENTS = {
    event.__name__: event
    for event in (http_api_2, function_url, rest_api, http_api_1, load_balancer)
}
each_http_event = pytest.mark.parametrize("event", HTTP_EVENTS.values(), ids=HTTP_EVENTS)


def http_request(method="POST", body="{}", **members):
    return http_event(body, "2.0", requestContext={"http": {"method": method}}, **members)


def echo(request):
    return {"got": request}


def refuse(request):
    raise errors.NoWaveformError(f"no {request!r}", object="s3://b/k")


def call(process, event, **options):
    return lambda_handler(process, **options)(event, None)


def as_runtime_writes_it(reply, monkeypatch, python=OLD_PYTHON):
    """Return the bytes that awslambdaric sends for a handler's return value."""
    monkeypatch.setenv("AWS_EXECUTION_ENV", python)
    text, content_type = LambdaMarshaller().marshal_response(reply)
    assert content_type == "application/json"
    return text.encode()


def read(reply, status=200):
    """Return the value in an HTTP reply; assert the members that every JSON reply has."""
    assert set(reply) == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert reply["statusCode"] == status
    assert type(reply["statusCode"]) is int  # not an HTTPStatus, which JSON encoders may reject
    assert reply["headers"] == {"Content-Type": "application/json", **CORS}
    assert reply["isBase64Encoded"] is False
    assert type(reply["body"]) is str
    return strict(reply["body"])


def runtime_size(reply):
    """Return the size of a reply in bytes as AWS's runtime before Python 3.12 writes it."""
    return len(json.dumps(reply).encode())


def decoded_body(reply):
    """Return the body that a client sees behind API Gateway and its HTTP library."""
    data = reply["body"].encode()
    if reply["isBase64Encoded"]:
        data = base64.b64decode(data, validate=True)
    return gzip.decompress(data) if reply["headers"].get("Content-Encoding") == "gzip" else data


def fetch(url):
    with urllib.request.urlopen(url) as response:
        return response.read(), response.headers
