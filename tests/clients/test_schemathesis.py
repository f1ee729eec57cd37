"""Requests that Schemathesis derives from `openapi.json`, right and wrong ones."""

from pathlib import Path

import pytest

from tests.support.commands import clients_program, run_command
from tests.support.http_api import ServedHandler

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def test_every_answer_is_one_that_the_document_describes(
    served: ServedHandler, tmp_path: Path
) -> None:
    program = clients_program("schemathesis")
    if program is None:
        pytest.skip("Schemathesis is not installed; install it with: make clients")
    done = run_command(
        *("env", f"--chdir={tmp_path}", program, "run", f"{served.url}/openapi.json"),
        *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
        *("--max-examples", "10", "--generation-deterministic", "--no-color"),
    )
    assert done.returncode == 0, done.stdout[-8000:]
    statuses = [reply["statusCode"] for reply in served.replies]
    assert len(statuses) > 500
    assert {200, 204, 400, 405} <= set(statuses)
    assert max(statuses) < 500
