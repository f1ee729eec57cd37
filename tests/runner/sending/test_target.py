"""Where requests go: function names, endpoints, credentials, regions, profiles."""

from collections.abc import Callable
from pathlib import Path

import pytest

import run_lambda
from runner.sending.local_services import LocalServices
from runner.sending.target import Target
from tests.support.commands import PROJECT
from tests.support.lambda_api import LambdaApi

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.mark.parametrize("command", [[], ["response"], ["windows", "--request", "request.json"]])
def test_function_names(
    api: LambdaApi, credentials: None, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """AWS's names by default, the emulator's with --endpoint-url, and any with --function-name."""
    monkeypatch.chdir(PROJECT)
    where = ["--endpoint-url", api.url]
    named = ["--function-name", "mine"]
    for options in ([], where, named, [*where, *named]):
        assert run_lambda.main([*command, *options]) == 0
    on_aws = "timewindow-lambda" if "windows" in command else "response-lambda"
    assert [call.path.split("/")[3] for call in api.calls] == [on_aws, "function", "mine", "mine"]


def test_options_stand_before_the_command_or_after_it(api: LambdaApi, request_file: Path) -> None:
    where = ["--endpoint-url", api.url]
    windows = ["windows", "--request", str(request_file)]
    assert run_lambda.main([*where, *windows]) == 0
    assert run_lambda.main([*windows, *where]) == 0
    assert api.calls[0] == api.calls[1]


def test_the_emulator_needs_no_credentials(api: LambdaApi) -> None:
    assert run_lambda.main(["--endpoint-url", api.url]) == 0
    assert [call.authorization for call in api.calls] == [None]


def test_aws_needs_credentials(api: LambdaApi, fails: Callable[..., str]) -> None:
    assert "credentials" in fails()
    assert api.calls == []


def test_calls_are_signed_for_the_region(
    api: LambdaApi, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_lambda.main([]) == 0
    assert run_lambda.main(["--endpoint-url", api.url]) == 0
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert run_lambda.main([]) == 0
    assert run_lambda.main(["--region", "us-east-1"]) == 0
    scopes = []
    for call in api.calls:
        assert call.authorization
        assert call.authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
        scopes.append(call.authorization.split("/")[2])
    assert scopes == ["us-west-2", "us-west-2", "eu-central-1", "us-east-1"]


def test_profile(
    api: LambdaApi,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    fails: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[lab]\naws_access_key_id = AKIALAB\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    assert run_lambda.main(["--profile", "lab", "-o", str(tmp_path / "reply.json")]) == 0
    capsys.readouterr()
    assert "Credential=AKIALAB/" in (api.calls[0].authorization or "")
    assert "office" in fails("--profile", "office")
    assert len(api.calls) == 1


def test_an_endpoint_that_is_not_a_url(fails: Callable[..., str]) -> None:
    said = fails("--endpoint-url", "localhost:9000", status=2)
    assert "localhost:9000: must be a URL such as http://127.0.0.1:9000" in said


def test_a_queue_url_has_the_region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/scedc-jobs"
    assert Target("response", queue=url).sqs_client(1).meta.region_name == "eu-central-1"
    other = Target("response", queue=url, region="us-east-1")
    assert other.sqs_client(1).meta.region_name == "us-east-1"
    assert Target("response", queue="jobs").sqs_client(1).meta.region_name == "us-west-2"


def test_the_services_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take the place of every setting, credential and proxy of the environment."""
    settings = {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:2",
        "S3_OUTPUT_BUCKET": "results-on-aws",
        "S3_INPUT_BUCKET": "another-archive",
        "HTTP_PROXY": "http://127.0.0.1:3",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    target = Target("windows", queue="local-jobs", local=LocalServices(9010))
    assert target.function == "timewindow-lambda"
    clients = {
        "9010": [target.lambda_client(1)],
        "9011": [target.sqs_client(1), target.archive_client(), target.output_client()],
    }
    for port, made in clients.items():
        for client in made:
            assert client.meta.endpoint_url == f"http://127.0.0.1:{port}"
            assert not client._endpoint.http_session._proxy_config._proxies
    credentials = target.output_client()._request_signer._credentials
    assert (credentials.access_key, credentials.token) == ("local", None)
    assert target.archive.bucket == "scedc-pds"
    assert target.output_bucket("results-on-aws") == "corrected-waveforms"
