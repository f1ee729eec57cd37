"""The table of a function's routes: which path is answered by whom, and the shape of its errors.

A table names paths as a client sees them at the root of a host. Whatever stands before such a
path, such as the stage or the base path of a domain, belongs to the host.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from shared.errors import NoSuchPathError
from shared.fields import shown
from shared.invocation import reply_body
from shared.invocation.http_request import HttpRequest
from shared.reply import File

__all__ = ["ANY_PATH", "ErrorInfo", "Found", "Route", "find", "json_error"]

ANY_PATH = "*"
"""The path of a route that takes every path which no other route has."""


class ErrorInfo(NamedTuple):
    """An error that a route reports.

    Attributes:
        status: the HTTP status.
        error: the JSON object of the error: type, message, details.
    """

    status: int
    error: Mapping[str, Any]


def json_error(request: HttpRequest, info: ErrorInfo) -> File:  # noqa: ARG001
    """Return the body of an error on a JSON route: `{"error": {"type", "message", ...}}`."""
    return reply_body.as_file({"error": info.error})


@dataclass(frozen=True)
class Route:
    """One path, and the function that answers requests to it.

    Attributes:
        path: such as "/fdsnws/dataselect/1/query". One that ends in "/*" stands for all paths below
            it which no other route has.
        answer: returns the answer, a `File`, a `Reply` or an `Unfinished`, or raises one of
            `shared.errors`; None is the function's own `process`.
        methods: the methods that it takes. HEAD comes with GET, and OPTIONS with all.
        error: returns the body of an error.
        takes: returns whether the route takes a request to its path; None takes all. The others
            are left to the next route with the path.
        links: the methods whose answers beyond Lambda's limit become a link; others are refused.
    """

    path: str
    answer: Callable[[HttpRequest], Any] | None = None
    methods: tuple[str, ...] = ("GET",)
    error: Callable[[HttpRequest, ErrorInfo], File] = json_error
    takes: Callable[[HttpRequest], bool] | None = None
    links: tuple[str, ...] = ("GET", "POST")


@dataclass(frozen=True)
class Found:
    """The route of a request.

    Attributes:
        route: the route.
        request: the request, with its path as the table has it; its method is GET for HEAD.
        allowed: all methods of the path, HEAD and OPTIONS included.
    """

    route: Route
    request: HttpRequest
    allowed: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether the route takes the request's method."""
        return self.request.method in self.route.methods


def find(routes: Sequence[Route], request: HttpRequest) -> Found:
    """Return the route of a request; an unknown path has one that answers with 404."""
    request = replace(request, method="GET") if request.method == "HEAD" else request
    for found in _candidates(routes, request):
        if found.request.method == "OPTIONS" or _takes(found.route, found.request):
            return found
    return Found(Route("", _no_such_path, methods=(request.method,)), request, ("OPTIONS",))


def _candidates(routes: Sequence[Route], request: HttpRequest) -> Iterator[Found]:
    """Yield the routes of a path, then those of a later part of it, then those of any path."""
    parts = request.path.split("/")
    for number in range(1, len(parts)):
        suffix = "/" + "/".join(parts[number:])
        if number > 1 and suffix == "/":
            break
        prefix = request.path[: len(request.path) - len(suffix)]
        own = [each for each in routes if _same(each.path, suffix)]
        yield from _found(own, request.below(prefix), suffix)
        below = [each for each in routes if _is_below(each.path, suffix)]
        yield from _found(below, request.below(prefix), suffix)
    yield from _found([each for each in routes if each.path == ANY_PATH], request, request.path)


def _found(routes: Sequence[Route], request: HttpRequest, path: str) -> Iterator[Found]:
    methods = {method for route in routes for method in route.methods}
    methods |= {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    order = ("GET", "HEAD", "POST", "OPTIONS")
    allowed = tuple(sorted(methods, key=lambda name: order.index(name) if name in order else 9))
    for route in routes:
        yield Found(route, replace(request, path=path), allowed)


def _same(path: str, asked: str) -> bool:
    return asked == path or (asked != "/" and asked.rstrip("/") == path.rstrip("/") != "")


def _is_below(path: str, asked: str) -> bool:
    return path.endswith("/*") and asked.startswith(path[:-1])


def _takes(route: Route, request: HttpRequest) -> bool:
    return route.takes is None or route.takes(request)


def _no_such_path(request: HttpRequest) -> Any:
    raise NoSuchPathError(f"there is no path {shown(request.path)} here", path=request.path[:80])
