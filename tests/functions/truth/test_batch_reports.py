"""Row 16 of docs/correctness.md: results with warnings or gaps are not reported as without."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from tests.support.lambda_api import Answer, LambdaApi, corrected

WARNING = "tapered at the start, as no samples of the day before join it"
GAP = {
    "starttime": "2019-07-04T10:00:00.000000Z",
    "endtime": "2019-07-04T10:00:09.990000Z",
    "samples": 1000,
    "bridged": True,
}
WITH_WARNINGS = ("2019,183", "2019,185")
WITH_GAPS = ("2019,185", "2019,186", "2019,187")


def reply(event: Any) -> dict[str, Any]:
    """The response function's reply, as far as it is reported."""
    told = {
        "warnings": [WARNING] if event["day"] in WITH_WARNINGS else [],
        "gaps": [GAP] if event["day"] in WITH_GAPS else [],
    }
    return {**json.loads(corrected(event).body), **told}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LambdaApi]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.chdir(tmp_path)
    with LambdaApi() as api:
        api.answer = lambda event, _: Answer(body=json.dumps(reply(event)))
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", api.url)
        yield api


def test_the_results_file_has_warnings_and_gaps(api: LambdaApi) -> None:
    assert run_lambda.main(["response", "--day", "2019,183..2019,192"]) == 0
    lines = [json.loads(line) for line in Path("results.jsonl").read_text().splitlines()]
    for line in lines:
        expected = reply(line["request"])
        for name in ("warnings", "gaps"):
            assert line.get(name, []) == expected[name], (line["request"], name)


def test_the_summary_counts_them(api: LambdaApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_lambda.main(["response", "--day", "2019,183..2019,192"]) == 0
    said = capsys.readouterr().out
    assert "10 done, 2 with warnings" in said
    assert WARNING in said  # an example, as of errors
    gaps = [line for line in said.splitlines() if "gap" in line]
    assert any("3" in line for line in gaps)


def test_one_day_with_a_warning(api: LambdaApi, capsys: pytest.CaptureFixture[str]) -> None:
    days = ["--day", "2019,183", "--results", "one.jsonl"]
    assert run_lambda.main(["response", *days]) == 0
    assert "1 done, 1 with warnings" in capsys.readouterr().out


def test_without_any_the_summary_is_as_short_as_before(
    api: LambdaApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_lambda.main(["response", "--day", "2019,188..2019,192"]) == 0
    said = capsys.readouterr().out
    assert "5 done, 0 failed" in said
    assert "warning" not in said


@pytest.mark.parametrize("file_format", ["json", "mseed"])
def test_windows_with_warnings_are_told(
    api: LambdaApi, capsys: pytest.CaptureFixture[str], file_format: str
) -> None:
    window = {"network": "CI", "station": "BOM", "gaps": [GAP], "warnings": [WARNING]}
    content = base64.b64encode(b"records").decode()
    answers = {
        "json": [{**window, "data": [1, 2]}],
        "mseed": {
            "content_type": "application/vnd.fdsn.mseed",
            "content_base64": content,
            "errors": [],
            "windows": [window],
        },
    }
    api.answer = lambda *_: Answer(body=json.dumps(answers[file_format]))
    Path("request.json").write_text('{"Windows": [{}]}')
    command = ["windows", "--format", file_format, "-o", "windows"]
    assert run_lambda.main([*command, "--endpoint-url", api.url]) == 0
    assert WARNING in "".join(capsys.readouterr())
