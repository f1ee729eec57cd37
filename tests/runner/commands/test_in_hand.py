"""One corrected day in hand: the line that opens it, and its picture."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.wrappers import Response

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.results_folder import ResultsFolder
from local.cloud.s3_front import Front, kept
from local.cloud.s3_server import S3Server
from local.cloud.wsgi_server import WsgiServer
from runner.commands import in_hand
from runner.commands.arguments import parse
from runner.sending.local_services import LocalServices
from runner.sending.target import Target
from shared.corrected_days.request import CorrectedDayRequest
from tests.support.corrected_days import REQUEST, write
from tests.support.fetched import Files

ONE = ["--day", "2024-01-01", "--nscl", "CI.BOM.BHZ."]

NOBODY = Response(status=404)
"""The server behind a bucket's folder, which nothing reaches here."""

Opened = Callable[[str], int]


@pytest.fixture
def opened(capsys: pytest.CaptureFixture[str]) -> Opened:
    """Return a function that runs the printed line, and counts the samples it opens."""

    def run(said: str) -> int:
        (line,) = re.findall("^open it with: (.*)$", said, re.MULTILINE)
        names: dict[str, object] = {}
        exec(line, names)
        return sum(len(trace) for trace in names["stream"])  # type: ignore[attr-defined]

    return run


def test_the_line_after_a_call(
    day: S3Server,
    response: Emulator,
    folder: Path,
    files: Files,
    opened: Opened,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From S3 at first, and from the file once it is there. The picture needs no folder."""
    call = ["response", *ONE, "--endpoint-url", response.endpoint_url]
    assert run_lambda.main([*call, "--plot", "day.png"]) == 0
    said = capsys.readouterr().err
    assert "wrote day.png\n" in said
    assert opened(said) == 4000
    assert files(".") == ["day.png"]
    assert (folder / "day.png").read_bytes().startswith(b"\x89PNG")
    assert run_lambda.main([*call, "--download", "here"]) == 0
    said = capsys.readouterr().err
    assert "obspy.read('here/noresp/2024/2024_001/CIBOM__BHZ___2024001.ms')" in said
    assert opened(said) == 4000


def test_the_line_for_make_serve(
    day: S3Server,
    opened: Opened,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It carries the endpoint and the credentials."""
    uri = write()["output_key"]
    for name in day.function_environment:
        monkeypatch.delenv(name)
    target = Target("response", local=LocalServices(day.port - 1))
    request = CorrectedDayRequest.parse(REQUEST)
    in_hand.hand_over(request, uri, parse(["response", *ONE]), target)
    assert opened(capsys.readouterr().err) == 4000


@pytest.mark.parametrize("name", ["results", "my results é"])
def test_the_line_for_a_result_of_make_serve(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It opens the file that is on this machine already."""
    key, bucket = "noresp/2024/2024_001/CIBOM__BHZ___2024001.ms", LocalServices.BUCKET
    folder, request = ResultsFolder(tmp_path / name), CorrectedDayRequest.parse(REQUEST)
    folder.put(key, b"miniSEED", "etag", {}, {})
    with WsgiServer(Front(NOBODY, {bucket: kept(bucket, folder, NOBODY)})) as s3:
        target = Target("response", local=LocalServices(s3.port - 1))
        uri = f"s3://{bucket}/{key}"
        in_hand.hand_over(request, uri, parse(["response", *ONE]), target)
    said = capsys.readouterr().err
    assert said == f"open it with: import obspy; stream = obspy.read({str(folder.path / key)!r})\n"
    assert (folder.path / key).read_bytes() == b"miniSEED"


def test_the_line_names_the_profile(capsys: pytest.CaptureFixture[str]) -> None:
    request = CorrectedDayRequest.parse(REQUEST)
    target = Target("response", profile="mine")
    in_hand.hand_over(request, "s3://bucket/key", parse(["response", *ONE]), target)
    said = capsys.readouterr().err
    assert "boto3.Session(profile_name='mine').client('s3')" in said
    assert "get_object(Bucket='bucket', Key='key')" in said


def test_fetch_draws_one_result(day: S3Server, folder: Path, files: Files) -> None:
    write()
    assert run_lambda.main(["fetch", *ONE, "--plot", "day.png"]) == 0
    assert (folder / "day.png").read_bytes().startswith(b"\x89PNG")
    assert len(files("corrected")) == 1


@pytest.mark.parametrize("command", ["response", "fetch"])
def test_a_picture_of_many_days_is_refused(
    bucket: S3Server, files: Files, fails: Callable[..., str], command: str
) -> None:
    days = [command, "--day", "2019,183..2019,185", "--nscl", "CI.SOC.HHZ."]
    assert "--plot is for a single re" in fails(*days, "--plot", "x.png", status=2)
    assert "must be a file, its name ending" in fails(*days, "--plot", "x.txt", status=2)
    assert files("corrected") == []
