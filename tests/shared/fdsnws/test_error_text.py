"""Errors of FDSN routes: the specification's text for every status, opaque for bugs."""

from http import HTTPStatus
from types import SimpleNamespace

import pytest

from shared import errors
from shared.fdsnws.error_text import fdsn_error
from shared.invocation import lambda_handler
from shared.invocation.routes import Route
from tests.support.front_door_events import DOORS, Asked

PATH = "/fdsnws/station/1/query"
URL = DOORS["function URL"]


def ask(error, **asked):
    def answer(_request):
        raise error

    routes = (Route(PATH, answer, ("GET", "POST"), fdsn_error),)
    handler = lambda_handler(lambda request: request, routes=routes)
    return handler(URL.event(Asked(PATH, **asked)), SimpleNamespace(aws_request_id="b0f5-1a"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BadRequestError("net is 'é'"), 400),
        (errors.NoDataError("nothing"), 404),
        (errors.TooLargeError("at most 7"), 413),
        (errors.S3Error("S3 is away"), 502),
        (errors.SettingsError("unset"), 500),
    ],
)
def test_errors(error, status):
    reply = ask(error)
    assert reply["statusCode"] == status
    heading, detail, usage, *_ = reply["body"].split("\n\n")
    assert heading == f"Error {status}: {HTTPStatus(status).phrase}"
    assert detail == error.message
    assert usage.startswith("Usage details are available from ")
    assert reply["headers"]["Content-Type"] == "text/plain"


def test_a_bug_is_opaque(caplog):
    reply = ask(ZeroDivisionError("secret"))
    assert reply["statusCode"] == 500
    assert "secret" not in str(reply)
    assert "b0f5-1a" in reply["body"]  # by which the log has the traceback
    assert "secret" in caplog.text


def test_the_request_is_quoted_as_text():
    query = (("net", "<script>\r\nX: 1"), ("sta", "A" * 5_000))
    reply = ask(errors.BadRequestError("m"), query=query)
    (line,) = [line for line in reply["body"].splitlines() if line.startswith("https://")]
    assert line.startswith(f"{URL.base_url}{PATH}?net=%3Cscript%3E%0D%0AX:%201&sta=AAA")
    assert len(line) == 2_000
