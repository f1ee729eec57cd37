"""The log line: one for each invocation, whatever sends the event and however it ends."""

import itertools
import json
import sys
import time
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from shared import errors, telemetry
from shared.aws.deadline import TimeLeft
from shared.invocation import Reply, lambda_handler, log_line
from tests.support.batches import JOBS, NO_LIMIT, handler, process
from tests.support.invocations import http_api_2, http_request, rest_api
from tests.support.log_lines import log_line as read_line

CONTEXT = SimpleNamespace(aws_request_id="3b0f5b1a")


def sqs(*requests):
    records = [
        {"messageId": f"m{number}", "body": json.dumps(request), "eventSource": "aws:sqs"}
        for number, request in enumerate(requests)
    ]
    return {"Records": records}


def s3_batch(**arguments):
    return {
        "invocationSchemaVersion": "2.0",
        "invocationId": "id",
        "job": {"id": "job", "userArguments": arguments},
        "tasks": [{"taskId": "t", "s3Key": "key", "s3VersionId": None, "s3Bucket": "b"}],
    }


def distributed_map(*items):
    return {"Items": list(items)}


def post(request):
    return http_api_2(json.dumps(request))


# event, source, outcome, HTTP status, jobs, failed, bugs
ENDS = {
    "a direct request": ({}, "direct", "ok", None, 1, 0, 0),
    "a request over HTTP": (post({}), "HTTP", "ok", 200, 1, 0, 0),
    "a REST API's request": (rest_api("{}"), "HTTP", "ok", 200, 1, 0, 0),
    "messages": (sqs({}, {}), "SQS", "ok", None, 2, 0, 0),
    "a task": (s3_batch(), "S3 Batch", "ok", None, 1, 0, 0),
    "items": (distributed_map({}, {}, {}), "Distributed Map", "ok", None, 3, 0, 0),
    "no items": (distributed_map(), "Distributed Map", "ok", None, 0, 0, 0),
    "a bad request": ({"fail": "bad"}, "direct", "BadRequestError", None, 1, 1, 0),
    "no request at all": (None, "direct", "InternalError", None, 1, 1, 1),
    "a bad request over HTTP": (post({"fail": "bad"}), "HTTP", "BadRequestError", 400, 1, 1, 0),
    "no JSON": (http_api_2("{"), "HTTP", "BadRequestError", 400, 1, 1, 0),
    "another method": (http_request("PUT"), "HTTP", "BadRequestError", 405, 0, 1, 0),
    "no data": (post({"fail": "absent"}), "HTTP", "NoWaveformError", 404, 1, 1, 0),
    "a failure of S3": ({"fail": "s3"}, "direct", "S3Error", None, 1, 1, 0),
    "a failure of S3 over HTTP": (post({"fail": "s3"}), "HTTP", "S3Error", 502, 1, 1, 0),
    "a bug": ({"fail": "bug"}, "direct", "InternalError", None, 1, 1, 1),
    "a bug over HTTP": (post({"fail": "bug"}), "HTTP", "InternalError", 500, 1, 1, 1),
    "some messages": (sqs({}, {"fail": "s3"}), "SQS", "partial", None, 2, 1, 0),
    "all messages": (sqs({"fail": "bug"}, {"fail": "bug"}), "SQS", "InternalError", None, 2, 2, 2),
    "a message without JSON": (
        {"Records": [{"messageId": "m", "body": "{", "eventSource": "aws:sqs"}]},
        *("SQS", "BadRequestError", None, 1, 1, 0),
    ),
    "a broken batch": (
        {"Records": [{"messageId": "m", "eventSource": "aws:sqs"}]},
        *("SQS", "BadRequestError", None, 0, 1, 0),
    ),
    "a failed task": (s3_batch(fail="absent"), "S3 Batch", "NoWaveformError", None, 1, 1, 0),
    "some items": (
        distributed_map({}, {"fail": "absent"}),
        *("Distributed Map", "partial", None, 2, 1, 0),
    ),
    "items to repeat": (
        distributed_map({}, {"fail": "s3"}, {"fail": "bug"}),
        *("Distributed Map", "S3Error", None, 3, 2, 1),
    ),
    "another service": (
        {"Records": [{"EventSource": "aws:sns", "Sns": {}}]},
        *("other", "BadRequestError", None, 0, 1, 0),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_one_line_for_each_invocation(name, capsys):
    event, source, outcome, status, jobs, failed, bugs = ENDS[name]
    try:
        handler(event, CONTEXT)
    except Exception:  # noqa: BLE001
        assert source != "HTTP"
    line = read_line(capsys.readouterr().out)
    assert line["requestId"] == "3b0f5b1a"
    assert (line["invoked_by"], line["outcome"], line.get("status")) == (source, outcome, status)
    assert (line["jobs"], line["Failed"], line["InternalErrors"]) == (jobs, failed, bugs)
    assert sum(failure["count"] for failure in line.get("failures", [])) == failed


def test_a_process_that_exits(capsys):
    def leave(_request):
        raise SystemExit

    with pytest.raises(SystemExit):
        lambda_handler(leave)({}, CONTEXT)
    assert read_line(capsys.readouterr().out)["outcome"] == "InternalError"


def test_failures_that_a_reply_reports(capsys):
    reply = Reply("x", (errors.S3Error("m"), errors.NoDataError("m")))
    assert lambda_handler(lambda _: reply)(post({}), CONTEXT)["statusCode"] == 502
    line = read_line(capsys.readouterr().out)
    assert (line["Failed"], line["status"], line["outcome"]) == (2, 502, "S3Error")


def test_the_environment_names_function_and_version(capsys, monkeypatch):
    handler({}, NO_LIMIT)
    line = read_line(capsys.readouterr().out)
    assert (line["function"], line["function_version"], line["requestId"]) == ("local", "local", "")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "scedc-response")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "7")
    handler({}, CONTEXT)
    line = read_line(capsys.readouterr().out)
    assert (line["function"], line["function_version"]) == ("scedc-response", "7")


def test_level_and_time_keep_the_line_from_lambdas_filter(capsys):
    """Without them, Lambda takes a line for INFO and gives it a time of its own."""
    handler({}, CONTEXT)
    line = read_line(capsys.readouterr().out)
    assert line["level"] == "INFO"
    seconds, milliseconds = line["timestamp"].removesuffix("Z").split(".")
    written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(line["_aws"]["Timestamp"] // 1000))
    assert (seconds, len(milliseconds)) == (written, 3)


def test_the_first_invocation_is_cold(capsys, monkeypatch):
    monkeypatch.setattr(log_line, "_invocations", itertools.count())
    cold = []
    for _ in range(3):
        handler({}, CONTEXT)
        line = read_line(capsys.readouterr().out)
        cold.append((line["cold"], line["ColdStarts"]))
    assert cold == [(True, 1), (False, 0), (False, 0)]


# Facts


def describing(request):
    telemetry.describe(channel=request["nscl"], day=request["day"], parameters={"output": "VEL"})
    return process(request)


DAYS = [{"nscl": "CI.SOC.HHZ.", "day": f"2019,{day:03}"} for day in range(1, 121)]
describing_handler = lambda_handler(describing, jobs=JOBS)


def test_a_single_job_names_its_day(capsys):
    describing_handler(DAYS[0], CONTEXT)
    line = read_line(capsys.readouterr().out)
    assert (line["channel"], line["day"]) == ("CI.SOC.HHZ.", "2019,001")
    assert line["parameters"] == {"output": "VEL"}
    assert "failures" not in line


def test_a_batch_names_its_failed_days_and_its_slowest(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 1.0, 5.0, 5.0, 6.0])
    monkeypatch.setattr(TimeLeft, "job", lambda _: nullcontext())
    batch = sqs(DAYS[0], DAYS[1], {**DAYS[2], "fail": "absent"})
    monkeypatch.setattr(telemetry, "_clock", lambda: next(clock))
    describing_handler(batch, CONTEXT)
    line = read_line(capsys.readouterr().out)
    assert line["failures"] == [
        {"error": "NoWaveformError", "channel": "CI.SOC.HHZ.", "day": "2019,003", "count": 1}
    ]
    assert line["slowest"] == {"seconds": 4.0, "channel": "CI.SOC.HHZ.", "day": "2019,002"}
    assert line["channel"] == "CI.SOC.HHZ."  # that of all
    assert "day" not in line
    assert line["outcome"] == "partial"


def test_a_batch_of_failures_stays_short(capsys):
    with pytest.raises(errors.S3Error):
        describing_handler(distributed_map(*({**day, "fail": "s3"} for day in DAYS)), CONTEXT)
    output = capsys.readouterr().out
    line = read_line(output)
    assert len(output) < 8_000
    assert (line["Failed"], line["failures_omitted"]) == (120, 70)
    assert [failure["day"] for failure in line["failures"]] == [day["day"] for day in DAYS[:50]]


# Robustness


class Closed:
    def write(self, _text):
        raise BrokenPipeError

    def flush(self):
        raise ValueError("closed")


def test_a_closed_log_is_no_failure(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Closed())
    assert handler({}, CONTEXT) == {"done": {}}


def test_oddities_of_facts_do_not_break_the_line(capsys):
    def odd(_request):
        telemetry.describe(channel="a\nb\u2028", parameters={"x": object()})

    lambda_handler(odd)({}, CONTEXT)
    assert read_line(capsys.readouterr().out)["channel"] == "a\nb\u2028"


def test_the_line_costs_less_than_a_millisecond(monkeypatch):
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(write=len, flush=lambda: None))
    fast = lambda_handler(lambda request: request)
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        fast({}, CONTEXT)
        best = min(best, time.perf_counter() - start)
    assert best < 1e-3
