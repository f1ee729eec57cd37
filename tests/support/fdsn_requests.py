"""Requests to the FDSN web services, as parsed or refused."""

from urllib.parse import parse_qsl

from shared.fdsnws.request import FdsnRequest, parse_request
from shared.fdsnws.services import SERVICES
from shared.invocation.http_request import HttpRequest

BASE_URL = "https://data.example.org"


def http_get(service: str, query: str, method: str = "query") -> HttpRequest:
    """Return a GET with a query as it stands in a URL."""
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    return HttpRequest("GET", f"{SERVICES[service].path}/{method}", BASE_URL, pairs)


def http_post(service: str, body: bytes, query: str = "", method: str = "query") -> HttpRequest:
    """Return a POST."""
    got = http_get(service, query, method)
    return HttpRequest("POST", got.path, BASE_URL, got.query, {}, body)


def parse_get(service: str, query: str, method: str = "query") -> FdsnRequest:
    """Parse a GET with a query as it stands in a URL."""
    return parse_request(SERVICES[service], http_get(service, query, method))


def parse_post(service: str, body: bytes | str, query: str = "") -> FdsnRequest:
    """Parse a POST."""
    data = body.encode() if isinstance(body, str) else body
    return parse_request(SERVICES[service], http_post(service, data, query))
