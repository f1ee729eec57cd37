"""The command for time windows: the request that is sent, and invalid ones."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import run_lambda
from tests.support.commands import PROJECT
from tests.support.lambda_api import LambdaApi
from tests.support.window_replies import DATA, WINDOW, file_reply, write_request


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


def test_the_format_is_sent(windows, api):
    windows(file_reply(b"x"), "--format", "sac", "-o", "windows.zip")
    windows([DATA])
    assert api.events == [{"Windows": [WINDOW], "Format": "sac"}, {"Windows": [WINDOW]}]


def test_the_format_has_any_case_and_name(windows, api, folder):
    windows(file_reply(b"x"), "--format", "SAC", "-o", "windows.zip")
    write_request(folder, WINDOW, format="miniSEED")
    windows(file_reply(b"x"), "-o", "windows.mseed")
    windows([DATA], "--format", "json")
    assert api.events == [
        {"Windows": [WINDOW], "Format": "sac"},
        {"Windows": [WINDOW], "format": "miniSEED"},
        {"Windows": [WINDOW], "Format": "json"},
    ]


def test_a_request_from_standard_input(windows, api, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"Windows": [1]}'))
    assert windows([DATA], "--request", "-") == 0
    assert api.events == [{"Windows": [1]}]


@pytest.mark.parametrize(
    ("options", "members", "message"),
    [
        (["--format", "mseed"], {}, "the format mseed needs a file: -o FILE"),
        ([], {"Format": "sac"}, "the format sac needs a file: -o FILE"),
        ([], {"format": "MSEED"}, "the format mseed needs a file: -o FILE"),
        (
            ["--format", "mseed", "-o", "x", "--plot", "x.png"],
            {},
            "--plot draws windows in the format json, not in mseed: leave --format out",
        ),
    ],
)
def test_invalid_options_are_refused_before_anything_is_sent(
    windows, api, folder, capsys, options, members, message
):
    write_request(folder, WINDOW, **members)
    assert windows([DATA], *options) == 2
    assert message in capsys.readouterr().err
    assert api.calls == []


def test_a_request_that_is_not_an_object(windows, api, folder, capsys):
    (folder / "request.json").write_text("[1]")
    assert windows([DATA]) == 2
    assert "request.json is [1]: must be an object with Windows" in capsys.readouterr().err


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
