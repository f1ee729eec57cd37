"""The README: its length and order, and its lines, requests and tables."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest

from shared.corrected_days.request import CorrectedDayRequest
from tests.pages.typed import PORT, planned, values_in
from tests.support.commands import PROJECT, DemoRun, free_port, is_checkout, run_command
from tests.support.pages import Page, page
from tests.support.served import Served

PAGE = page("README.md")
BLOCKS = PAGE.blocks
FIRST = (PAGE.title, "sh", 0)
MOTION, WINDOWS = "Response removal", "Time windows"

covers = PAGE.covers


def test_it_is_a_front_door() -> None:
    """At most 200 lines, in the order in which a new user needs them."""
    lines = PAGE.text.splitlines()
    assert len(lines) <= 200
    assert list(PAGE.sections)[1:] == [
        "The demo",
        "Your own files",
        "The real archive",
        "From Python",
        "Results",
        MOTION,
        WINDOWS,
        "On AWS",
        "When not to use it",
        "Errors",
        "Tests",
    ]
    first_screen = "\n".join(lines[:35])
    assert "](docs/gap.png)" in first_screen
    assert BLOCKS[FIRST] in first_screen
    assert BLOCKS[PAGE.title, "python", 0] in first_screen
    assert "http://localhost:8000)" in first_screen  # for a browser


@covers(FIRST)
def test_from_the_clone_to_a_picture_of_ones_own_day(my_data: Path, tmp_path: Path) -> None:
    """The first screen's three lines, but with a virtual environment that is ready."""
    if not is_checkout():
        pytest.skip("this is no git checkout, so nothing can be cloned")
    (tmp_path / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
    lines = BLOCKS[FIRST].replace("THIS_REPOSITORY", f"--quiet {PROJECT}")
    ready = f"make -o {sys.prefix}/ready VENV={sys.prefix} PORT={free_port()} "
    lines = lines.replace("make ", ready)
    home = f"export HOME={my_data.parent} GIT_CONFIG_GLOBAL={tmp_path}/gitconfig\n"
    done = run_command("bash", "-euc", home + lines, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    clone = tmp_path / "scedc-lambda"
    assert (clone / "build" / "try" / "try.png").read_bytes().startswith(b"\x89PNG")
    last = done.stdout.splitlines()[-5:]
    assert last[0] == "recorded   CI.SOC..HHZ, 2019,183, 8,640,000 samples"
    assert last[1].endswith(".ms, in m/s")
    assert last[2].strip().startswith("open it with obspy.read('")
    (day,) = obspy.read(str(clone / last[2].split("'")[1]))
    assert day.id == "CI.SOC..HHZ"
    assert last[4] == "picture    build/try/try.png"


@covers((PAGE.title, "python", 0))
def test_obspys_client(served: Served) -> None:
    names: dict[str, Any] = {}
    program = BLOCKS[PAGE.title, "python", 0].replace("http://localhost:8000", served.http_url)
    exec(compile(program, "README.md", "exec"), names)
    assert sorted(trace.id for trace in names["stream"]) == ["CI.BOM..BHN", "CI.BOM..BHZ"]


@covers(("The demo", "sh", 0))
def test_make_demo(demo_run: DemoRun) -> None:
    assert BLOCKS["The demo", "sh", 0] == "make demo\n"
    assert planned("demo") == f"{sys.prefix}/bin/python -m local.demo --port {PORT}\n"
    assert demo_run.status == 0


@covers(("Your own files", "sh", 0), ("Your own files", "sh", 1))
def test_ones_own_files(served: Served, typed: Callable[..., str], tmp_path: Path) -> None:
    """The fixture served such a folder."""
    assert BLOCKS["Your own files", "sh", 0] == "make serve ARCHIVE=~/my-data\n"
    assert any("days of 3 channels" in line for line in served.lines)
    (reply,) = values_in(typed(BLOCKS["Your own files", "sh", 1]))
    assert (reply["nscl"], reply["units"]) == ("CI.BOM.BHZ.", "m/s")
    assert reply["parameters"]["pre_filt"] == "auto"
    (day,) = obspy.read(str(tmp_path / "day.mseed"))
    assert (day.id, day.stats.npts) == ("CI.BOM..BHZ", 86_400 * 40)


@covers(("The real archive", "sh", 0))
def test_the_real_archive() -> None:
    """It cannot be reached by a test; others serve a bucket like it."""
    (line,) = BLOCKS["The real archive", "sh", 0].splitlines()
    assert '-m local.serve --archive "scedc-pds"' in planned(line.removeprefix("make "))


@covers(("From Python", "python", 0))
def test_from_python() -> None:
    """The tests of examples/ compare the samples with ObsPy's."""
    names: dict[str, Any] = {}
    exec(compile(BLOCKS["From Python", "python", 0], "README.md", "exec"), names)
    raw = {trace.id: trace.data for trace in obspy.read()}
    for trace in names["stream"]:
        assert names["reports"][trace.id].units == "m/s"
        assert np.abs(trace.data).max() < 1e-3 < np.abs(raw[trace.id]).max()
    for program in re.findall(r"-m (examples\.\w+)", PAGE.sections["From Python"]):
        assert (PROJECT / f"{program.replace('.', '/')}.py").is_file()


@covers(("Results", "sh", 0))
def test_results(typed: Callable[..., str], tmp_path: Path) -> None:
    typed(BLOCKS["Results", "sh", 0])
    assert (tmp_path / "day.png").read_bytes().startswith(b"\x89PNG")
    here = tmp_path / "here/noresp_pre_filt-auto/2024/2024_001/CIBOM__BHZ___2024001.ms"
    sds = tmp_path / "sds/2024/CI/BOM/BHZ.D/CI.BOM..BHZ.D.2024.001"
    assert here.read_bytes() == sds.read_bytes()
    assert "metadata" in json.loads(here.with_name(f"{here.name}.json").read_text())


@covers((MOTION, "json", 0))
def test_what_is_recommended() -> None:
    request = CorrectedDayRequest.parse(json.loads(BLOCKS[MOTION, "json", 0]))
    assert request.parameters.changed() == {"pre_filt": "auto", "edges": "neighbours"}
    assert len(asdict(request.parameters)) == len(PAGE.table(MOTION))


@covers((WINDOWS, "json", 0))
def test_the_request_shown_is_the_file() -> None:
    assert BLOCKS[WINDOWS, "json", 0] == (PROJECT / "request.json").read_text()


@covers((WINDOWS, "sh", 0))
def test_time_windows(typed: Callable[..., str], tmp_path: Path) -> None:
    printed = typed(BLOCKS[WINDOWS, "sh", 0])
    assert [line.split(",")[0] for line in printed.splitlines()] == [
        "wrote 2 windows to output.json",
        "drew windows.png",
        "wrote windows.mseed",
    ]
    windows = json.loads((tmp_path / "output.json").read_text())
    requested = json.loads((PROJECT / "request.json").read_text())["Windows"]
    assert [window["channel"] for window in windows] == [item["Channel"] for item in requested]
    named = PAGE.sections[WINDOWS].partition("The reply has")[2]
    assert all(f"`{member}`" in named for window in windows for member in window)
    assert (tmp_path / "windows.png").read_bytes().startswith(b"\x89PNG")
    traces = obspy.read(str(tmp_path / "windows.mseed"))
    assert {trace.id for trace in traces} == {"CI.BOM..BHN", "CI.BOM..BHZ"}


@covers(("On AWS", "sh", 0))
def test_on_aws() -> None:
    """The deployment page has the same lines, and its tests run them."""
    deployment = Page("docs/deployment.md").blocks
    lines = deployment["With SAM", "sh", 0] + deployment["Using the stack", "sh", 3]
    assert BLOCKS["On AWS", "sh", 0] == lines


@covers(("Tests", "sh", 0))
def test_make_test_and_check() -> None:
    test, check = (
        planned(line.removeprefix("make ")) for line in BLOCKS["Tests", "sh", 0].splitlines()
    )
    assert "-m pytest" in test
    assert "ruff check ." in check
    assert "mypy" in check
