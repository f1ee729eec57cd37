"""`make serve` and `--local` where something is wrong: the messages."""

import shlex
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

import run_lambda
from local import demo, serve, try_out
from tests.support.commands import PROJECT, free_port, run_command
from tests.support.pages import make_folder

FIRST = "2024,001"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--archive", "/nowhere"], "ARCHIVE=/nowhere: must be demo, scedc-pds or a folder"),
        (["--archive", str(PROJECT / "README.md")], "README.md is a file: give its folder"),
        (["--results", str(PROJECT / "README.md")], "README.md cannot be a folder: "),
        (["--archive", "http://127.0.0.1:1/b"], "http://127.0.0.1:1/b cannot be reached"),
        (["--archive", str(PROJECT / "docs")], "docs has no miniSEED records that can be served"),
        (["--function", "peak"], "there is no function 'peak': must be of response, timewindow"),
        (["--port", "65535"], "a port is a number from 1 to 65534"),
        (["--port", "nine"], "'nine': a port is a number"),
        (["--http-port", "x"], "argument --http-port: 'x': a port is a number from 1 to 65535"),
        (["--http-port", "65536"], "'65536': a port is a number from 1 to 65535"),
        (["--port", ""], "'': a port is a number"),
    ],
)
def test_a_wrong_start_says_why(
    options: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = [] if "--port" in options else ["--port", str(free_port())]
    monkeypatch.setattr(sys, "argv", ["serve", *options, *port])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        serve.main()
    assert said in f"{ended.value.code}{capsys.readouterr().err}"
    assert ended.value.code != 0


@pytest.mark.parametrize(
    "line",
    [
        "response",
        "windows --request request.json",
        f"response --day {FIRST} --nscl 'CI.BOM.B*.'",
        f"response --day {FIRST} --nscl CI.BOM.BHZ. --queue local-jobs",
        f"response --day {FIRST} --nscl CI.BOM.BHZ. --resume",
    ],
)
def test_nothing_listens(
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(make_folder(tmp_path))
    assert run_lambda.main([*shlex.split(line), "--local", str(free_port())]) == 1
    said = capsys.readouterr().err
    assert "nothing listens at http://127.0.0.1:" in said
    assert "is `make serve` running?" in said
    assert "retrying" not in said


def test_an_empty_folder_is_no_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    test_a_wrong_start_says_why(
        ["--archive", str(tmp_path)], "has no miniSEED records", monkeypatch, capsys
    )


@pytest.mark.parametrize("program", [demo, serve, try_out])
def test_a_wrong_port_is_refused_at_once(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["program", "--port", "abc"])
    with pytest.raises(SystemExit):
        program.main()
    said = capsys.readouterr()
    assert "argument --port: 'abc': a port is a number from 1 to 65534" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("program", "offset", "hint"),
    [(demo, 0, "PORT"), (try_out, 1, "PORT"), (serve, 1, "PORT"), (serve, 2, "HTTP_PORT")],
)
def test_a_taken_port_is_named_before_the_archive_is_read(
    program: ModuleType,
    offset: int,
    hint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = free_port()
    monkeypatch.setattr(sys, "argv", ["program", "--port", str(port)])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    taken = socket.create_server(("127.0.0.1", port + offset))
    with taken, pytest.raises(SystemExit) as ended:
        program.main()
    said = str(ended.value.code)
    assert said.startswith(f"error: cannot listen on port {port + offset}: ")
    assert f", such as {hint}=" in said
    assert capsys.readouterr().out == ""


def test_make_clean_leaves_results(tmp_path: Path) -> None:
    for name in (".venv", "build/demo", "build/results/demo", "other"):
        (tmp_path / name).mkdir(parents=True)
    done = run_command("make", "-f", str(PROJECT / "Makefile"), "clean", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {"build", "build/results", "build/results/demo", "other"}
