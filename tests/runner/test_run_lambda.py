"""The program run_lambda.py as a process, and without the packages of the functions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud.emulator import Emulator
from local.cloud.s3_server import S3Server
from tests.support.builders import noise
from tests.support.commands import PROJECT, command_environment, free_port, run_command
from tests.support.lambda_api import Answer, LambdaApi, corrected


def run(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return run_command(sys.executable, str(PROJECT / "run_lambda.py"), *arguments, cwd=cwd)


def test_windows_as_a_command(day: S3Server, request_file: Path, tmp_path: Path) -> None:
    with Emulator("timewindow", day.function_environment) as emulator:
        arguments = ["windows", "--request", request_file.name, "-o", "output.json"]
        done = run(*arguments, "--endpoint-url", emulator.endpoint_url, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "wrote 2 windows to output.json, 1 of them without data\n"
    error, opening = done.stderr.splitlines()
    assert "CI.NONE.BHZ." in error
    assert opening.startswith("open it with: ")
    found, missing = json.loads((tmp_path / "output.json").read_text())
    assert found["data"] == noise(4_000)[:400].tolist()
    assert missing["error"]["type"] == "NoWaveformError"


def test_it_has_its_run_bit() -> None:
    program = PROJECT / "run_lambda.py"
    assert os.access(program, os.X_OK)
    assert program.read_text().startswith("#!/usr/bin/env python3\n")


def test_failure_as_a_command() -> None:
    done = run("--endpoint-url", f"http://127.0.0.1:{free_port()}", "--retries", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1  # a message without a traceback


@pytest.mark.parametrize("command", ["response", "windows", "fetch --output-bucket results"])
def test_no_account(command: str, tmp_path: Path) -> None:
    days = "" if command == "windows" else " --day 2019,183 --nscl CI.SOC.HHZ."
    request = f" --request {PROJECT / 'request.json'} -o o.json" if command == "windows" else ""
    done = run(*f"{command}{days}{request}".split(), cwd=tmp_path)
    assert done.returncode == 1
    assert "Unable to locate credentials: set them by `aws configure` or AWS_PROFILE" in done.stderr
    assert "or use `make serve` and --local" in done.stderr


def test_boto3_is_not_installed() -> None:
    code = "import sys; sys.modules['botocore'] = None; import run_lambda"
    done = run_command(sys.executable, "-c", code)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: boto3 is not installed: pip install boto3 tqdm, or")


# Without the packages of the functions

NEITHER = ("obspy", "numpy", "scipy", "lxml", "matplotlib", "orjson")
WITHOUT = f"""
import runpy, sys

for name in {NEITHER}:
    sys.modules[name] = None  # makes its import fail
sys.argv = sys.argv[1:]
sys.path[0] = sys.argv[0].rpartition("/")[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("name", NEITHER)
def test_blocked_packages_cannot_be_imported(tmp_path: Path, name: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import {name}\n")
    assert "ModuleNotFoundError" in run_command(sys.executable, "-c", WITHOUT, str(script)).stderr


def test_it_needs_no_packages_of_the_functions(api: LambdaApi, tmp_path: Path) -> None:
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
    assert windows.returncode == 0
    opening = "open it with: import json; windows = json.load(open('out.json'))\n"
    assert windows.stderr == opening
    assert json.loads((tmp_path / "out.json").read_text()) == [{"data": [1, 2]}]
    picture = ["windows", "--request", str(PROJECT / "request.json"), "--plot", "windows.png"]
    refused_picture = run_without(*picture)
    assert refused_picture.returncode == 2
    assert "--plot needs matplotlib" in refused_picture.stderr
    refused_day = run_without("response", "--plot", "day.png")
    assert refused_day.returncode == 2
    assert "--plot needs obspy, which is not installed: pip install obspy" in refused_day.stderr


def test_a_reader_may_close_its_output_early(tmp_path: Path) -> None:
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
