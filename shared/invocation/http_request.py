"""An HTTP request, read from the event of any front door.

::

    HTTP API, named stage     rawPath begins with the stage, or with the base path of its domain
    function URL, $default    rawPath is the path
    REST API                  path lacks the stage; requestContext.path has it, or the base path
    load balancer             path is the path

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote, urlencode

from shared.errors import BadRequestError, ServiceError, UriTooLongError
from shared.invocation import http_event

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_PORT = re.compile(r":[0-9]{1,5}\Z")
_MAX_PATH_CHARACTERS = 2_000
_TEMPLATE_PART = re.compile(r"\{([^{}+]+)\+?\}")
_IN_QUERY = ":,*?-./"
"""Characters that a URL's query may have as they are (RFC 3986, section 3.4)."""


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request.

    Attributes:
        method: in upper case.
        path: without the prefix of a stage or a base path, decoded; "//" is "/".
        base_url: the URL before the path, such as "https://host/stage", without a slash at its end.
        query: the parameters, decoded, in order; repeated names are kept.
        headers: with names in lower case.
        body: decoded from base64; b"" for none.
        flaw: the reason why the query or the body could not be read, in place of it; None for none.
    """

    method: str
    path: str
    base_url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    flaw: ServiceError | None = None

    @property
    def url(self) -> str:
        """The whole URL as asked."""
        text = urlencode(self.query, safe=_IN_QUERY, errors="replace", quote_via=quote)
        return f"{self.base_url}{_quoted(self.path)}{'?' if text else ''}{text}"

    def has(self, etag: str) -> bool:
        """Return whether a GET names an entity tag by If-None-Match (RFC 9110, section 13.1.2).

        HEAD is answered as GET. The answer to a POST is never the one that a caller has.
        """
        if self.method not in ("GET", "HEAD"):
            return False
        given = self.headers.get("if-none-match", "")
        tags = {item.strip().removeprefix("W/") for item in given.split(",")}
        return bool(etag) and not tags.isdisjoint({etag.removeprefix("W/"), "*"})

    def below(self, prefix: str) -> "HttpRequest":
        """Return the request with a first part of its path as part of the base URL."""
        path, base_url = self.path[len(prefix) :], f"{self.base_url}{_quoted(prefix)}"
        return replace(self, path=path, base_url=base_url)


def read_request(event: Mapping[str, Any]) -> HttpRequest:
    """Return the request of an HTTP event; a query or body that cannot be read is its flaw."""
    headers = http_event.headers(event)
    full, path = _paths(event)
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    flaw: ServiceError | None = None
    try:
        query, body = tuple(http_event.query(event)), http_event.body(event)
    except (BadRequestError, UriTooLongError) as error:
        flaw = error
    prefix = full[: len(full) - len(path)] if full.endswith(path) else ""
    base_url = f"{_origin(event, headers)}{_quoted(prefix)}".rstrip("/")
    return HttpRequest(http_event.method(event), path, base_url, query, headers, body, flaw)


def _paths(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return the path in the URL, and the part of it behind the prefix of a stage or base path."""
    context = http_event.members(event, "requestContext")
    if event.get("version") == "2.0":
        full = _clean(event.get("rawPath"))
        template = http_event.text_of(event.get("routeKey")).rpartition(" ")[2]
    else:
        full = _clean(context.get("path") or event.get("path"))
        template = http_event.text_of(event.get("resource"))
    path = full
    if template == "/":
        return f"{full.rstrip('/')}/", "/"
    if (own := _filled(template, http_event.members(event, "pathParameters"))) and (
        full.endswith(own)
    ):
        path = own
    elif (stage := http_event.text_of(context.get("stage"))) and (
        f"{full}/".startswith(f"/{stage}/")
    ):
        path = full[len(stage) + 1 :] or "/"
        full = full if full.endswith(path) else f"{full}/"
    return full, path


def _filled(template: str, parameters: Mapping[str, Any]) -> str:
    """Return a route of API Gateway with the values of its variables; "" if it is no path."""
    if not template.startswith("/"):
        return ""
    values = {str(name): http_event.text_of(value) for name, value in parameters.items()}
    return _clean(_TEMPLATE_PART.sub(lambda part: values.get(part[1], ""), template))


def _quoted(path: str) -> str:
    # An event may have half of a character, which no URL has.
    return quote(path, errors="replace")


def _clean(path: object) -> str:
    text = unquote(path[:_MAX_PATH_CHARACTERS]) if isinstance(path, str) else ""
    return re.sub("/{2,}", "/", f"/{text}")


def _origin(event: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the URL's scheme and host, as the caller wrote them as far as they are known.

    A front door that names its own domain is believed, and the caller's header adds no more than a
    port: pages with the host of a stranger's choice could get into a cache. SAM names "localhost",
    whatever the host is.
    """
    domain = http_event.members(event, "requestContext").get("domainName")
    domain = domain if isinstance(domain, str) and _HOST.fullmatch(domain) else ""
    host = headers.get("host", "")
    is_own = domain in ("", "localhost") or _PORT.sub("", host).lower() == domain.lower()
    if not is_own or not _HOST.fullmatch(host):
        host = domain
    scheme = headers.get("x-forwarded-proto", "").lower()
    if scheme not in ("http", "https"):
        scheme = "https" if domain else "http"
    return f"{scheme}://{host or 'localhost'}"
