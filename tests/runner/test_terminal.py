"""The progress bar, on a pseudo-terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from runner.terminal import Progress
from tests.support.commands import PROJECT, command_environment
from tests.support.lambda_api import LambdaApi, corrected, failed


def test_a_bar_on_a_terminal(tmp_path):
    """It shows count, total, rate, time left and failures; standard output stays clean."""
    main_end, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 25, 100, 0, 0))
    command = [sys.executable, str(PROJECT / "run_lambda.py"), "response"]
    options = ["--day", "2019,183..2019,212", "--concurrency", "2"]
    with LambdaApi() as api:
        api.seconds = 0.05
        api.answer = lambda event, _: (
            failed("NoWaveformError") if event["day"] == "2019,185" else corrected(event)
        )
        done = subprocess.run(
            [*command, *options, "--endpoint-url", api.url],
            cwd=tmp_path,
            env=command_environment(TERM="xterm"),
            stdout=subprocess.PIPE,
            stderr=terminal,
            text=True,
            timeout=300,
            check=False,
        )
    os.close(terminal)
    said = ""
    while chunk := read(main_end):
        said += chunk
    os.close(main_end)
    assert done.returncode == 1
    assert done.stdout.startswith("30 requests in ")
    assert "days:" in said
    assert "30/30" in said
    assert re.search(r"\d+/30 \[\d\d:\d\d<\d\d:\d\d, +[\d.]+ requests/s", said)
    assert "1 failed" in said


@pytest.mark.parametrize("is_terminal", [True, False])
def test_there_is_no_bar_without_tqdm(monkeypatch, capsys, is_terminal):
    """The run goes on: its notes are lines, and a terminal's user learns how to get a bar."""
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    with Progress(30, "days", "requests") as progress:
        progress.step()
        progress.step(failed=True)
        progress.note("a note")
    hint = "days: 30 requests; no progress bar without tqdm: pip install tqdm\n"
    assert capsys.readouterr().err == f"{hint if is_terminal else ''}a note\n"


def read(end):
    try:
        return os.read(end, 65_536).decode()
    except OSError:  # Linux reports a closed terminal as an error
        return ""
