"""The log of a function behind the emulator, with Lambda's JSON format as in the template."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud.emulator import Emulator
from local.cloud.s3_server import S3Server
from tests.support.builders import http_event, make_trace, noise, put_day
from tests.support.invoked import NSCL, WINDOWS
from tests.support.log_lines import log_lines

PLATFORM = ("START ", "END ", "REPORT ")  # lines of the emulator itself
MARK = "TOP-SECRET-TEXT"


@pytest.fixture(scope="module")
def log(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The lines of five invocations, without the emulator's own."""
    put_day(s3_server, NSCL, "2024,001", make_trace(NSCL, "2024-01-01", noise(4_000)))
    missing = {"Windows": [{**WINDOWS["Windows"][0], "Station": "NONE"}]}
    events = [
        WINDOWS,
        http_event(json.dumps(WINDOWS)),
        http_event(json.dumps({"Windows": [{"Network": MARK}]})),
        missing,
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": MARK}}]},
    ]
    environment = {
        **s3_server.function_environment,
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
    }
    path = tmp_path_factory.mktemp("log") / "log"
    with path.open("wb") as file, Emulator("timewindow", environment, log=file) as emulator:
        for event in events:
            send(emulator, event)
    yield [line for line in lines_of(path) if not line.startswith(PLATFORM)]
    s3_server.client.delete_object(
        Bucket="scedc-pds", Key="continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
    )


def send(emulator: Emulator, event: Any) -> None:
    request = urllib.request.Request(emulator.url, json.dumps(event).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=300) as reply:
        reply.read()


def lines_of(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line]


def test_each_invocation_has_one_line(log: list[str]) -> None:
    lines = log_lines("\n".join(log))
    assert [line["invoked_by"] for line in lines] == ["direct", "HTTP", "HTTP", "direct", "other"]
    outcomes = ["ok", "ok", "BadRequestError", "NoWaveformError", "BadRequestError"]
    assert [line["outcome"] for line in lines] == outcomes
    assert [line["cold"] for line in lines] == [True, *[False] * 4]
    assert {line["function"] for line in lines} == {"timewindow"}
    assert len({line["requestId"] for line in lines}) == 5


def test_all_lines_are_json_with_the_request_id(log: list[str]) -> None:
    records = [json.loads(line) for line in log]
    assert all(record["requestId"] and record["level"] for record in records)
    # The direct event of another service is refused by an error, which Lambda logs.
    others = [record for record in records if "_aws" not in record]
    assert [record.get("errorType") for record in others] == ["BadRequestError"]


def test_nothing_of_the_requests_and_settings_is_logged(log: list[str]) -> None:
    text = "\n".join(log)
    assert MARK not in text
    assert "local" not in [json.loads(line).get("message") for line in log]
