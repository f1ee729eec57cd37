"""The option `--download` of the command `response`."""

import json
from pathlib import Path

import pytest

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.corrected_days.request import CorrectedDayRequest
from tests.support.fetched import NSCL, NUMBERS, Files, request
from tests.support.lambda_api import BUCKET, Answer, LambdaApi, failed
from tests.support.results import line

DAYS = ["--day", "2019,183..2019,185", "--nscl", NSCL]


@pytest.fixture
def corrects(bucket: S3Server, api: LambdaApi) -> LambdaApi:
    """Let Lambda's API answer as if it had written the results of the bucket."""

    def answer(event: dict[str, str], _: int) -> Answer:
        key = CorrectedDayRequest.parse(event).output_key
        return Answer(body=json.dumps({"output_key": f"s3://{BUCKET}/{key}"}))

    api.answer = answer
    return api


def test_download_of_one_day(
    corrects: LambdaApi, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    one = ["response", "--day", "2019,184", "--nscl", NSCL, "--download", "here"]
    assert run_lambda.main(one) == 0
    assert files("here") == [request(184).output_key]
    said = capsys.readouterr()
    assert json.loads(said.out)["output_key"].endswith(request(184).output_key)
    assert f"fetched here/{request(184).output_key}\n" in said.err


def test_download_of_many_days_also_of_an_earlier_run(
    corrects: LambdaApi, folder: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """One day was done earlier, one is found in the bucket, and one fails."""
    (folder / "results.jsonl").write_text(
        line(request(183).as_dict(), output_key=f"s3://{BUCKET}/{request(183).output_key}")
    )
    answer = corrects.answer
    corrects.answer = lambda event, number: (
        failed("NoWaveformError") if event["day"] == "2019,186" else answer(event, number)
    )
    days = ["response", "--day", "2019,183..2019,186", "--nscl", NSCL]
    assert run_lambda.main([*days, "--resume", "--download", "here", "--layout", "sds"]) == 1
    assert [event["day"] for event in corrects.events] == ["2019,186"]
    assert files("here") == [f"2019/CI/SOC/HHZ.D/CI.SOC..HHZ.D.2019.{number}" for number in NUMBERS]
    assert "3 fetched, 0 failed" in capsys.readouterr().out


def test_a_download_that_fails_is_no_success(
    corrects: LambdaApi, bucket: S3Server, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.client.delete_object(Bucket=OUTPUT_BUCKET, Key=request(184).output_key)
    assert run_lambda.main(["response", *DAYS, "--download", "here"]) == 1
    said = capsys.readouterr()
    assert "3 done, 0 failed" in said.out
    assert "2 fetched, 1 failed" in said.out
    assert "failed: NoResult" in said.err


def test_a_day_of_the_function(
    day: S3Server, response: Emulator, folder: Path, files: Files
) -> None:
    """The description has the function's reply, as far as the object's metadata have it."""
    one = ["--day", "2024-01-01", "--nscl", "CI.BOM.BHZ."]
    reply = folder / "reply.json"
    called = ["--endpoint-url", response.endpoint_url, "-o", str(reply), "--download", "here"]
    assert run_lambda.main(["response", *one, *called]) == 0
    (name,) = files("here")
    metadata = json.loads((folder / "here" / f"{name}.json").read_text())["metadata"]
    replied = json.loads(reply.read_text())
    same = ("units", "parameters", "warnings", "gaps", "samples", "starttime", "sampling_rate")
    assert {key: metadata[key] for key in same} == {key: replied[key] for key in same}
    assert (folder / "here" / name).read_bytes() == day.get(replied["output_key"])
