"""Fixtures of the runner's tests: Lambda's API, credentials, pauses, request files."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import run_lambda
from runner.sending import retry
from tests.support.lambda_api import LambdaApi, corrected

WINDOW = {
    "Network": "CI",
    "Station": "BOM",
    "Channel": "BHZ",
    "Location": "--",
    "Starttime": "2024-01-01T00:00:00",
    "Endtime": "2024-01-01T00:00:10",
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaApi]:
    """Lambda's API. boto3 finds it without --endpoint-url, in place of AWS."""
    with LambdaApi() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", api.url)
        yield api


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 0.0)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS credentials in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def correcting(
    api: LambdaApi,
    credentials: None,
    no_pauses: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Let the API correct any day, and change to a folder for results."""
    monkeypatch.chdir(tmp_path)
    api.answer = lambda event, _: corrected(event)


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    """Return a file that requests two windows; the archive has data of the first only."""
    path = tmp_path / "windows.json"
    path.write_text(json.dumps({"Windows": [WINDOW, {**WINDOW, "Station": "NONE"}]}))
    return path


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs the program, expects it to fail, and returns its message."""

    def run(*arguments: str, status: int = 1) -> str:
        assert run_lambda.main([*arguments]) == status
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        return captured.err

    return run
