"""Calls that go to no function, or to the other one."""

import io
import json
from contextlib import redirect_stdout

import pytest

import run_lambda
from runner.commands.wrong_function import describe
from runner.errors import CallError, InputError, NoMatchError
from runner.sending.local_services import LocalServices
from runner.sending.target import Target
from shared.errors import ServiceError
from tests.support.lambda_api import Answer, failed, refused

WINDOW = ["--nscl", "CI.BOM.BHZ.", "--start", "2024-01-01", "--duration", "10"]


@pytest.fixture
def said(api, no_pauses, folder, credentials, capsys):
    """Return a function that runs the command and returns the only line on standard error."""

    def run(*options):
        assert run_lambda.main([*options, "--endpoint-url", api.url]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return run


def answer_of(handler):
    def answer(event, _):
        with redirect_stdout(io.StringIO()):  # the function's log
            try:
                return Answer(body=json.dumps(handler(event)))
            except ServiceError as error:
                return failed(type(error).__name__, error.message)

    return answer


def test_no_such_function(said, api):
    api.reply = refused(404, "ResourceNotFoundException", "Function not found: mine")
    for command in (["response"], ["windows", *WINDOW]):
        line = said(*command, "--function-name", "mine")
        assert line.startswith("error: ResourceNotFoundException: Function not found: mine; ")
        assert "--function-name (the outputs of a stack have it), and its --region" in line


def test_the_response_function_in_place_of_the_other(said, api, response_handler):
    api.answer = answer_of(response_handler)
    for options in ([], ["--output", "VEL", "--read", "whole"]):
        line = said("windows", *WINDOW, *options, "--function-name", "mine")
        assert line.endswith("; is mine the time-window function?")


def test_the_time_window_function_in_place_of_the_other(said, api, timewindow_handler):
    api.answer = answer_of(timewindow_handler)
    line = said("response", "--function-name", "mine")
    assert line.endswith("; is mine the response function?")


def test_another_error_stays_as_it_is(said, api):
    api.reply = failed("BadRequestError", "day '2019': must be right")
    assert said("response") == "error: BadRequestError: day '2019': must be right"


def test_a_day_that_the_archive_of_make_serve_lacks():
    error = CallError("NoWaveformError", "the archive has no data of CI.BOM.BHZ. on 2024,001")
    remedy = "; the first lines of `make serve` say which days and channels it has"
    assert describe(error, Target("response", local=LocalServices())) == f"{error}{remedy}"
    assert describe(error, Target("response")) == str(error)


def test_channels_that_the_archive_of_make_serve_lacks():
    error = NoMatchError("no channel matches 'CI.BOM.*.*' on 2024,002: the archive has none")
    remedy = "; the first lines of `make serve` say which days and channels it has"
    assert describe(error, Target("windows", local=LocalServices())) == f"{error}{remedy}"
    assert describe(error, Target("windows")) == str(error)
    other = InputError("-o is for a single request")
    assert describe(other, Target("response", local=LocalServices())) == str(other)
