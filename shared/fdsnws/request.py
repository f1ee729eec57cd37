"""Requests to the FDSN web services: GET and POST, checked before anything is read.

Where the specification is silent:

- Names of parameters may be in any case. A list of codes may be given several times, and is joined;
  any other parameter is refused if it is given twice.
- A time span and the strict limits of epochs (`startafter`, ...) apply together.
- A POST has its codes and times in its lines alone. Parameters of its URL count as its first lines.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import BadRequestError
from shared.fdsnws.area import check_area
from shared.fdsnws.error_text import error_file
from shared.fdsnws.parameters import CODES, TIMES, Parameter, Service
from shared.fdsnws.post_body import parse_body
from shared.fdsnws.selection import (
    Selection,
    check_patterns,
    check_span,
    selection_of,
)
from shared.fdsnws.values import parse_value
from shared.fields import shown
from shared.invocation.http_request import HttpRequest
from shared.invocation.routes import ErrorInfo
from shared.reply import Reply

__all__ = ["FdsnRequest", "Selection", "nodata", "parse_request"]


@dataclass(frozen=True)
class FdsnRequest:
    """A request to a method of a service.

    Attributes:
        values: the typed value of every parameter, by long name, defaults filled in; see
            `Parameter`. Those of codes and times are a GET's: a POST has them in its selections.
        selections: one of a GET, those of the lines of a POST.
        given: the long names of the parameters that the request has itself.
        service: the service.
        http: the request over HTTP.
    """

    values: Mapping[str, Any]
    selections: tuple[Selection, ...]
    given: frozenset[str]
    service: Service
    http: HttpRequest


def parse_request(service: Service, request: HttpRequest) -> FdsnRequest:
    """Read a request, by GET or POST, to the method that its path names.

    Raises:
        BadRequestError: a parameter is unknown, empty, repeated or wrong, or contradicts another.
        TooLargeError: there are more lines or patterns than one request may have.
    """
    method = request.path.rstrip("/").rpartition("/")[2]
    names = service.names(method)
    if request.method != "POST":
        values = _values(names, request.query)
        selection = selection_of(values)
        check_span(selection.start, selection.end, "endtime")
        selections: tuple[Selection, ...] = (selection,)
    else:
        in_lines = {name: names[name] for name in (*CODES, *TIMES)}
        body = parse_body(request.body, in_lines)
        values = _values(names, (*request.query, *body.head), in_lines)
        selections = body.selections
    check_patterns(selections)
    given = frozenset(values)
    check_area(values)
    defaults = {each.name: each.default for each in names.values()}
    return FdsnRequest({**defaults, **values}, selections, given, service, request)


def nodata(request: FdsnRequest) -> Reply:
    """Return the answer to a request without data: 204 without a body, or 404 with FDSN's text."""
    status = int(request.values["nodata"])
    if status == 204:
        return Reply(None, status=status)
    info = ErrorInfo(status, {"message": "there are no data for this request"})
    return Reply(error_file(request.http, info, request.service), status=status)


def _values(
    names: Mapping[str, Parameter],
    pairs: Iterable[tuple[str, str]],
    elsewhere: Collection[str] = (),
) -> dict[str, Any]:
    """Return the values that a request has itself, by long name; those `elsewhere` are refused."""
    values: dict[str, Any] = {}
    for name, text in pairs:
        parameter = names.get(name.lower())
        if parameter is None:
            raise _unknown(name, names)
        if parameter.name in elsewhere:
            message = f"{parameter.name} must be in the lines of a POST alone"
            raise BadRequestError(message, field=parameter.name)
        value = parse_value(parameter, name, text)
        if parameter.name in values:
            if parameter.kind != "codes":
                message = f"{parameter.name} is given more than once: give it once"
                raise BadRequestError(message, field=parameter.name)
            value = tuple(dict.fromkeys((*values[parameter.name], *value)))
        values[parameter.name] = value
    return values


def _unknown(name: str, names: Mapping[str, Parameter]) -> BadRequestError:
    known = ", ".join(dict.fromkeys(each.name for each in names.values()))
    message = f"there is no parameter {shown(name)}: must be one of {known}"
    return BadRequestError(message, field=name[:80])
