"""Errors as FDSN's specification words them: text with a section for each fact."""

import time
from http import HTTPStatus

from shared.archive.instant import format_utc
from shared.fdsnws.parameters import Service
from shared.fdsnws.services import SERVICES
from shared.invocation.http_request import HttpRequest
from shared.invocation.routes import ErrorInfo
from shared.reply import File
from shared.version import VERSION

_MAX_URL_CHARACTERS = 2_000


def fdsn_error(request: HttpRequest, info: ErrorInfo) -> File:
    """Return the body of an error below /fdsnws, of the service that the path names."""
    _, _, name, *_ = *request.path.split("/"), "", ""
    return error_file(request, info, SERVICES.get(name))


def error_file(request: HttpRequest, info: ErrorInfo, service: Service | None) -> File:
    """Return the body of an error, in the sections of FDSN's specification.

    Args:
        request: the request.
        info: the error.
        service: the service; None is an unknown one.
    """
    usage = f"{request.base_url}{service.path if service else ''}/"
    now = format_utc(time.time_ns())
    detail = str(info.error["message"])
    if number := info.error.get("request_id"):
        detail = f"{detail}: {number}"
    sections = (
        f"Error {info.status:d}: {HTTPStatus(info.status).phrase}",
        detail,
        f"Usage details are available from {usage}",
        f"Request:\n{request.url[:_MAX_URL_CHARACTERS]}",
        f"Request Submitted:\n{now}",
        f"Service version:\n{service.version if service else VERSION}",
    )
    return File("\n\n".join(sections).encode(errors="replace") + b"\n", "text/plain", "txt")
