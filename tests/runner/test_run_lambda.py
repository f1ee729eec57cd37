"""run_lambda.py, against the emulator and against a server that answers as Lambda's API does."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from runner.commands import arguments
from runner.sending import retry
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.commands import PROJECT, command_environment, free_port, run_command
from tests.support.lambda_api import Answer, LambdaApi, corrected, failed, refused

NSCL = "CI.BOM.BHZ."
SAMPLE_EVENT = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
WINDOW = {
    "Network": "CI",
    "Station": "BOM",
    "Channel": "BHZ",
    "Location": "--",
    "Starttime": "2024-01-01T00:00:00",
    "Endtime": "2024-01-01T00:00:10",
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaApi]:
    """The API, found at AWS's own address by boto3, and so without --endpoint-url."""
    with LambdaApi() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", api.url)
        yield api


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 0.0)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    path = tmp_path / "windows.json"
    path.write_text(json.dumps({"Windows": [WINDOW, {**WINDOW, "Station": "NONE"}]}))
    return path


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the program, which must fail, and returns its message."""

    def run(*arguments: str, status: int = 1) -> str:
        assert run_lambda.main([*arguments]) == status
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        return captured.err

    return run


# What is sent, and where to


def test_without_arguments_it_sends_the_sample_event(
    api: LambdaApi, credentials: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_lambda.main([]) == 0
    (call,) = api.calls
    assert call.path == "/2015-03-31/functions/response-lambda/invocations"
    assert call.event == SAMPLE_EVENT
    assert json.loads(capsys.readouterr().out) == {"fine": True}


@pytest.mark.parametrize(
    ("options", "event"),
    [
        ([], SAMPLE_EVENT),
        (["--day", "2019,184"], {**SAMPLE_EVENT, "day": "2019,184"}),
        (["--nscl", "CI.SOC.HHN."], {**SAMPLE_EVENT, "nscl": "CI.SOC.HHN."}),
        (["--output", "DISP"], {**SAMPLE_EVENT, "output": "DISP"}),
        (
            ["--pre-filt", "0.005", "0.01", "35", "45"],
            {**SAMPLE_EVENT, "pre_filt": [0.005, 0.01, 35.0, 45.0]},
        ),
        (["--pre-filt", "auto"], {**SAMPLE_EVENT, "pre_filt": "auto"}),
        (
            ["--gaps", "split", "--edges", "neighbours"],
            {**SAMPLE_EVENT, "gaps": "split", "edges": "neighbours"},
        ),
        (["--water-level", "30"], {**SAMPLE_EVENT, "water_level": 30.0}),
        (["--water-level", "none"], {**SAMPLE_EVENT, "water_level": None}),
        (["--encoding", "FLOAT64"], {**SAMPLE_EVENT, "encoding": "FLOAT64"}),
        (["--method", "obspy"], {**SAMPLE_EVENT, "method": "obspy"}),
        (["--taper-fraction", "0.1"], {**SAMPLE_EVENT, "taper_fraction": 0.1}),
        (["--output", "VEL", "--gaps", "bridge"], SAMPLE_EVENT),  # as it is anyway
        (["--no-zero-mean"], {**SAMPLE_EVENT, "zero_mean": False}),
        (
            ["--day", "2024-01-01", "--nscl", NSCL, "--output", "ACC", "--encoding", "FLOAT64"],
            {"day": "2024,001", "nscl": NSCL, "output": "ACC", "encoding": "FLOAT64"},
        ),
    ],
)
def test_options_of_response(
    api: LambdaApi, credentials: None, options: list[str], event: dict[str, Any]
) -> None:
    assert run_lambda.main(["response", *options]) == 0
    (call,) = api.calls
    assert call.path == "/2015-03-31/functions/response-lambda/invocations"
    assert call.event == event


def test_windows_sends_the_file(api: LambdaApi, credentials: None, request_file: Path) -> None:
    assert run_lambda.main(["windows", "--request", str(request_file)]) == 0
    (call,) = api.calls
    assert call.path == "/2015-03-31/functions/timewindow-lambda/invocations"
    assert call.event == json.loads(request_file.read_text())


def test_windows_sends_request_json_by_default(
    api: LambdaApi, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    assert run_lambda.main(["windows"]) == 0
    assert [call.event for call in api.calls] == [
        json.loads((PROJECT / "request.json").read_text())
    ]


@pytest.mark.parametrize("command", [[], ["response"], ["windows", "--request", "request.json"]])
def test_function_names(
    api: LambdaApi, credentials: None, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """AWS's by default, the emulator's one with --endpoint-url, and any that is told."""
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


# Credentials and regions


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


# What comes back


def test_reply_of_windows_goes_to_the_file(
    api: LambdaApi, request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = [{"data": [1, None, 3]}, {"error": {"type": "NoWaveformError", "message": "no data"}}]
    api.reply = Answer(body=json.dumps(reply))
    output = tmp_path / "output.json"
    arguments = ["windows", "--request", str(request_file), "--endpoint-url", api.url]
    assert run_lambda.main([*arguments, "-o", str(output)]) == 1  # a window failed
    assert json.loads(output.read_text()) == reply
    said = capsys.readouterr().out
    assert said == f"wrote 2 windows to {output}, 1 of them without data\n  no data\n"


def test_reply_of_response_goes_to_the_file(
    api: LambdaApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "reply.json"
    assert run_lambda.main(["-o", str(output), "--endpoint-url", api.url]) == 0
    assert json.loads(output.read_text()) == {"fine": True}
    assert capsys.readouterr().out == f"wrote {output}\n"


TIMEOUT = "Task timed out after 60.00 seconds"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"errorMessage": "day is missing", "errorType": "BadRequestError"}', "BadRequestError: "),
        (json.dumps({"errorMessage": TIMEOUT}), "Sandbox.Timedout: Task timed out after 60"),
        ('["not", "an object"]', 'Error: ["not", "an object"]'),
        (TIMEOUT, "Sandbox.Timedout: Task timed out after 60"),
        ("", "Error: the function's reply is empty"),
        ('{"errorMessage": "Unable to import", "errorType": "Runtime.ImportModuleError"}', "Runt"),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_function_error(
    api: LambdaApi,
    credentials: None,
    fails: Callable[..., str],
    body: str,
    message: str,
    told: bool,
) -> None:
    """On AWS, status and body are those of a reply; a header tells the difference.

    On the emulator and SAM local, nothing but the body does.
    """
    api.reply = Answer(body=body, headers={"X-Amz-Function-Error": "Unhandled"} if told else {})
    if not told and body and "errorType" not in body and body[0] in "[{":
        message = "UnexpectedReply: the reply "  # as any other that is no result
    assert fails().startswith(f"error: {message}")
    assert len(api.calls) == 1


NO_RESULTS = [
    None,
    5,
    "hello",
    {"error": {"type": "S3Error", "message": "..."}},
    {"message": "Internal Server Error"},
    {"statusCode": 500, "body": ""},
    {"errorMessage": "boom"},
]


@pytest.mark.parametrize("reply", NO_RESULTS, ids=json.dumps)
@pytest.mark.parametrize("command", ["response", "windows"])
def test_a_reply_that_is_no_result(
    api: LambdaApi, credentials: None, capsys: Any, command: str, reply: Any
) -> None:
    """Whatever the status, it is not told as one."""
    api.reply = Answer(body=json.dumps(reply))
    assert run_lambda.main([command]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"error: UnexpectedReply: the reply {json.dumps(reply)} ")


@pytest.mark.parametrize(
    "reply", [[1, 2], [{}], [{"error": "x"}], [{"error": {"type": "a"}}], []], ids=json.dumps
)
def test_windows_that_are_none(
    api: LambdaApi, credentials: None, capsys: Any, reply: Any, tmp_path: Path
) -> None:
    api.reply = Answer(body=json.dumps(reply))
    output = tmp_path / "output.json"
    assert run_lambda.main(["windows", "-o", str(output)]) == 1
    assert "is this the time-window function?" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000])
def test_a_reply_that_cannot_be_read(
    api: LambdaApi, credentials: None, capsys: Any, body: bytes
) -> None:
    api.reply = Answer(body=body.decode(errors="surrogateescape"))
    assert run_lambda.main([]) == 1
    assert capsys.readouterr().err.startswith("error: Error: ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--queue", ""], "--queue: '' is not a name"),
        (["--function-name", " "], "--function-name: ' ' is not a name"),
        (["--resume", "--output-bucket", ""], "--output-bucket: '' is not a name"),
        (["--file", "a", "--results", "a"], "--file and --results both name a"),
    ],
)
def test_options_that_cannot_be_meant(
    api: LambdaApi, credentials: None, capsys: Any, options: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(["response", *options])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("usage: run_lambda.py response ")
    assert api.calls == []


def test_a_picture_beside_the_answer(api: LambdaApi, credentials: None, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(["windows", "-o", "x.png", "--plot", "./x.png"])
    assert ended.value.code == 2
    assert "-o and --plot both name x.png: give two files" in capsys.readouterr().err


NOT_REPEATED = [
    refused(404, "ResourceNotFoundException", "Function not found: response-lambda"),
    refused(403, "AccessDeniedException"),
    refused(400, "InvalidRequestContentException"),
    refused(413, "RequestEntityTooLargeException"),
    refused(502, "EC2AccessDeniedException"),
    Answer(502, '{"errorType": "Runtime.ExitError"}'),  # the emulator's, of a crash
    Answer(502, "the emulator does not answer: Connection refused\n"),
    failed("BadRequestError"),
    failed("NoWaveformError"),
    failed("UnreadableObjectError"),
    failed("SettingsError"),
    failed("Sandbox.Timedout"),
    failed("ZeroDivisionError"),
    failed("ServiceError"),
    failed("Any"),  # a name in the module of our errors, and no error
]


@pytest.mark.parametrize("answer", NOT_REPEATED, ids=lambda answer: answer.body[:40])
def test_what_would_fail_again_is_not_repeated(
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
def test_what_may_pass_is_repeated(
    api: LambdaApi, credentials: None, capsys: pytest.CaptureFixture[str], answer: Answer
) -> None:
    api.answer = lambda _, before: answer if before < 2 else Answer()
    assert run_lambda.main([]) == 0
    assert api.events == [SAMPLE_EVENT] * 3
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"fine": True}
    assert captured.err.count(": retrying in 0.0 s\n") == 2  # told to those who wait


@pytest.mark.parametrize("answer", REPEATED, ids=lambda answer: answer.body[:40])
def test_it_is_repeated_so_often_and_no_more(
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
def test_what_is_throttled_is_repeated_for_longer(
    api: LambdaApi, credentials: None, answer: Answer
) -> None:
    api.reply = answer
    assert run_lambda.main(["--retries", "3"]) == 1
    assert len(api.calls) == 1 + retry.THROTTLED_RETRIES
    assert run_lambda.main(["--retries", "0"]) == 1
    assert len(api.calls) == 2 + retry.THROTTLED_RETRIES


def test_nobody_listens(fails: Callable[..., str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert url in fails("--endpoint-url", url, "--retries", "0")


def test_an_endpoint_that_is_no_url(fails: Callable[..., str]) -> None:
    said = fails("--endpoint-url", "localhost:9000", status=2)
    assert "localhost:9000: must be a URL such as http://127.0.0.1:9000" in said


@pytest.mark.parametrize("content", [None, "", "{'Windows': []}", "\xff"])
def test_the_request_file_is_not_there_or_not_json(
    api: LambdaApi, tmp_path: Path, fails: Callable[..., str], content: str | None
) -> None:
    path = tmp_path / "request.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    said = fails("windows", "--request", str(path), "--endpoint-url", api.url, status=2)
    assert str(path) in said
    assert ("No such file" if content is None else "is not JSON") in said
    assert api.calls == []


# The emulator


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


def test_an_exception_on_the_emulator(
    day: S3Server, response: Emulator, fails: Callable[..., str]
) -> None:
    """The emulator hands it back with status 200."""
    where = ["--endpoint-url", response.endpoint_url]
    assert fails(*where).startswith("error: NoWaveformError: the archive has no data of CI.SOC.HHZ")


def test_a_timeout_on_the_emulator(
    archive: S3Server, fails: Callable[..., str], tmp_path: Path
) -> None:
    """It is told as plain text, with status 200."""
    put_day(archive, NSCL, "2024,002", make_trace(NSCL, "2024-01-02", noise(3_000_000)))
    put_station(archive, "CI", "BOM", BHZ=40.0)
    environment = {**archive.function_environment, "TMPDIR": str(tmp_path)}
    with Emulator("response", environment, timeout_s=1) as emulator:
        arguments = ["response", "--day", "2024,002", "--nscl", NSCL]
        said = fails(*arguments, "--endpoint-url", emulator.endpoint_url)
    assert "Task timed out after 1.00 seconds" in said


# As a command


def run(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return run_command(sys.executable, str(PROJECT / "run_lambda.py"), *arguments, cwd=cwd)


def test_windows_as_a_command(day: S3Server, request_file: Path, tmp_path: Path) -> None:
    with Emulator("timewindow", day.function_environment) as emulator:
        arguments = ["windows", "--request", request_file.name, "-o", "output.json"]
        done = run(*arguments, "--endpoint-url", emulator.endpoint_url, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("wrote 2 windows to output.json, 1 of them without data\n")
    assert "CI.NONE.BHZ." in done.stdout
    found, missing = json.loads((tmp_path / "output.json").read_text())
    assert found["data"] == noise(4_000)[:400].tolist()
    assert missing["error"]["type"] == "NoWaveformError"


def test_failure_as_a_command() -> None:
    done = run("--endpoint-url", f"http://127.0.0.1:{free_port()}", "--retries", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1  # a message, and no traceback


HELP = {
    (): {"--function-name", "--region", "--profile", "--endpoint-url", "--queue", "--retries"},
    ("response",): {"--day", "--nscl", "--file", "--pre-filt", "--dry-run", "--resume", "--queue"},
    ("windows",): {"--request", "--format", "--plot"},
}


@pytest.mark.parametrize("command", HELP)
def test_help_shows_the_examples(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """Each of them is understood, too."""
    with pytest.raises(SystemExit) as ended:
        run_lambda.main([*command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    lines = [line.strip() for line in said.splitlines()]
    examples = [line for line in lines if line.startswith("python run_lambda.py")]
    assert len(examples) >= 3
    for example in examples:
        options = arguments.parse(shlex.split(example)[2:])
        assert options.command == (command[0] if command else options.command)
    assert set(said.split()) >= HELP[command]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["response", "--water-level", "high"], "'high' is neither a number nor none"),
        (["response", "--pre-filt", "1", "2", "3"], "1 2 3: must be four corners or auto"),
        (["response", "--pre-filt", "1", "2", "3", "auto"], "must be four corners or auto"),
        (["response", "--pre-filt", "none"], "none: must be four corners or auto"),
        (["event"], "invalid choice: 'event'"),
        (["response", "--concurrency", "0"], "'0' is not a number of 1 or more"),
        (["response", "--concurrency", "many"], "'many' is not a number of 1 or more"),
        (["--retries", "-1"], "'-1' is not a number of 0 or more"),
        (["--queue", "jobs", "--function-name", "mine"], "--queue and --function-name"),
        (["--queue", "jobs", "windows"], "--queue is for the command response"),
        (["response", "--output-bucket", "mine"], "is where --resume looks"),
        (["response", "--file", "f", "--day", "2019,183"], "give both of these"),
        (["-o", "no/such/folder/reply.json"], "there is no folder no/such/folder"),
        (["response", "--results", "no/such/folder/r.jsonl"], "there is no folder no/such/folder"),
        (["windows", "--format", "ascii"], "invalid choice: 'ascii'"),
    ],
)
def test_arguments_that_cannot_be(
    capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(options)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--day", "2019,366"], "day 2019,366: 2019 has days 001 to 365"),
        (["--day", "2019,190..2019,183"], "2019,183 is before 2019,190"),
        (["--day", "2019,183", "yesterday"], "day 'yesterday': must be"),
        (["--nscl", "CI.SOC"], "nscl 'CI.SOC': must be network.station.channel.location"),
        (["--nscl", "CI.SOC.HH?.", "ci.SOC.HH?."], "nscl 'ci.SOC.HH?.': network code 'ci'"),
        (["--output", "SPEED"], "output is 'SPEED': must be one of 'DISP'"),
        (["--taper-fraction", "2"], "taper_fraction is 2.0: must be a number from 0 to 1"),
        (["--pre-filt", "4", "3", "2", "1"], "pre_filt is [4.0, 3.0, 2.0, 1.0]: must be"),
        (["--file", "no-such-file"], "no-such-file cannot be read: "),
    ],
)
def test_what_cannot_be_asked_for_is_not_sent(
    api: LambdaApi, fails: Callable[..., str], options: list[str], message: str
) -> None:
    assert message in fails("response", *options, "--endpoint-url", api.url, status=2)
    assert api.calls == []


# Without what the functions need

NEITHER = ("obspy", "numpy", "scipy", "lxml", "matplotlib", "orjson")
WITHOUT = f"""
import runpy, sys

for name in {NEITHER}:
    sys.modules[name] = None  # so that to import it fails
sys.argv = sys.argv[1:]
sys.path[0] = sys.argv[0].rpartition("/")[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("name", NEITHER)
def test_the_hindrance_hinders(tmp_path: Path, name: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import {name}\n")
    assert "ModuleNotFoundError" in run_command(sys.executable, "-c", WITHOUT, str(script)).stderr


def test_it_needs_nothing_of_the_functions(api: LambdaApi, tmp_path: Path) -> None:
    api.answer = lambda event, _: corrected(event)
    script = str(PROJECT / "run_lambda.py")

    def run_without(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT, script, *options, "--endpoint-url", api.url]
        return run_command(*command, cwd=tmp_path)

    days = ["response", "--day", "2019,183..2019,185"]
    dry = run_without(*days, "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "")
    assert dry.stdout.count('"nscl": "CI.SOC.HHZ."') == 3
    assert "$" in dry.stdout
    assert api.calls == []

    real = run_without(*days)
    assert (real.returncode, real.stderr) == (0, "")
    assert real.stdout.startswith("3 requests in ")
    assert len(api.calls) == 3

    api.answer = lambda *_: Answer(body=json.dumps([{"data": [1, 2]}]))
    windows = run_without("windows", "--request", str(PROJECT / "request.json"), "-o", "out.json")
    assert (windows.returncode, windows.stderr) == (0, "")
    picture = ["windows", "--request", str(PROJECT / "request.json"), "--plot", "windows.png"]
    refused_picture = run_without(*picture)
    assert refused_picture.returncode == 2
    assert "--plot needs matplotlib" in refused_picture.stderr


def test_who_reads_its_output_may_stop(tmp_path: Path) -> None:
    days = "response --day 2019,001..2019,365 --dry-run"
    line = f"{sys.executable} {PROJECT / 'run_lambda.py'} {days} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line],
        env=command_environment(PYTHONUNBUFFERED="1"),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
