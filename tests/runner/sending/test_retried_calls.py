"""Which failed calls are retried, and how often."""

import json
from collections.abc import Callable

import pytest

import run_lambda
from runner.commands import arguments
from runner.sending import retry
from tests.support.commands import free_port
from tests.support.lambda_api import Answer, LambdaApi, failed, refused

pytestmark = pytest.mark.usefixtures("no_pauses")

SAMPLE_EVENT = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}


NOT_REPEATED = [
    refused(404, "ResourceNotFoundException", "Function not found: response-lambda"),
    refused(403, "AccessDeniedException"),
    refused(400, "InvalidRequestContentException"),
    refused(413, "RequestEntityTooLargeException"),
    refused(502, "EC2AccessDeniedException"),
    Answer(502, '{"errorType": "Runtime.ExitError"}'),  # from the emulator, for a crash
    Answer(502, "the emulator does not answer: Connection refused\n"),
    failed("BadRequestError"),
    failed("NoWaveformError"),
    failed("UnreadableObjectError"),
    failed("SettingsError"),
    failed("Sandbox.Timedout"),
    failed("ZeroDivisionError"),
    failed("ServiceError"),
    failed("Any"),  # a name in shared.errors that is not an error
]


@pytest.mark.parametrize("answer", NOT_REPEATED, ids=lambda answer: answer.body[:40])
def test_permanent_failures_are_not_retried(
    api: LambdaApi, credentials: None, fails: Callable[..., str], answer: Answer
) -> None:
    """A second call would do the work, and cost, twice."""
    api.reply = answer
    fails()
    assert len(api.calls) == 1


THROTTLED = [
    refused(429, "TooManyRequestsException", "Rate Exceeded."),
    refused(400, "ThrottlingException"),
]
REPEATED = [
    refused(500, "ServiceException", "an internal error"),
    refused(502, "EC2ThrottledException"),
    refused(502, "EC2UnexpectedException"),
    refused(503, "ServiceUnavailableException", "try again"),
    Answer(drop=True),
    failed("S3Error", "could not read: SlowDown"),
]


@pytest.mark.parametrize("answer", THROTTLED + REPEATED, ids=lambda answer: answer.body[:40])
def test_temporary_failures_are_retried(
    api: LambdaApi, credentials: None, capsys: pytest.CaptureFixture[str], answer: Answer
) -> None:
    api.answer = lambda _, before: answer if before < 2 else Answer()
    assert run_lambda.main([]) == 0
    assert api.events == [SAMPLE_EVENT] * 3
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"fine": True}
    assert captured.err.count(": retrying in 0.0 s\n") == 2  # shown to the waiting user


@pytest.mark.parametrize("answer", REPEATED, ids=lambda answer: answer.body[:40])
def test_the_number_of_retries_is_limited(
    api: LambdaApi, credentials: None, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    api.reply = answer
    assert run_lambda.main(["--retries", "3"]) == 1
    assert len(api.calls) == 4
    assert run_lambda.main(["--retries", "0"]) == 1
    assert len(api.calls) == 5
    assert run_lambda.main([]) == 1
    assert len(api.calls) == 5 + 1 + arguments.RETRIES
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize("answer", THROTTLED, ids=lambda answer: answer.body[:40])
def test_throttled_calls_have_more_retries(
    api: LambdaApi, credentials: None, answer: Answer
) -> None:
    api.reply = answer
    assert run_lambda.main(["--retries", "3"]) == 1
    assert len(api.calls) == 1 + retry.THROTTLED_RETRIES
    assert run_lambda.main(["--retries", "0"]) == 1
    assert len(api.calls) == 2 + retry.THROTTLED_RETRIES


def test_no_server_at_the_endpoint(fails: Callable[..., str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert url in fails("--endpoint-url", url, "--retries", "0")
