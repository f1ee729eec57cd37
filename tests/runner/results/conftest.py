"""Fixtures of the tests of results and resumed runs."""

from pathlib import Path

import pytest

from local.cloud.s3_server import S3Server
from tests.support.lambda_api import LambdaApi, corrected


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def api(
    api: LambdaApi,
    archive: S3Server,
    no_pauses: None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> LambdaApi:
    """Let Lambda's API correct any day; with S3 beside it, and without S3_OUTPUT_BUCKET."""
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    api.answer = lambda event, _: corrected(event)
    return api
