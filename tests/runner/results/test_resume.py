"""Resumed runs: which requests are sent again."""

import json

import pytest
from botocore.exceptions import ClientError

import run_lambda
from local.cloud.s3_server import OUTPUT_BUCKET
from runner.errors import RunError
from runner.results.resume import not_in_bucket
from shared.corrected_days.request import CorrectedDayRequest
from tests.support.lambda_api import BUCKET, corrected, failed
from tests.support.results import done

DAYS = ["response", "--day", "2019,183..2019,187"]
REQUESTS = [{"day": f"2019,{day}", "nscl": "CI.SOC.HHZ."} for day in range(183, 188)]


def days(api):
    return sorted(event["day"] for event in api.events)


def test_only_failed_requests_are_sent_again(api, folder, capsys):
    api.answer = lambda event, _: (
        failed("NoWaveformError") if event["day"] == "2019,185" else corrected(event)
    )
    assert run_lambda.main(DAYS) == 1
    api.calls.clear()
    api.answer = lambda event, _: corrected(event)
    capsys.readouterr()
    assert run_lambda.main([*DAYS, "--resume"]) == 0
    assert days(api) == ["2019,185"]
    said = capsys.readouterr().out
    assert said.startswith("5 requests in ")
    assert "1 done, 0 failed, 4 skipped" in said
    lines = [json.loads(text) for text in (folder / "results.jsonl").read_text().splitlines()]
    assert len(lines) == 6
    assert lines[-1]["output_key"]

    api.calls.clear()
    assert run_lambda.main([*DAYS, "--resume"]) == 0  # nothing is left to do
    assert api.calls == []
    assert "0 done, 0 failed, 5 skipped" in capsys.readouterr().out


def test_equal_requests_are_the_same_however_they_are_written(api, folder):
    spelt = {"nscl": "CI.SOC.HHZ.--", "day": "2019-07-02", "output": "VEL", "water_level": 60}
    other = {**REQUESTS[1], "output": "ACC"}
    (folder / "results.jsonl").write_text(done(spelt) + done(other))
    assert run_lambda.main([*DAYS, "--resume"]) == 0
    assert days(api) == ["2019,184", "2019,185", "2019,186", "2019,187"]


@pytest.mark.parametrize("named", ["option", "environment", "results"])
def test_requests_with_a_result_in_the_bucket_are_skipped(api, archive, folder, monkeypatch, named):
    there = CorrectedDayRequest.parse(REQUESTS[3]).output_key
    archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=there, Body=b"x")
    options = [*DAYS, "--resume"]
    if named == "option":
        options += ["--output-bucket", OUTPUT_BUCKET]
    elif named == "environment":
        monkeypatch.setenv("S3_OUTPUT_BUCKET", OUTPUT_BUCKET)
    else:
        (folder / "results.jsonl").write_text(done(REQUESTS[0]))
    assert run_lambda.main(options) == 0
    first = [] if named == "results" else ["2019,183"]
    assert days(api) == [*first, "2019,184", "2019,185", "2019,187"]


def test_other_parameters_have_other_objects(api, archive):
    there = CorrectedDayRequest.parse(REQUESTS[3]).output_key
    archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=there, Body=b"x")
    options = ["--output", "ACC", "--resume", "--output-bucket", OUTPUT_BUCKET]
    assert run_lambda.main([*DAYS, *options]) == 0
    assert len(api.calls) == 5


@pytest.mark.parametrize(
    ("made_with", "sent"),
    [
        ({"pre_filt": "auto", "water_level": 60.0}, 5),  # the default with "auto" was 60 dB
        ({"pre_filt": "auto", "water_level": None, "unknown": 1}, 4),
        ("no JSON object", 4),
    ],
)
def test_an_object_made_with_other_parameters_is_no_result(api, archive, made_with, sent):
    """The key of a result lists the parameters that are not the default of its time."""
    there = CorrectedDayRequest.parse({**REQUESTS[3], "pre_filt": "auto"}).output_key
    metadata = {"parameters": json.dumps(made_with)}
    archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=there, Body=b"x", Metadata=metadata)
    options = ["--pre-filt", "auto", "--resume", "--output-bucket", OUTPUT_BUCKET]
    assert run_lambda.main([*DAYS, *options]) == 0
    assert len(api.calls) == sent


def test_without_a_bucket_only_the_file_counts(api, folder, capsys):
    assert run_lambda.main([*DAYS, "--resume"]) == 0
    assert len(api.calls) == 5
    assert capsys.readouterr().err == ""


def test_with_the_emulator_only_the_file_counts(api, folder, capsys, monkeypatch):
    """The emulator needs no credentials, and its bucket is not the one of that name on AWS."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (folder / "results.jsonl").write_text(done(REQUESTS[0]))
    options = [*DAYS, "--resume", "--endpoint-url", api.url]
    assert run_lambda.main(options) == 0
    assert len(api.calls) == 4
    assert capsys.readouterr().err == ""
    assert run_lambda.main([*options, "--output-bucket", BUCKET, "--day", "2020,001"]) == 1
    assert f"error: could not check s3://{BUCKET}: " in capsys.readouterr().err


def test_queued_requests_without_a_result_are_queued_again(archive, folder, capsys):
    archive.sqs.create_queue(QueueName="again")
    options = ["--queue", "again", "--resume"]
    try:
        assert run_lambda.main([*DAYS, *options]) == 0
        there = CorrectedDayRequest.parse(REQUESTS[3]).output_key
        archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=there, Body=b"x")
        assert run_lambda.main([*DAYS, *options]) == 0
        assert run_lambda.main([*DAYS, *options, "--output-bucket", OUTPUT_BUCKET]) == 0
    finally:
        archive.sqs.delete_queue(QueueUrl=archive.sqs.get_queue_url(QueueName="again")["QueueUrl"])
    said = capsys.readouterr().out
    for told in ("5 queued, 0 failed", "0 queued, 0 failed, 5 skipped", "4 queued, 0 failed, 1 sk"):
        assert told in said


def test_a_bucket_that_is_not_there(api, capsys):
    assert run_lambda.main([*DAYS, "--resume", "--output-bucket", "no-such-bucket"]) == 1
    assert api.calls == []
    assert "the bucket no-such-bucket does not exist" in capsys.readouterr().err


class Refusing:
    """S3 that answers HEAD requests with given error codes."""

    def __init__(self, bucket, objects):
        self.bucket, self.objects = bucket, objects

    def head_bucket(self, **_):
        self.refuse(self.bucket)

    def head_object(self, **_):
        self.refuse(self.objects)

    def refuse(self, code):
        if code:
            raise ClientError({"Error": {"Code": code}}, "HeadObject")


@pytest.mark.parametrize(
    ("bucket", "objects", "left"),
    [("", "404", 5), ("", "403", 5), ("403", "403", 5), ("403", "", 0)],
)
def test_error_codes_of_missing_objects(bucket, objects, left):
    """Without permission to list the bucket, S3 answers 403 for a missing object, too.

    It may also mean that we lack permission to read, so the user is warned if all answers are 403.
    """
    requests = [CorrectedDayRequest.parse(request) for request in REQUESTS]
    looked = []
    s3 = Refusing(bucket, objects)
    found, note = not_in_bucket(s3, BUCKET, requests, lambda: looked.append(1))
    assert len(found) == left
    assert ("denied access to all of these objects" in note) == (bucket == objects == "403")
    assert len(looked) == 5
    with pytest.raises(RunError, match="could not check s3://corrected-waveforms: .*500"):
        not_in_bucket(Refusing("", "500"), BUCKET, requests, lambda: None)


def test_a_dry_run_shows_pending_requests(api, folder, capsys):
    (folder / "results.jsonl").write_text(done(REQUESTS[0]))
    assert run_lambda.main([*DAYS, "--resume", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "2019,183" not in said
    assert "4 requests (1 channel, 4 days) for the function response-lambda" in said
    assert "; 1 more already done" in said
    assert api.calls == []
