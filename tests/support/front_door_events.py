"""One HTTP request as the event of each front door, in the forms that AWS documents.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

API = "abc123.execute-api.us-west-2.amazonaws.com"
URL = "abc123.lambda-url.us-west-2.on.aws"
DOMAIN = "data.example.org"


class Asked(NamedTuple):
    """An HTTP request, as a client sends it.

    Attributes:
        path: below the base URL.
        method: in upper case.
        query: the parameters, in order.
        body: the body; None for none.
        headers: further headers.
        is_base64: whether the body is base64.
    """

    path: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    headers: Mapping[str, str] = {}
    is_base64: bool = False


class Door(NamedTuple):
    """A front door.

    Attributes:
        base_url: the URL that its clients use.
        event: makes its event of a request.
    """

    base_url: str
    event: Callable[[Asked], dict[str, Any]]


def _version_2(host: str, prefix: str, route: str, stage: str) -> Callable[[Asked], dict[str, Any]]:
    def event(asked: Asked) -> dict[str, Any]:
        path = f"{prefix}{asked.path}"
        names = {"proxy": asked.path.lstrip("/")} if "{proxy+}" in route else None
        return {
            "version": "2.0",
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": urlencode(asked.query, quote_via=quote),
            "headers": {
                "host": host,
                "x-forwarded-proto": "https",
                "x-forwarded-port": "443",
                "accept": "*/*",
                **{name.lower(): value for name, value in asked.headers.items()},
            },
            **({"pathParameters": names} if names else {}),
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "abc123",
                "domainName": host,
                "domainPrefix": host.partition(".")[0],
                "http": {
                    "method": asked.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "curl/8.0",
                },
                "requestId": "id",
                "routeKey": route,
                "stage": stage,
                "timeEpoch": 1_704_067_200_000,
            },
            "isBase64Encoded": asked.is_base64,
            **({} if asked.body is None else {"body": asked.body}),
        }

    return event


def _version_1(host: str, prefix: str, own: str, stage: str) -> Callable[[Asked], dict[str, Any]]:
    """Return a REST API's events; `own` is the part of the prefix that `path` has."""

    def event(asked: Asked) -> dict[str, Any]:
        multiple: dict[str, list[str]] = {}
        for name, value in asked.query:
            multiple.setdefault(name, []).append(value)
        headers = {"Host": host, "X-Forwarded-Proto": "https", **asked.headers}
        is_root = asked.path == "/"
        return {
            "resource": "/" if is_root else "/{proxy+}",
            "path": f"{own}{asked.path}",
            "httpMethod": asked.method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {n: v[-1] for n, v in multiple.items()} or None,
            "multiValueQueryStringParameters": multiple or None,
            "pathParameters": None if is_root else {"proxy": asked.path.lstrip("/")},
            "stageVariables": None,
            "requestContext": {
                "resourcePath": "/" if is_root else "/{proxy+}",
                "httpMethod": asked.method,
                "path": f"{prefix}{asked.path}",
                "domainName": host,
                "stage": stage,
                "requestId": "id",
                "identity": {"sourceIp": "192.0.2.1"},
            },
            "body": asked.body,
            "isBase64Encoded": asked.is_base64,
        }

    return event


def _load_balancer(*, lists: bool) -> Callable[[Asked], dict[str, Any]]:
    def event(asked: Asked) -> dict[str, Any]:
        # A load balancer passes the query on as it is in the URL.
        pairs = [
            tuple(part.partition("=")[::2]) for part in urlencode(asked.query).split("&") if part
        ]
        headers = {"host": DOMAIN, "x-forwarded-proto": "https", **asked.headers}
        single = {
            "queryStringParameters": dict(pairs),
            "headers": headers,
        }
        multiple = {
            "multiValueQueryStringParameters": {
                name: [value for other, value in pairs if other == name] for name, _ in pairs
            },
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
        }
        return {
            "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
            "httpMethod": asked.method,
            "path": asked.path,
            **(multiple if lists else single),
            "body": asked.body or "",
            "isBase64Encoded": asked.is_base64,
        }

    return event


DOORS = {
    "HTTP API": Door(f"https://{API}", _version_2(API, "", "$default", "$default")),
    "HTTP API, stage": Door(f"https://{API}/prod", _version_2(API, "/prod", "$default", "prod")),
    "HTTP API, proxy route": Door(
        f"https://{API}/prod", _version_2(API, "/prod", "ANY /{proxy+}", "prod")
    ),
    "HTTP API, base path": Door(
        f"https://{DOMAIN}/v1", _version_2(DOMAIN, "/v1", "ANY /{proxy+}", "$default")
    ),
    "function URL": Door(f"https://{URL}", _version_2(URL, "", "$default", "$default")),
    "REST API": Door(f"https://{API}/prod", _version_1(API, "/prod", "", "prod")),
    "REST API, base path": Door(f"https://{DOMAIN}/v1", _version_1(DOMAIN, "/v1", "/v1", "prod")),
    "load balancer": Door(f"https://{DOMAIN}", _load_balancer(lists=False)),
    "load balancer, lists": Door(f"https://{DOMAIN}", _load_balancer(lists=True)),
}
"""All front doors, with and without a prefix of a stage or of a domain's base path."""


def all_headers(reply: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a reply, whose values may be lists for a load balancer."""
    if "multiValueHeaders" in reply:
        assert "headers" not in reply
        return {name: ",".join(values) for name, values in reply["multiValueHeaders"].items()}
    return dict(reply["headers"])
