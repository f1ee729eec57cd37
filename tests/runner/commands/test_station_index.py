"""The command station-index: updates until no file is left, and a report."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from tests.support.lambda_api import Answer, LambdaApi, failed

DONE = {"index": "s3://b/k", "files": 3, "read": 1, "missing": 0, "unreadable": []}


@pytest.fixture
def update(api: LambdaApi, no_pauses: None, folder: Path, credentials: None) -> Callable[..., int]:
    """Return a function that runs the command against an API with some answers, in turn."""

    def run(*answers: Any, options: tuple[str, ...] = ()) -> int:
        left: Iterator[Any] = iter(answers)

        def answer(event: Any, _: int) -> Answer:
            assert event == {"update": "station-index"}
            found = next(left)
            return found if isinstance(found, Answer) else Answer(body=json.dumps(found))

        api.answer = answer
        return run_lambda.main(["station-index", *options, "--endpoint-url", api.url])

    return run


def test_the_report_is_printed(update: Callable[..., int], capsys: Any) -> None:
    assert update(DONE) == 0
    output = capsys.readouterr()
    assert (json.loads(output.out), output.err) == (DONE, "")


def test_it_goes_on_until_no_file_is_left(update: Callable[..., int], capsys: Any) -> None:
    assert update({**DONE, "files": 2, "missing": 1_000}, {**DONE, "missing": 5}, DONE) == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == DONE
    assert output.err.splitlines() == [
        "2 files in the index, 1,000 more to read",
        "3 files in the index, 5 more to read",
    ]


def test_it_stops_without_progress(update: Callable[..., int], capsys: Any) -> None:
    assert update({**DONE, "read": 0, "missing": 2}) == 1
    assert "2 files could not be read now: run it again later" in capsys.readouterr().err


def test_unreadable_files_are_named(update: Callable[..., int], capsys: Any) -> None:
    bad = {"object": "s3://b/bad.xml", "reason": "it is empty"}
    assert update({**DONE, "unreadable": [bad]}) == 1
    assert capsys.readouterr().err == "not in the index: s3://b/bad.xml: it is empty\n"


def test_a_file_for_the_report(update: Callable[..., int], folder: Path, capsys: Any) -> None:
    assert update(DONE, options=("-o", "report.json")) == 0
    assert json.loads((folder / "report.json").read_text()) == DONE
    assert capsys.readouterr().out == ""


def test_the_other_function(
    update: Callable[..., int], capsys: Any, response_handler: Callable[[Any], Any]
) -> None:
    with pytest.raises(Exception) as refused:
        response_handler({"update": "station-index"})
    error = failed(type(refused.value).__name__, str(refused.value))
    assert update(error, options=("--function-name", "mine")) == 1
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.endswith("; is mine the time-window function?")
    assert update({"output_key": "s3://b/k"}) == 1
    assert "is no report: is this the time-window function?" in capsys.readouterr().err
