"""Fixtures of the command for time windows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from tests.support.lambda_api import Answer, LambdaApi
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
