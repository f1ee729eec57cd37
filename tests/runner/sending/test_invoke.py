"""One invocation: errors of the function, and replies that our functions would not give."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.s3_server import S3Server
from tests.support.lambda_api import Answer, LambdaApi

pytestmark = pytest.mark.usefixtures("no_pauses")

NSCL = "CI.BOM.BHZ."


TIMEOUT = "Task timed out after 60.00 seconds"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"errorMessage": "day is missing", "errorType": "BadRequestError"}', "BadRequestError: "),
        (json.dumps({"errorMessage": TIMEOUT}), "Sandbox.Timedout: Task timed out after 60"),
        ('["not", "an object"]', 'Error: ["not", "an object"]'),
        (TIMEOUT, "Sandbox.Timedout: Task timed out after 60"),
        ("", "Error: the function's reply is empty"),
        ('{"errorMessage": "Unable to import", "errorType": "Runtime.ImportModuleError"}', "Runt"),
    ],
)
@pytest.mark.parametrize("has_header", [True, False])
def test_function_error(
    api: LambdaApi,
    credentials: None,
    fails: Callable[..., str],
    body: str,
    message: str,
    has_header: bool,
) -> None:
    """On AWS, an error has the status and body of a reply; a header marks it.

    On the emulator and SAM local, only the body shows it.
    """
    api.reply = Answer(
        body=body, headers={"X-Amz-Function-Error": "Unhandled"} if has_header else {}
    )
    if not has_header and body and "errorType" not in body and body[0] in "[{":
        message = "UnexpectedReply: the reply "  # like any other reply that is not a result
    assert fails().startswith(f"error: {message}")
    assert len(api.calls) == 1


NO_RESULTS = [
    None,
    5,
    "hello",
    {"error": {"type": "S3Error", "message": "..."}},
    {"message": "Internal Server Error"},
    {"statusCode": 500, "body": ""},
    {"errorMessage": "boom"},
]


@pytest.mark.parametrize("reply", NO_RESULTS, ids=json.dumps)
@pytest.mark.parametrize("command", ["response", "windows"])
def test_a_reply_that_is_not_a_result(
    api: LambdaApi, credentials: None, capsys: Any, command: str, reply: Any
) -> None:
    """It is an error, even with status 200."""
    api.reply = Answer(body=json.dumps(reply))
    assert run_lambda.main([command]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"error: UnexpectedReply: the reply {json.dumps(reply)} ")


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000])
def test_a_reply_that_cannot_be_read(
    api: LambdaApi, credentials: None, capsys: Any, body: bytes
) -> None:
    api.reply = Answer(body=body.decode(errors="surrogateescape"))
    assert run_lambda.main([]) == 1
    assert capsys.readouterr().err.startswith("error: Error: ")


def test_an_exception_on_the_emulator(
    day: S3Server, response: Emulator, fails: Callable[..., str]
) -> None:
    """The emulator returns it with status 200."""
    where = ["--endpoint-url", response.endpoint_url]
    assert fails(*where).startswith("error: NoWaveformError: the archive has no data of CI.SOC.HHZ")


def test_a_timeout_on_the_emulator(fails: Callable[..., str], tmp_path: Path) -> None:
    """The emulator reports it as plain text with status 200."""
    (tmp_path / "app.py").write_text("import time\n\nhandler = lambda *_: time.sleep(10)\n")
    with Emulator("response", {"PYTHONPATH": str(tmp_path)}, timeout_s=1) as emulator:
        arguments = ["response", "--day", "2024,002", "--nscl", NSCL]
        said = fails(*arguments, "--endpoint-url", emulator.endpoint_url)
    assert "Task timed out after 1.00 seconds" in said
