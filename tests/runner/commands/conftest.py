"""Fixtures of the commands: files to send, results to fetch."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from local.cloud.s3_server import S3Server
from shared.errors import ServiceError
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.fetched import NUMBERS, Files, put
from tests.support.lambda_api import Answer, LambdaApi, failed
from tests.support.window_replies import WINDOW, write_request


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a folder with a request.json of one window."""
    monkeypatch.chdir(tmp_path)
    write_request(tmp_path, WINDOW)
    return tmp_path


@pytest.fixture
def windows(api: LambdaApi, no_pauses: None, folder: Path) -> Callable[..., int]:
    """Return a function that runs the command against an API with a given reply."""

    def run(reply: Any, *options: str) -> int:
        api.reply = Answer(body=json.dumps(reply))
        return run_lambda.main(["windows", *options, "--endpoint-url", api.url])

    return run


@pytest.fixture
def files(folder: Path) -> Files:
    """Return a function that lists the files of a folder, without their descriptions."""

    def listed(name: str) -> list[str]:
        paths = (path for path in (folder / name).rglob("*") if path.is_file())
        return sorted(
            path.relative_to(folder / name).as_posix() for path in paths if path.suffix != ".json"
        )

    return listed


@pytest.fixture
def bucket(archive: S3Server, folder: Path, no_pauses: None) -> S3Server:
    """The server with three results."""
    for number in NUMBERS:
        put(archive, number)
    return archive


@pytest.fixture
def command(api, no_pauses, folder, credentials):
    """Return a function that runs the command, with replies of samples for all windows."""

    def reply(event, _):
        data = [{"data": [1], "network": "CI"}] * len(event["Windows"])
        return Answer(body=json.dumps(data))

    api.answer = reply
    return lambda *options: run_lambda.main(["windows", *options])


@pytest.fixture
def real(command, api, listable, day, timewindow_handler):
    """Let the real function answer, with three channels in the archive."""
    for nscl in ("CI.BOM.BHN.", "CI.BOM.BHE."):
        put_day(day, nscl, "2024,001", make_trace(nscl, "2024-01-01T00:00:00.0195", noise(4_000)))
    put_station(day, "CI", "BOM", BHZ=40.0, BHN=40.0, BHE=40.0)

    def handled(event, _):
        with redirect_stdout(io.StringIO()):  # the function's log
            try:
                return Answer(body=json.dumps(timewindow_handler(event)))
            except ServiceError as error:
                return failed(type(error).__name__, error.message)

    api.answer = handled
    return command
