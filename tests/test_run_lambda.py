"""run_lambda.py, against the emulator and against a server that answers as Lambda's API does."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import (
    PROJECT,
    free_port,
    make_trace,
    noise,
    put_day,
    put_station,
    run_command,
)

import run_lambda
from local.emulator import Emulator
from local.s3_server import OUTPUT_BUCKET, S3Server

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


@dataclass(frozen=True)
class Call:
    """What Lambda's API was asked."""

    path: str
    authorization: str | None
    event: Any


@dataclass
class LambdaApi:
    """Lambda's API with one answer to everything."""

    status: int = 200
    body: str = '{"fine": true}'
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaApi]:
    """The API, found at AWS's own address by boto3, and so without --endpoint-url."""
    api = LambdaApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            api.calls.append(Call(self.path, self.headers["Authorization"], event))
            content = api.body.encode()
            self.send_response(api.status)
            for name, value in api.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Not said."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", api.url)
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


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

    def run(*arguments: str) -> str:
        assert run_lambda.main([*arguments]) == 1
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
        (["--no-zero-mean"], {**SAMPLE_EVENT, "zero_mean": False}),
        (
            ["--day", "2024-01-01", "--nscl", NSCL, "--output", "ACC", "--encoding", "FLOAT64"],
            {"day": "2024-01-01", "nscl": NSCL, "output": "ACC", "encoding": "FLOAT64"},
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
    api.body = json.dumps(reply)
    output = tmp_path / "output.json"
    arguments = ["windows", "--request", str(request_file), "--endpoint-url", api.url]
    assert run_lambda.main([*arguments, "-o", str(output)]) == 0
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


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"errorMessage": "day is missing", "errorType": "BadRequestError"}', "BadRequestError: "),
        (
            '{"errorMessage": "Task timed out after 60.00 seconds"}',
            "Error: Task timed out after 60",
        ),
        ('["not", "an object"]', 'Error: ["not", "an object"]'),
        ("Task timed out", "Task timed out"),
    ],
)
def test_function_error(
    api: LambdaApi, credentials: None, fails: Callable[..., str], body: str, message: str
) -> None:
    """On AWS, status and body are those of a reply; a header tells the difference."""
    api.headers["X-Amz-Function-Error"] = "Unhandled"
    api.body = body
    assert fails().startswith(f"error: {message}")
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (429, "TooManyRequestsException", "Rate Exceeded."),
        (404, "ResourceNotFoundException", "Function not found: response-lambda"),
        (500, "ServiceException", "an internal error"),
        (502, "EC2UnexpectedException", "unexpected"),
        (503, "ServiceUnavailableException", "try again"),
    ],
)
def test_a_failed_call_is_not_repeated(
    api: LambdaApi,
    credentials: None,
    fails: Callable[..., str],
    status: int,
    kind: str,
    message: str,
) -> None:
    """A second call would do the work, and cost, twice."""
    api.status, api.headers["X-Amzn-ErrorType"] = status, kind
    api.body = json.dumps({"Type": "User", "Message": message})
    said = fails()
    assert kind in said
    assert message in said
    assert len(api.calls) == 1


def test_a_bad_gateway_that_speaks_no_json(api: LambdaApi, fails: Callable[..., str]) -> None:
    api.status, api.body = 502, "the emulator does not answer: Connection refused\n"
    assert "502" in fails("--endpoint-url", api.url)
    assert len(api.calls) == 1


def test_nobody_listens(fails: Callable[..., str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert url in fails("--endpoint-url", url)


def test_an_endpoint_that_is_no_url(fails: Callable[..., str]) -> None:
    assert "localhost:9000" in fails("--endpoint-url", "localhost:9000")


@pytest.mark.parametrize("content", [None, "", "{'Windows': []}", "\xff"])
def test_the_request_file_is_not_there_or_not_json(
    api: LambdaApi, tmp_path: Path, fails: Callable[..., str], content: str | None
) -> None:
    path = tmp_path / "request.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    said = fails("windows", "--request", str(path), "--endpoint-url", api.url)
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
    assert fails("response", "--day", "2019,366", *where) == (
        "error: BadRequestError: day 2019,366: 2019 has days 001 to 365\n"
    )
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
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("wrote 2 windows to output.json, 1 of them without data\n")
    assert "CI.NONE.BHZ." in done.stdout
    found, missing = json.loads((tmp_path / "output.json").read_text())
    assert found["data"] == noise(4_000)[:400].tolist()
    assert missing["error"]["type"] == "NoWaveformError"


def test_failure_as_a_command() -> None:
    done = run("--endpoint-url", f"http://127.0.0.1:{free_port()}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1  # a message, and no traceback


def test_help_shows_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Each of them is understood, too."""
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    lines = [line.strip() for line in said.splitlines()]
    examples = [line for line in lines if line.startswith("python run_lambda.py")]
    assert len(examples) == 4
    for example in examples:
        assert run_lambda._parser().parse_args(example.split()[2:]).command in (
            "response",
            "windows",
        )
    assert {"--function-name", "--region", "--profile", "--endpoint-url"} <= set(said.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["response", "--water-level", "high"], "'high' is neither a number nor none"),
        (["response", "--pre-filt", "1", "2", "3"], "1 2 3: must be four corners or auto"),
        (["response", "--pre-filt", "1", "2", "3", "auto"], "must be four corners or auto"),
        (["response", "--pre-filt", "none"], "none: must be four corners or auto"),
        (["event"], "invalid choice: 'event'"),
    ],
)
def test_arguments_that_cannot_be(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_link_to_a_large_answer_is_told(tmp_path: Path) -> None:
    reply = {"url": "https://example.com", "object": "s3://bucket/windows/1.json"}
    told = run_lambda._summary(reply, tmp_path / "output.json")
    assert "a link to s3://bucket/windows/1.json" in told
