"""The command for time windows: formats, files, failures."""

import io
import json
import zipfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import obspy
import pytest

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.s3_server import OUTPUT_BUCKET
from shared.invocation import reply_size
from tests.support.builders import noise
from tests.support.lambda_api import Answer, LambdaApi
from tests.support.window_replies import DATA, FAILED, WINDOW, file_reply, write_request

MISSING = {**WINDOW, "Station": "NONE"}


# On the emulator


@pytest.fixture(scope="module")
def timewindow(s3_server):
    with Emulator("timewindow", s3_server.function_environment) as emulator:
        yield emulator


@pytest.fixture
def real(day, timewindow, folder):
    """Run the command against the real function."""
    return lambda *options: run_lambda.main(
        ["windows", *options, "--endpoint-url", timewindow.endpoint_url]
    )


SAMPLES = noise(4_000)[399:800].tolist()  # the day's first sample is 19.5 ms after midnight


def test_json(real, folder, capsys):
    assert real("-o", "output.json") == 0
    (window,) = json.loads((folder / "output.json").read_text())
    assert window["data"] == SAMPLES
    assert capsys.readouterr().out == "wrote 1 window to output.json, 0 of them without data\n"


def test_miniseed(real, folder, capsys):
    write_request(folder, WINDOW, MISSING)
    assert real("--format", "mseed", "-o", "windows.mseed") == 1
    (trace,) = obspy.read(str(folder / "windows.mseed"), format="MSEED")
    assert trace.data.tolist() == SAMPLES
    captured = capsys.readouterr()
    (said,) = captured.out.splitlines()
    assert said.startswith("wrote windows.mseed, ")
    assert said.endswith(" bytes, without 1 window that had no data")
    assert captured.err.count("CI.NONE.BHZ.") == 1


def test_sac(real, folder):
    """The format may also be in the request."""
    write_request(folder, WINDOW, Format="sac")
    assert real("-o", "windows.zip") == 0
    with zipfile.ZipFile(folder / "windows.zip") as archive:
        name, _ = archive.namelist()
        (trace,) = obspy.read(io.BytesIO(archive.read(name)), format="SAC")
    assert trace.data.tolist() == SAMPLES


def test_all_windows_fail(real, folder, capsys):
    write_request(folder, MISSING)
    assert real("--format", "mseed", "-o", "windows.mseed") == 1
    said = capsys.readouterr().err
    assert said.startswith("error: no window has data, nothing was written\n  the archive has no")
    assert not (folder / "windows.mseed").exists()
    assert real("-o", "output.json") == 1
    captured = capsys.readouterr()
    assert captured.out == "wrote 1 window to output.json, 1 of them without data\n"
    assert captured.err.startswith("  the archive has no")


def test_a_large_answer_is_downloaded(day, folder, timewindow_handler, monkeypatch, api, capsys):
    """The real function returns a link, as its limit on replies is lowered."""
    monkeypatch.setattr(reply_size, "MAX_REPLY_BYTES", 500)

    def handled(event, _):
        with redirect_stdout(io.StringIO()):  # the function's log
            return Answer(body=json.dumps(timewindow_handler(event)))

    api.answer = handled
    where = ["windows", "--endpoint-url", api.url]
    assert run_lambda.main([*where, "-o", "output.json"]) == 0
    (window,) = json.loads((folder / "output.json").read_text())
    assert window["data"] == SAMPLES
    assert run_lambda.main([*where, "--format", "mseed", "-o", "windows.mseed"]) == 0
    (trace,) = obspy.read(str(folder / "windows.mseed"), format="MSEED")
    assert trace.data.tolist() == SAMPLES
    listing = day.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
    assert len(listing["Contents"]) == 2
    capsys.readouterr()
    assert run_lambda.main(where) == 0
    assert json.loads(capsys.readouterr().out) == [window]


# Replies


def test_windows_on_standard_output(windows, capsys):
    """Messages go to standard error."""
    assert windows([DATA, FAILED]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == [DATA, FAILED]
    assert captured.err == "  no data of CI.NONE\n"


def test_a_file(windows, folder, capsys):
    assert windows(file_reply(b"\0\xff" * 1_000), "--format", "sac", "-o", "windows.zip") == 0
    assert (folder / "windows.zip").read_bytes() == b"\0\xff" * 1_000
    assert capsys.readouterr().out == "wrote windows.zip, 2,000 bytes, a zip of SAC files\n"
    assert windows(file_reply(b"x", FAILED), "--format", "sac", "-o", "windows.zip") == 1


def test_a_file_that_is_broken_or_cannot_be_written(windows, folder, capsys):
    reply = {**file_reply(b"x"), "content_base64": "===="}
    assert windows(reply, "--format", "sac", "-o", "windows.zip") == 1
    assert "content_base64 is invalid" in capsys.readouterr().err
    assert windows(file_reply(b"x"), "--format", "sac", "-o", str(folder)) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_reply_of_windows_goes_to_the_file(
    api: LambdaApi, request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = [{"data": [1, None, 3]}, {"error": {"type": "NoWaveformError", "message": "no data"}}]
    api.reply = Answer(body=json.dumps(reply))
    output = tmp_path / "output.json"
    arguments = ["windows", "--request", str(request_file), "--endpoint-url", api.url]
    assert run_lambda.main([*arguments, "-o", str(output)]) == 1  # a window failed
    assert json.loads(output.read_text()) == reply
    captured = capsys.readouterr()
    assert captured.out == f"wrote 2 windows to {output}, 1 of them without data\n"
    assert captured.err.startswith("  no data\n")


@pytest.mark.parametrize(
    "reply", [[1, 2], [{}], [{"error": "x"}], [{"error": {"type": "a"}}], []], ids=json.dumps
)
def test_replies_that_are_not_windows(
    api: LambdaApi, credentials: None, capsys: Any, reply: Any, tmp_path: Path
) -> None:
    api.reply = Answer(body=json.dumps(reply))
    output = tmp_path / "output.json"
    assert run_lambda.main(["windows", "-o", str(output)]) == 1
    assert "is this the time-window function?" in capsys.readouterr().err
    assert not output.exists()
