"""The registry of formats: one module and one row make another format."""

import base64
import json
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest
from obspy import Trace

from local.cloud.s3_server import S3Server
from runner.commands import arguments
from shared.errors import BadRequestError
from shared.formats import FORMATS, Format, format_names
from shared.formats.contiguous import contiguous_parts
from tests.support.builders import http_event, noise
from tests.support.invocations import decoded_body
from tests.support.window_results import result

Handler = Callable[[Any], Any]
WINDOW = {
    "Network": "CI",
    "Station": "BOM",
    "Channel": "BHZ",
    "Starttime": "2024-01-01T00:00:00",
    "Endtime": "2024-01-01T00:00:10",
}
REQUEST = {"Windows": [WINDOW, {**WINDOW, "Station": "NONE"}], "Format": "lines"}
WRITTEN = b"CI.BOM..BHZ 400 samples\n1 failed\n"
PADDING = 7_000_000
"""Bytes that make a file too large for a reply."""


def write(traces: Sequence[Trace], failed: Sequence[Mapping[str, Any]]) -> bytes:
    """Write a line for each trace: a made-up format."""
    lines = [f"{trace.id} {trace.stats.npts} samples" for trace in traces]
    return "".join(f"{line}\n" for line in [*lines, f"{len(failed)} failed"]).encode()


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module and the row of the made-up format."""
    module = ModuleType("made_up_format")
    module.write = write  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(FORMATS, "lines", Format(module.__name__, "text/x-lines", "txt"))
    return module


@pytest.mark.usefixtures("module")
def test_another_format_directly(day: S3Server, timewindow_handler: Handler) -> None:
    reply = timewindow_handler(REQUEST)
    assert reply["content_type"] == "text/x-lines"
    assert base64.b64decode(reply["content_base64"]) == WRITTEN
    assert [window["station"] for window in reply["errors"]] == ["NONE"]


@pytest.mark.usefixtures("module")
def test_another_format_by_http(day: S3Server, timewindow_handler: Handler) -> None:
    query = urllib.parse.urlencode({**WINDOW, "Format": "lines"})
    context = {"http": {"method": "GET"}}
    posted = timewindow_handler(http_event(json.dumps(REQUEST)))
    got = timewindow_handler(http_event(None, rawQueryString=query, requestContext=context))
    for reply, content in ((posted, WRITTEN), (got, WRITTEN.replace(b"1 failed", b"0 failed"))):
        assert reply["statusCode"] == 200
        assert reply["headers"]["Content-Type"] == "text/x-lines"
        assert decoded_body(reply) == content


def test_another_format_as_a_link(
    day: S3Server, timewindow_handler: Handler, module: ModuleType
) -> None:
    module.write = lambda *values: write(*values).ljust(PADDING)  # type: ignore[attr-defined]
    link = timewindow_handler(REQUEST)
    assert link["content_type"] == "text/x-lines"
    assert link["object"].endswith(".txt")
    with urllib.request.urlopen(link["url"]) as response:
        assert response.headers["Content-Type"] == "text/x-lines"
        assert response.read() == WRITTEN.ljust(PADDING)


@pytest.mark.usefixtures("module")
def test_errors_name_another_format(timewindow_handler: Handler) -> None:
    with pytest.raises(BadRequestError, match="one of 'json', 'mseed', 'sac', 'lines'"):
        timewindow_handler({**REQUEST, "Format": "segy"})


@pytest.mark.usefixtures("module")
def test_another_format_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    for name in format_names():
        assert arguments.parse(["windows", "--format", name, "-o", "file"]).format == name
    with pytest.raises(SystemExit):
        arguments.parse(["windows", "--format", "segy"])
    assert "lines" in capsys.readouterr().err


def test_without_its_row_a_format_is_unknown(timewindow_handler: Handler) -> None:
    assert format_names() == ("json", "mseed", "sac")
    with pytest.raises(BadRequestError, match="Format is 'lines'"):
        timewindow_handler(REQUEST)


@pytest.mark.parametrize("name", FORMATS)
def test_each_row_writes_its_file(name: str) -> None:
    trace = result(noise(100)).trace
    assert trace is not None
    file = FORMATS[name].write(list(contiguous_parts(trace)), [])
    assert file.data
    assert (file.media_type, file.suffix) == (FORMATS[name].media_type, FORMATS[name].suffix)
