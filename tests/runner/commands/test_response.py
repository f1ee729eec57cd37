"""The command for channel days, with a single request."""

import json
from pathlib import Path

import pytest

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from tests.support.lambda_api import LambdaApi

NSCL = "CI.BOM.BHZ."
SAMPLE_EVENT = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}


def test_without_arguments_it_sends_the_sample_event(
    api: LambdaApi, credentials: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_lambda.main([]) == 0
    (call,) = api.calls
    assert call.path == "/2015-03-31/functions/response-lambda/invocations"
    assert call.event == SAMPLE_EVENT
    assert json.loads(capsys.readouterr().out) == {"fine": True}


def test_reply_of_response_goes_to_the_file(
    api: LambdaApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "reply.json"
    assert run_lambda.main(["-o", str(output), "--endpoint-url", api.url]) == 0
    assert json.loads(output.read_text()) == {"fine": True}
    assert capsys.readouterr().out == f"wrote {output}\n"


def test_response_removal_on_the_emulator(
    day: S3Server, response: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["response", "--day", "2024-01-01", "--nscl", NSCL, "--output", "DISP"]
    corners = ["--pre-filt", "0.01", "0.02", "15", "18"]
    assert run_lambda.main([*arguments, *corners, "--endpoint-url", response.endpoint_url]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp_output-DISP_pre_filt-")
    assert reply["units"] == "m"
    assert reply["parameters"]["pre_filt"] == [0.01, 0.02, 15.0, 18.0]
    assert day.get(reply["output_key"])
