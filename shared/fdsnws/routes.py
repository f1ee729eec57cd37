"""The routes of the time-window function: FDSN web services, time windows and pages about them.

Version, WADL, pages and unknown paths are answered without ObsPy and boto3. The others load the
module of their answer at first use.
"""

import hashlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from shared.errors import NoSuchPathError
from shared.fdsnws import openapi
from shared.fdsnws.error_text import fdsn_error
from shared.fdsnws.pages import help_page, usage_text
from shared.fdsnws.parameters import Service
from shared.fdsnws.request import parse_request
from shared.fdsnws.services import SERVICES
from shared.fdsnws.wadl import wadl
from shared.fields import shown
from shared.invocation.http_request import HttpRequest
from shared.invocation.routes import ANY_PATH, Route
from shared.reply import File, Reply
from shared.windows.request_names import asks_for_window

_ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _method(service: Service, name: str) -> Callable[[HttpRequest], Any]:
    """Return the answer of a service's method; the request is checked before its module loads."""

    def answer(request: HttpRequest) -> Any:
        parsed = parse_request(service, request)
        return getattr(import_module(service.module), name)(parsed)

    return answer


def _lasting(content: Callable[[HttpRequest], File]) -> Callable[[HttpRequest], Reply]:
    """Return an answer that depends on the code and the URL alone, so that callers may keep it."""

    def answer(request: HttpRequest) -> Reply:
        file = content(request)
        etag = f'"{hashlib.sha256(file.data).hexdigest()[:32]}"'
        # A load balancer hands over whatever host a caller names, and the pages have it in them.
        vary = {"Vary": "Host"}
        return Reply(file, headers=vary, etag=etag, cache="public, max-age=300")

    return answer


def _of_service(service: Service) -> Iterator[Route]:
    for name in service.methods if service.module else ():
        answer = _method(service, name)
        yield Route(f"{service.path}/{name}", answer, ("GET", "POST"), fdsn_error, links=("GET",))
    usage = _lasting(lambda request: usage_text(service, request.base_url))
    yield Route(f"{service.path}/", usage, error=fdsn_error)
    version = File(f"{service.version}\n".encode(), "text/plain", "txt")
    yield Route(f"{service.path}/version", _lasting(lambda _: version), error=fdsn_error)
    document = _lasting(lambda request: wadl(service, request.base_url))
    yield Route(f"{service.path}/application.wadl", document, error=fdsn_error)


def _asks_for_windows(request: HttpRequest) -> bool:
    """Return whether a request is one for time windows, whatever its path.

    A user's own API may have any path for this function, as in tutorials. A browser or a client
    that looks around sends no body and no field of a window.
    """
    return request.method == "POST" or asks_for_window(name for name, _ in request.query)


def _unknown(request: HttpRequest) -> Any:
    services = ", ".join(each.path for each in SERVICES.values())
    message = f"there is no path {shown(request.path)}: the services are {services}"
    if request.path.endswith("auth"):  # clients with a password ask queryauth or extentauth
        message += "; none is restricted, so ask without a user and a password"
    raise NoSuchPathError(message, path=request.path[:80])


ROUTES: tuple[Route, ...] = (
    *(route for service in SERVICES.values() for route in _of_service(service)),
    Route("/fdsnws/*", _unknown, _ALL_METHODS, fdsn_error),
    Route("/openapi.json", _lasting(lambda request: openapi.document(request.base_url))),
    Route("/", _lasting(help_page), takes=lambda request: not _asks_for_windows(request)),
    Route("/", takes=_asks_for_windows),
    Route("/windows"),
    Route(ANY_PATH, takes=_asks_for_windows),
)
"""The table of the time-window function."""
