"""The README's requests and replies, against `make serve`, and its function of one's own."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import obspy
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from local.synthetic.archive import DEMO_ARCHIVE, write_archive
from runner.commands import arguments
from tests.pages.readme import BLOCKS, PORT, SECTIONS, covers, planned, post, type_in
from tests.support.builders import http_event
from tests.support.commands import PROJECT
from tests.support.pages import make_folder
from tests.support.served import Served, serving

CALLING = "Calling the functions"
OPTIONS = "Options of a request"


@pytest.fixture(scope="module")
def timewindow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        (tmp_path_factory.mktemp("serve") / "timewindow.log").open("wb") as log,
        serving(log, FUNCTION="timewindow") as served,
    ):
        yield served


@pytest.fixture(scope="module")
def response(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        (tmp_path_factory.mktemp("serve") / "response.log").open("wb") as log,
        serving(log, FUNCTION="response") as served,
    ):
        yield served


@pytest.fixture(scope="module")
def replies(response: Served, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The JSON values that the lines for the response function print, one for each line."""
    folder = make_folder(tmp_path_factory.mktemp("project"))
    printed = type_in(folder, BLOCKS[CALLING, "sh", 2], response.port).strip()
    values = []
    while printed:
        value, end = json.JSONDecoder().raw_decode(printed)
        values.append(value)
        printed = printed[end:].lstrip()
    return values


@covers((CALLING, "sh", 0), (CALLING, "sh", 1))
def test_calling_the_time_windows(timewindow: Served, tmp_path: Path) -> None:
    assert BLOCKS[CALLING, "sh", 0] == "make serve FUNCTION=timewindow\n"
    assert f'-m local.serve --archive "demo" --port "{PORT}" ' in planned("serve")
    folder = make_folder(tmp_path)
    request = json.loads((PROJECT / "request.json").read_text())["Windows"]
    for line in BLOCKS[CALLING, "sh", 1].splitlines():
        printed = type_in(folder, line, timewindow.port)
        windows = json.loads((folder / "output.json").read_text())
        (folder / "output.json").unlink()
        assert [window["channel"] for window in windows] == [item["Channel"] for item in request]
        assert [len(window["data"]) for window in windows] == [12_000, 12_000]
        if "run_lambda.py" in line:
            assert printed == "wrote 2 windows to output.json, 0 of them without data\n"


@covers((CALLING, "sh", 2))
def test_calling_the_response_removal(replies: list[Any]) -> None:
    assert "`make serve FUNCTION=response`" in SECTIONS[CALLING]
    by_curl, sample_event, displacement = replies
    assert without_seconds(by_curl) == without_seconds(sample_event)
    assert by_curl["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp/2019/2019_183/CISOC__HHZ")
    assert (displacement["day"], displacement["nscl"]) == ("2024,001", "CI.BOM.BHZ.")
    assert displacement["units"] == "m"
    assert displacement["parameters"]["pre_filt"] == [0.01, 0.02, 15.0, 18.0]
    assert displacement["samples"] == 86_400 * 40


@covers(("Response removal", "json", 0), ("Response removal", "json", 1))
def test_reply_of_the_response_removal(replies: list[Any]) -> None:
    """The curl line sends the request shown; only the times differ from the reply shown."""
    request = json.loads(BLOCKS["Response removal", "json", 0])
    line = BLOCKS[CALLING, "sh", 2].splitlines()[0]
    assert json.loads(re.findall("'(.*?)'", line)[0]) == request
    assert request == arguments.SAMPLE  # run_lambda.py's default, which the second line sends
    shown = json.loads(BLOCKS["Response removal", "json", 1])
    assert without_seconds(replies[0]) == without_seconds(shown)


def without_seconds(reply: dict[str, Any]) -> str:
    """Return a reply as text, which fixes the order of its members, without any durations."""
    assert all(isinstance(value, float) for value in reply["seconds"].values())
    return json.dumps({**reply, "seconds": list(reply["seconds"])}, indent=2)


@covers((OPTIONS, "json", 0))
def test_ground_motion_of_a_window(timewindow: Served) -> None:
    (reply,) = post(timewindow.url, BLOCKS[OPTIONS, "json", 0].encode())
    assert reply["units"] == "m/s"
    assert reply["pre_filt"] == [0.05, 0.1, 15.0, 18.0]
    assert len(reply["data"]) == 60 * 40 + 1


@covers(("Time windows", "json", 0), ("Time windows", "json", 1))
def test_reply_of_the_time_windows(timewindow: Served) -> None:
    request = BLOCKS["Time windows", "json", 0].encode()
    windows = post(timewindow.url, request)
    for window in windows:
        if "data" in window:
            assert window["data"].count(None) == sum(gap["samples"] for gap in window["gaps"])
            window["data"] = [f"... {len(window['data'])} samples"]
    shown = json.loads(BLOCKS["Time windows", "json", 1])
    assert json.dumps(windows, indent=2) == json.dumps(shown, indent=2)


@covers((CALLING, "sh", 3))
def test_files_and_pictures_of_windows(timewindow: Served, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    printed = type_in(folder, BLOCKS[CALLING, "sh", 3], timewindow.port)
    assert obspy.read(str(folder / "windows.mseed"))[0].id == "CI.BOM..BHZ"
    assert (folder / "windows.png").read_bytes().startswith(b"\x89PNG")
    assert [line.split(",")[0] for line in printed.splitlines()] == [
        "wrote windows.mseed",
        "wrote 2 windows to output.json",
        "drew windows.png",
    ]


@covers(("Many days", "sh", 2))
def test_the_queue_of_make_serve(response: Served, tmp_path: Path) -> None:
    """The tests of make serve check that the function receives the messages."""
    folder = make_folder(tmp_path)
    assert "2 queued, 0 failed" in type_in(folder, BLOCKS["Many days", "sh", 2], response.port)
    assert len((folder / "local.jsonl").read_text().splitlines()) == 2


@covers(("Your own function", "python", 0))
def test_your_own_function(archive: S3Server, tmp_path: Path) -> None:
    folder = write_archive(DEMO_ARCHIVE, lambda _: None)
    for path in folder.rglob("CIBOM*.ms"):
        archive.put(path.relative_to(folder).as_posix(), path.read_bytes())
    app = tmp_path / "peak_lambda" / "app.py"
    app.parent.mkdir()
    app.write_text(BLOCKS["Your own function", "python", 0])
    spec = importlib.util.spec_from_file_location("peak_app", app)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    request = json.loads((PROJECT / "request.json").read_text())
    absent = {**request["Windows"][0], "Station": "XYZ"}
    request["Windows"].insert(1, absent)
    peaks = module.handler(request, SimpleNamespace())
    assert json.loads(json.dumps(peaks)) == peaks  # as Lambda's runtime does
    vertical, missing, north = peaks
    assert missing is None
    assert min(vertical, north) > 1_000

    reply = module.handler(http_event(json.dumps(request)), SimpleNamespace())
    assert reply["statusCode"] == 200
    assert json.loads(reply["body"]) == peaks
    assert module.handler(http_event("[]"), SimpleNamespace())["statusCode"] == 400

    lines = (PROJECT / "Dockerfile.timewindow").read_text().splitlines()
    assert (
        sum("app.py" in line and line.startswith("COPY timewindow_lambda/") for line in lines) == 1
    )
