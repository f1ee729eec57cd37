"""Many requests: concurrency, retries, results file, summary, exit status."""

import errno
import json
import os
import threading
from pathlib import Path

import pytest

import run_lambda
from tests.support.lambda_api import BUCKET, Answer, corrected, failed, refused

pytestmark = pytest.mark.usefixtures("correcting")

DAYS = "2019,183..2019,192"
REQUESTS = [{"day": f"2019,{day}", "nscl": "CI.SOC.HHZ."} for day in range(183, 193)]
BAD_DAYS = ("2019,185", "2019,188")


def run(*options, status=0):
    assert run_lambda.main(["response", "--day", DAYS, *options]) == status


def results(path="results.jsonl"):
    with Path(path).open() as lines:
        return [json.loads(line) for line in lines]


def by_day(lines):
    return {line["request"]["day"]: line for line in lines}


def test_each_request_is_made_and_written(api, capsys):
    run()
    assert sorted(api.events, key=lambda event: event["day"]) == REQUESTS
    lines = results()
    assert sorted((line["request"] for line in lines), key=lambda each: each["day"]) == REQUESTS
    for line in lines:
        assert set(line) == {"request", "output_key", "seconds", "attempts"}
        assert line["output_key"] == f"s3://{BUCKET}/noresp/{line['request']['day']}/CI.SOC.HHZ."
        assert line["attempts"] == 1
        assert line["seconds"] >= 0
    captured = capsys.readouterr()
    assert captured.out.startswith("10 requests in ")
    assert captured.out.endswith("s: 10 done, 0 failed\nresults in results.jsonl\n")
    assert captured.err == ""  # standard error is not a terminal


@pytest.mark.parametrize(
    ("options", "most"),
    [([], 10), (["--concurrency", "5"], 5), (["--concurrency", "1"], 1)],
)
def test_number_of_parallel_calls(api, options, most):
    """Each call waits until as many are running as expected."""
    together = threading.Barrier(most)

    def answer(event, _):
        together.wait(300)
        return corrected(event)

    api.answer = answer
    run(*options)
    assert api.most_at_once == most


def test_one_call_at_a_time_for_the_emulator(api):
    """The emulator crashes with two."""
    api.seconds = 0.05
    run("--endpoint-url", api.url)
    assert api.most_at_once == 1
    run("--endpoint-url", api.url, "--concurrency", "5", "--results", "again.jsonl")
    assert api.most_at_once > 1


def test_failures_are_reported_and_the_rest_goes_on(api, capsys):
    api.answer = lambda event, _: (
        failed("NoWaveformError", f"no data on {event['day']}")
        if event["day"] in BAD_DAYS
        else corrected(event)
    )
    run(status=1)
    found = by_day(results())
    assert len(found) == 10
    for day in BAD_DAYS:
        assert found[day]["error"] == {"type": "NoWaveformError", "message": f"no data on {day}"}
        assert "output_key" not in found[day]
    said = capsys.readouterr().out
    assert "8 done, 2 failed" in said
    assert "\n  2 NoWaveformError, for example: no data on 2019,18" in said


@pytest.mark.parametrize(
    "answer",
    [Answer(body='{"fine": true}'), Answer(body="[]"), Answer(body='{"output_key": null}')],
    ids=lambda answer: answer.body,
)
def test_another_functions_reply_is_an_error(api, capsys, answer):
    api.answer = lambda *_: answer
    run(status=1)
    assert results()[0]["error"]["type"] == "UnexpectedReply"
    assert "is response-lambda the response function?" in capsys.readouterr().out


def test_throttling_is_waited_for(api):
    """Each request is refused twice, in different ways, and then corrected."""
    refusals = [
        refused(429, "TooManyRequestsException"),
        refused(500, "ServiceException"),
        failed("S3Error"),
        Answer(drop=True),
    ]
    api.answer = lambda event, before: (
        refusals[(int(event["day"][-3:]) + before) % len(refusals)]
        if before < 2
        else corrected(event)
    )
    run()
    assert len(api.calls) == 30
    assert [line["attempts"] for line in results()] == [3] * 10
    assert all("output_key" in line for line in results())


def test_retries_end(api):
    api.answer = lambda event, _: (
        refused(500, "ServiceException", "An internal error.")
        if event["day"] in BAD_DAYS
        else corrected(event)
    )
    run("--retries", "2", status=1)
    found = by_day(results())
    for day in BAD_DAYS:
        assert found[day]["attempts"] == 3
        assert found[day]["error"] == {
            "type": "ServiceException",
            "message": "An internal error.",
        }
    assert len(api.calls) == 8 + 2 * 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused(404, "ResourceNotFoundException", "Function not found"), "Function not found"),
        (refused(403, "AccessDeniedException", "not authorized"), "not authorized"),
        (refused(403, "ExpiredTokenException", "expired"), "ExpiredTokenException"),
        (failed("SettingsError", "S3_OUTPUT_BUCKET is not set"), "S3_OUTPUT_BUCKET is not set"),
        (failed("Runtime.ImportModuleError", "no obspy"), "no obspy"),
    ],
)
def test_fatal_errors_end_the_run(api, capsys, answer, said):
    """The error comes after three days; the run ends with it instead of failing 297 times."""
    done = []

    def answered(event, _):
        if len(done) == 3:
            return answer
        done.append(event)
        return corrected(event)

    api.answer = answered
    days = ["response", "--day", "2019,001..2019,300", "--concurrency", "1"]
    assert run_lambda.main(days) == 1
    assert len(api.calls) == 4
    assert len(results()) == 3
    captured = capsys.readouterr()
    assert "300 requests in " in captured.out
    assert "3 done, 0 failed, 297 left" in captured.out
    assert captured.err.startswith("error: ")
    assert said in captured.err


def test_no_file_is_left_if_nothing_was_done(api, monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    run(status=1)
    assert api.calls == []
    assert "credentials" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(
        "AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9"
    )  # the discard port: nothing listens
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    run("--retries", "1", status=1)
    assert "http://127.0.0.1:9" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_earlier_results_are_not_written_over(api, capsys, tmp_path):
    (tmp_path / "results.jsonl").write_text("precious\n")
    run(status=2)
    assert api.calls == []
    said = capsys.readouterr().err
    assert said == (
        "error: results.jsonl already exists: continue it with --resume, or choose another with"
        " --results\n"
    )
    assert (tmp_path / "results.jsonl").read_text() == "precious\n"
    run("--results", "other.jsonl")
    assert len(results("other.jsonl")) == 10


def test_a_single_request_with_a_results_file(api, capsys):
    assert run_lambda.main(["response", "--results", "one.jsonl"]) == 0
    (line,) = results("one.jsonl")
    assert line["request"] == REQUESTS[0]
    assert capsys.readouterr().out.startswith("1 request in ")


def test_the_reply_of_many_has_no_file(api, capsys):
    run("-o", "reply.json", status=2)
    assert "-o is for a single request" in capsys.readouterr().err
    assert api.calls == []


def test_results_that_cannot_be_written(api, capsys, monkeypatch):
    """The run ends, as it could not record further results."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("runner.results.results_file.os.write", full)
    run("--concurrency", "1", status=1)
    assert "error: results.jsonl cannot be written: " in capsys.readouterr().err
    assert len(api.calls) < 10


def test_results_to_a_device(api):
    """A device is neither refused nor removed."""
    run("--results", "/dev/null")
    assert Path("/dev/null").exists()
    run("--results", "/dev/null", "--resume", status=2)
    assert len(api.calls) == 10
