"""Names of functions, and a function of one's own behind the emulator."""

import json
import urllib.request
from pathlib import Path

import pytest

from local.cloud import emulator, function_names
from local.cloud.emulator import Emulator
from local.cloud.function_names import functions, short_name
from local.services import ServicesError, chosen
from tests.support.commands import PROJECT


@pytest.mark.parametrize(
    "name",
    [
        "response",
        "response-lambda",
        "response_lambda",
        "response_lambda/",
        "response_lambda/app.py",
        "scedc-response",
        "response:live",
        "arn:aws:lambda:us-west-2:123456789012:function:scedc-response:$LATEST",
    ],
)
def test_every_name_of_a_function(name: str) -> None:
    assert short_name(name) == "response"
    assert chosen(name) == ["response"]


@pytest.mark.parametrize(
    "name",
    ["timewindow", "TimeWindow", "time-window", "windows", "scedc-timewindow", "timewindows"],
)
def test_every_name_of_the_time_windows(name: str) -> None:
    assert chosen(name) == ["timewindow"]


def test_a_choice_of_functions() -> None:
    assert chosen("") == functions() == ["response", "timewindow"]
    assert chosen("timewindow-lambda, response response") == ["timewindow", "response"]
    with pytest.raises(ServicesError, match="no function 'peak': must be of response, timewindow"):
        chosen("response peak")
    with pytest.raises(ServicesError, match="no function 'tmewindow' .did you mean 'timewindow'"):
        chosen("tmewindow")


def test_a_function_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each function has its own module `app`, and its own path."""
    (tmp_path / "shared").symlink_to(PROJECT / "shared")
    for name in ("twice", "response"):
        (tmp_path / f"{name}_lambda").mkdir()
        (tmp_path / f"{name}_lambda" / "app.py").write_text(
            "from shared.invocation import lambda_handler\n"
            f"handler = lambda_handler(lambda request: [{name!r}, request['number'] * 2])\n"
        )
    for module in (emulator, function_names):
        monkeypatch.setattr(module, "PROJECT", tmp_path)
    assert functions() == ["response", "twice"]
    with Emulator(functions(), {}) as running:
        for name in functions():
            request = urllib.request.Request(running.url_of(name), b'{"number": 21}')
            with urllib.request.urlopen(request, timeout=60) as reply:
                assert json.loads(reply.read()) == [name, 42]
