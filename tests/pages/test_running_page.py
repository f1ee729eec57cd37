"""The page about running the functions: its lines, against `make serve`, make and Docker."""

import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import obspy
import pytest
from obspy.clients.filesystem.sds import Client

from local.cloud.invocations import INVOCATIONS
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from tests.pages.typed import PORT, planned, post, values_in
from tests.support.builders import http_event
from tests.support.commands import PROJECT, DemoRun, free_port, run_command
from tests.support.pages import page
from tests.support.served import Served

PAGE = page("docs/running.md")
BLOCKS, SECTIONS = PAGE.blocks, PAGE.sections
FIGURE = re.compile(r"(\d)\.(\d+)(e[+-]\d+)")
OPENED = "open it with: "

covers = PAGE.covers
Typed = Callable[..., str]


@covers(("The demo", "text", 0))
def test_output_of_the_demo(demo_run: DemoRun) -> None:
    shown = BLOCKS["The demo", "text", 0].splitlines()
    printed = demo_run.stdout.replace(f"{demo_run.folder}/", "build/demo/").splitlines()
    first = printed.index(next(line for line in printed if line.startswith("went in")))
    assert len(printed) == first + len(shown) + 1  # the last line says that it is done
    for line, is_line in zip(shown, printed[first:], strict=False):
        assert figures(is_line) == pytest.approx(figures(line), rel=0, abs=1.01)
        assert FIGURE.sub("...", is_line) == FIGURE.sub("...", line)


def figures(line: str) -> list[float]:
    """Return figures such as 4.017e-05 in units of their last digit; NumPy versions round apart."""
    return [float(f"{whole}{fraction}") for whole, fraction, _ in FIGURE.findall(line)]


@covers(("Your own day", "sh", 0), ("Serving", "sh", 0))
def test_make_try_and_make_serve() -> None:
    """The commands behind the lines; the README's tests run them."""
    programs, archives = [], []
    for line in BLOCKS["Your own day", "sh", 0].splitlines() + serve_lines():
        command = planned(line.partition("#")[0].removeprefix("make "))
        programs += re.findall(r"-m (local\.\w+)", command)
        archives += re.findall('--archive "(.*?)"', command)
    assert programs == ["local.try_out"] * 2 + ["local.serve"] * 4
    own = "~/my-data"  # the program expands it
    assert [archive.replace(str(Path.home()), "~") for archive in archives] == [
        *[own] * 2,
        "demo",
        own,
        "scedc-pds",
        "demo",
    ]
    assert '--day "2024-01-01" --nscl "CI.BOM..BHZ"' in planned(
        BLOCKS["Your own day", "sh", 0].splitlines()[1].removeprefix("make ")
    )


def serve_lines() -> list[str]:
    return BLOCKS["Serving", "sh", 0].splitlines()


@covers(("Serving", "sh", 1), ("Serving", "sh", 2))
def test_calls(typed: Typed, tmp_path: Path) -> None:
    sample, windows, motion = BLOCKS["Serving", "sh", 1].splitlines()
    curl_http, curl_windows, curl_day = BLOCKS["Serving", "sh", 2].splitlines()
    (by_program,), (by_curl,) = values_in(typed(sample)), values_in(typed(curl_day))
    assert {**by_program, "seconds": 0} == {**by_curl, "seconds": 0}
    assert by_curl["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp/2019/2019_183/CISOC__HHZ")
    assert typed(windows) == "wrote 2 windows to output.json, 0 of them without data\n"
    read = json.loads((tmp_path / "output.json").read_text())
    typed(curl_windows)
    typed(curl_http)
    for name in ("output.json", "windows.json"):
        assert json.loads((tmp_path / name).read_text()) == read
    assert [len(window["data"]) for window in read] == [12_000, 12_000]
    (displacement,) = values_in(typed(motion))
    assert (displacement["day"], displacement["nscl"]) == ("2024,001", "CI.BOM.BHZ.")
    assert (displacement["units"], displacement["samples"]) == ("m", 86_400 * 40)
    assert displacement["parameters"]["pre_filt"] == [0.01, 0.02, 15.0, 18.0]
    assert not (tmp_path / "results.jsonl").exists()  # single requests print their reply


@covers(("Time windows", "sh", 0))
def test_time_windows(typed: Typed, tmp_path: Path) -> None:
    printed = typed(BLOCKS["Time windows", "sh", 0])
    assert [line.split(",")[0] for line in printed.splitlines()] == [
        "wrote windows.mseed",
        "wrote 1 window to output.json",
        "drew windows.png",
        "wrote windows.zip",
    ]
    traces = obspy.read(str(tmp_path / "windows.mseed"))
    assert {trace.id for trace in traces} == {"CI.BOM..BHN", "CI.BOM..BHZ"}
    described = json.loads((tmp_path / "windows.mseed.json").read_text())
    assert described
    (motion,) = json.loads((tmp_path / "output.json").read_text())
    assert motion["units"] == "m/s"
    assert (tmp_path / "windows.png").read_bytes().startswith(b"\x89PNG")
    with zipfile.ZipFile(tmp_path / "windows.zip") as files:
        (name,) = [name for name in files.namelist() if name.endswith(".sac")]
        (trace,) = obspy.read(io.BytesIO(files.read(name)), format="SAC")
    assert (trace.id, trace.stats.npts) == ("CI.BOM..BHZ", 60 * 40 + 1)


@covers(("Many days", "sh", 2))
def test_the_queue_of_make_serve(typed: Typed, tmp_path: Path) -> None:
    """The tests of make serve check that the function receives the messages."""
    assert "2 queued, 0 failed" in typed(BLOCKS["Many days", "sh", 2])
    assert len((tmp_path / "local.jsonl").read_text().splitlines()) == 2


@covers(("Results", "sh", 0))
def test_results_in_hand(typed: Typed, tmp_path: Path) -> None:
    typed(BLOCKS["Results", "sh", 0])
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 2
    archive = Client(str(tmp_path / "archive"))
    start = obspy.UTCDateTime("2024-01-01T12:00:00")
    stream = archive.get_waveforms("CI", "BOM", "", "BH?", start, start + 1)
    assert [trace.id for trace in stream] == ["CI.BOM..BHN", "CI.BOM..BHZ"]
    week, here = (sorted((tmp_path / name).rglob("*.ms")) for name in ("week", "here"))
    assert [path.read_bytes() for path in week] == [path.read_bytes() for path in here]
    assert len(week) == 2


@covers(("Examples", "sh", 0), ("Examples", "sh", 1))
def test_examples(served: Served, tmp_path: Path) -> None:
    """One of the lines is typed with these variables; the tests of examples/ run all programs."""
    lines = BLOCKS["Examples", "sh", 0].splitlines()
    programs = {path.stem for path in (PROJECT / "examples").glob("[a-z]*.py")}
    assert {re.findall(r"-m examples\.(\w+)", line)[0] for line in lines} == programs
    (line,) = [line for line in lines if "read_windows" in line]
    variables = BLOCKS["Examples", "sh", 1].replace(":9001", f":{served.port + 1}")
    program = line.replace(".venv/bin/python", sys.executable)
    done = run_command("bash", "-euc", f"{variables}\n{program}")
    assert done.returncode == 0, done.stderr
    assert "CI.BOM..BHZ: peak ground velocity" in done.stdout


@covers(("Your own function", "python", 0))
def test_your_own_function(with_demo_days: S3Server, tmp_path: Path) -> None:
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
    copies = [line for line in lines if "app.py" in line and line.startswith("COPY timewindow_lam")]
    assert len(copies) == 1


@covers(("Images", "sh", 0), ("Images", "sh", 1))
def test_make_images() -> None:
    """`tests/deployment/test_images.py` builds and runs them."""
    for index, version in ((0, "3.10"), (1, "3.13")):
        command = BLOCKS["Images", "sh", index].removeprefix("make ")
        lines = planned(command).splitlines()
        assert [line.split("-f ")[1] for line in lines] == [
            "Dockerfile.response -t response-lambda .",
            "Dockerfile.timewindow -t timewindow-lambda .",
        ]
        assert all(f"--build-arg PYTHON_VERSION={version} " in line for line in lines)
    dockerfile = (PROJECT / "Dockerfile.timewindow").read_text()
    assert "public.ecr.aws/lambda/python:3.10" in SECTIONS["Images"]
    assert "public.ecr.aws/lambda/python:${PYTHON_VERSION}" in dockerfile


@pytest.mark.docker
@covers(("Images", "sh", 2))
def test_docker_run() -> None:
    """The line runs if an engine has that image, or the one of test_images.py."""
    line = BLOCKS["Images", "sh", 2].strip()
    assert line == f"docker run --rm -p {PORT}:8080 timewindow-lambda"
    version = os.environ.get("IMAGE_PYTHON_VERSION", "3.10")
    image = local_image("timewindow-lambda", f"timewindow-lambda:test-{version}")
    name, port = f"readme-{uuid.uuid4().hex}", free_port()
    line = line.replace(f"{PORT}:", f"{port}:").replace(
        "timewindow-lambda", f"--name {name} {image}"
    )
    run = subprocess.Popen(line.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        raised = post(f"http://localhost:{port}{INVOCATIONS}", b"{}")
        assert raised["errorType"] == "BadRequestError"
        assert "Windows is missing" in raised["errorMessage"]
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
        run.wait(timeout=300)


def local_image(*names: str) -> str:
    """Return the first of these images that the engine has; skip the test if it has none."""
    if not shutil.which("docker"):
        pytest.skip("there is no docker command")
    for name in names:
        command = ["docker", "image", "inspect", name]
        if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0:
            return name
    pytest.skip(f"no Docker engine answers, or it has none of {', '.join(names)}")
