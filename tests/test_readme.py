"""What the README says is true: each of its blocks is run, or compared with what runs."""

import importlib.util
import inspect
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import obspy
import pytest

from local.cloud.emulator import INVOCATIONS
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from local.synthetic.archive import DEMO_ARCHIVE, write_archive
from runner.commands import arguments
from runner.results import results_file
from runner.selection.day_ranges import parse_days
from runner.sending.target import FUNCTION_NAMES
from shared import errors, invocation, settings
from shared.archive import scedc
from shared.archive.channel_id import ChannelId
from shared.aws import dead_letters
from shared.corrected_days import adjacent_days
from shared.corrected_days.request import CorrectedDayRequest
from shared.response import bridging
from shared.response.parameters import ENCODINGS, UNITS, RemovalParameters
from shared.windows.ground_motion import MARGIN_PERIODS
from shared.windows.request import (
    FORMATS,
    MOTION_PARAMETERS,
    READS,
    WindowsRequest,
    window_of_query,
)
from tests.local.test_serve import Served, serving
from tests.shared.invocation import test_s3_batch
from tests.support import batches
from tests.support.builders import http_event
from tests.support.commands import PROJECT, DemoRun, command_environment, free_port, run_command
from tests.support.lambda_api import Answer, LambdaApi, failed
from tests.support.pages import Page, code, make_folder

PAGE = Page("README.md")
README = PAGE.text
SECTIONS = PAGE.sections
BLOCKS = PAGE.blocks
TITLE = PAGE.title
PORT = "9000"

covers = PAGE.covers
table = PAGE.table


# The page


def test_every_block_is_covered_by_one_test() -> None:
    PAGE.assert_every_block_is_covered_by_one_test()


def test_what_is_named_exists() -> None:
    assert not re.findall(r"^[A-Z]+_TABLE$", README, re.MULTILINE)
    for path in [
        *PROJECT.glob("shared/*.py"),
        *PROJECT.glob("benchmarks/*.py"),
        PROJECT / "README.md",
    ]:
        for named in re.findall(r"`((?:benchmarks|shared|tests|local)/\w+\.py)`", path.read_text()):
            assert (PROJECT / named).is_file(), f"{path.name} names {named}"


def test_relative_links_and_images_exist() -> None:
    PAGE.assert_relative_links_exist()


@covers(("The house", "text", 0))
def test_the_house() -> None:
    lines = BLOCKS["The house", "text", 0].splitlines()
    named = [line.split()[0] for line in lines]
    assert len(named) == len(set(named)) >= 6
    for path in named:
        assert (PROJECT / path).is_dir() if path.endswith("/") else (PROJECT / path).is_file(), path
    assert "floors" in (PROJECT / "shared" / "__init__.py").read_text()


# Tables


def test_parameters() -> None:
    """Names, order, defaults, and what each takes."""
    rows = {code(name)[0]: (default, takes) for name, default, takes in table("Response removal")}
    defaults = {name: json.loads(code(default)[0]) for name, (default, _) in rows.items()}
    assert defaults == asdict(RemovalParameters())
    assert list(rows) == list(asdict(RemovalParameters()))
    outputs = re.findall(r'`"(\w+)"` \(([^)]+)\)', rows["output"][1])
    assert {name: unit.replace("²", "**2") for name, unit in outputs[:-1]} == UNITS
    assert outputs[-1][0] == "DEF"
    assert [json.loads(name) for name in code(rows["encoding"][1])] == list(ENCODINGS)

    # The example is one that is taken.
    request = {
        "day": "2019,183",
        "nscl": "CI.SOC.HHZ.",
        "pre_filt": json.loads(code(rows["pre_filt"][1])[0]),
    }
    assert CorrectedDayRequest.parse(request).parameters.pre_filt == (0.005, 0.01, 35, 45)


EDGES = "Right at the edges of the band, of gaps, and of days"


@covers((EDGES, "json", 0))
def test_what_is_recommended() -> None:
    request = CorrectedDayRequest.parse(json.loads(BLOCKS[EDGES, "json", 0]))
    assert request.parameters.changed() == {"pre_filt": "auto", "edges": "neighbours"}
    text = " ".join(SECTIONS[EDGES].split())
    assert "up to three hours is bridged" in text
    assert bridging.MAX_BRIDGED_S == 3 * 3_600
    assert "the first twenty of the day after" in text
    assert adjacent_days.MARGIN_S == 20 * 60


def test_folders_of_results() -> None:
    request: dict[str, Any] = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert "`noresp/`" in SECTIONS["Response removal"]
    assert CorrectedDayRequest.parse(request).output_key.startswith("noresp/")
    (named,) = re.findall(r"`(noresp_\S+)/\.\.\.`", SECTIONS["Response removal"])
    request.update(output="DISP", encoding="FLOAT64")
    assert CorrectedDayRequest.parse(request).output_key.startswith(f"{named}/")


def test_errors_and_their_status() -> None:
    statuses = {name: int(status) for names, status in table("Events") for name in code(names)}
    assert statuses.pop("S3_OUTPUT_BUCKET") == 500  # an example, no error
    assert statuses.pop("InternalError") == failure(ZeroDivisionError("never seen"))
    for name, status in statuses.items():
        assert failure(getattr(errors, name)("...")) == status, name

    def leaves(cls: type) -> set[str]:
        ours = [child for child in cls.__subclasses__() if child.__module__ == cls.__module__]
        below = [leaf for child in ours for leaf in leaves(child)]
        return set(below) or {cls.__name__}

    # One is translated before any caller sees it.
    assert set(statuses) == leaves(errors.ServiceError) - {"NoSuchObjectError"}


def failure(error: Exception) -> int:
    """The HTTP status of a function that raises this."""

    def process(request: Any) -> Any:
        raise error

    reply = invocation.lambda_handler(process)(http_event("{}"), SimpleNamespace())
    assert json.loads(reply["body"])["error"]["type"] in (type(error).__name__, "InternalError")
    return int(reply["statusCode"])


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {code(name)[0]: default for name, default, _ in table("Settings") if "`" in name}
    assert rows == {
        "S3_OUTPUT_BUCKET": "none",
        "S3_INPUT_BUCKET": f"`{settings.ARCHIVE_BUCKET}`",
        "DEAD_LETTER_QUEUE_URL": "none",
        "MAX_RECEIVE_COUNT": "none",
    }
    assert settings.dead_letter_queue_url() is None
    assert settings.max_receive_count() is None
    assert settings.input_bucket() == "scedc-pds"
    with pytest.raises(errors.SettingsError):
        settings.output_bucket()
    for name, read in (("OUTPUT", settings.output_bucket), ("INPUT", settings.input_bucket)):
        monkeypatch.setenv(f"S3_{name}_BUCKET", "another")
        assert read() == "another"


def test_batches() -> None:
    """What each batch has, and what its reply has, by the events of the tests of each."""
    rows = {event: (code(request), code(reply)) for event, request, reply in table("Batches")}
    (queue, items, tasks) = rows.values()
    assert list(rows) == [
        "SQS messages",
        "Step Functions' Distributed Map with `ItemBatcher`",
        "S3 Batch Operations",
    ]
    records = [{"messageId": "m", "body": '{"fail": "s3"}', "eventSource": "aws:sqs"}]
    assert list(batches.handler({"Records": records}, batches.NO_LIMIT)) == queue[1]

    event = {items[0][0]: [{}, {"fail": "bad"}], items[0][1]: {"a": 1}}
    entries = batches.handler(event, batches.NO_LIMIT)
    shown = [re.findall(r'"(\w+)"', form) for form in items[1]]
    assert [list(entry) for entry in entries] == shown == [["result"], ["error"]]

    codes = []
    for kind in ("none", "s3", "bad"):
        event = test_s3_batch.event(arguments={"fail": kind})
        codes += [code for code, _ in test_s3_batch.results(event)]
    assert codes == tasks[1]
    for attribute in ("ErrorType", "ErrorMessage"):
        assert attribute in code(SECTIONS["Batches"])
        assert attribute in inspect.getsource(dead_letters.send)


# make


def planned(arguments: str) -> str:
    """What a make command would do in an environment that is set up."""
    environment = ["-o", f"{sys.prefix}/ready", f"VENV={sys.prefix}"]
    done = run_command("make", "-n", *environment, *arguments.split())
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_make_target_that_is_named_exists() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "serve", "test", "check", "images", "lock"} <= named
    for target in named:
        planned(target)


@covers((TITLE, "sh", 0))
def test_make_demo(demo_run: DemoRun) -> None:
    assert BLOCKS[TITLE, "sh", 0] == "make demo\n"
    assert planned("demo") == f"{sys.prefix}/bin/python -m local.demo --port {PORT}\n"
    assert demo_run.status == 0


@covers((TITLE, "text", 0))
def test_output_of_the_demo(demo_run: DemoRun) -> None:
    shown = BLOCKS[TITLE, "text", 0].splitlines()
    printed = demo_run.stdout.replace(f"{demo_run.folder}/", "build/demo/").splitlines()
    first = printed.index(next(line for line in printed if line.startswith("went in")))
    assert len(printed) == first + len(shown) + 1  # "ends with": but for the line that it is done
    for line, is_line in zip(shown, printed[first:], strict=False):
        assert figures(is_line) == pytest.approx(figures(line), rel=0, abs=1.01)
        assert FIGURE.sub("...", is_line) == FIGURE.sub("...", line)


FIGURE = re.compile(r"(\d)\.(\d+)(e[+-]\d+)")


def figures(line: str) -> list[float]:
    """Figures such as 4.017e-05, in units of their last digit: another NumPy may round it."""
    return [float(f"{whole}{fraction}") for whole, fraction, _ in FIGURE.findall(line)]


@covers(("The house", "sh", 0))
def test_make_test_check_lock() -> None:
    lines = BLOCKS["The house", "sh", 0].splitlines()
    test, check, lock = (planned(line.removeprefix("make ")) for line in lines)
    assert "-m pytest" in test
    assert "ruff check ." in check
    assert "mypy" in check
    assert "image/lock" in lock


@covers(("How fast, and how exact", "sh", 0), ("How fast the windows come", "sh", 0))
def test_make_bench() -> None:
    (command,) = BLOCKS["How fast, and how exact", "sh", 0].splitlines()
    assert BLOCKS["How fast the windows come", "sh", 0] == f"{command}\n"
    lines = planned(command.removeprefix("make "))
    modules = re.findall(r"-m (benchmarks\.[\w.]+)", lines)
    assert modules == [
        "benchmarks.response.response_removal",
        "benchmarks.response.gaps_and_edges",
        "benchmarks.windows.time_windows",
        "benchmarks.windows.window_margins",
        "benchmarks.memory.memory_sweep",
    ]
    for module in modules:
        assert (PROJECT / (module.replace(".", "/") + ".py")).is_file()


@covers(("Images", "sh", 0), ("Images", "sh", 1))
def test_make_images() -> None:
    """Built and run they are by test_images.py."""
    for index, version in ((0, "3.10"), (1, "3.13")):
        command = BLOCKS["Images", "sh", index].removeprefix("make ")
        lines = planned(command).splitlines()
        assert [line.split("-f ")[1] for line in lines] == [
            "Dockerfile.response -t response-lambda .",
            "Dockerfile.timewindow -t timewindow-lambda .",
        ]
        assert all(f"--build-arg PYTHON_VERSION={version} " in line for line in lines)
    assert "public.ecr.aws/lambda/python:3.10" in SECTIONS["Images"]
    assert "public.ecr.aws/lambda/python:${PYTHON_VERSION}" in dockerfile("timewindow")


def dockerfile(function: str) -> str:
    return (PROJECT / f"Dockerfile.{function}").read_text()


@pytest.mark.docker
@covers(("Images", "sh", 2))
def test_docker_run() -> None:
    """The line itself, where there is an engine with the image, or that of test_images.py."""
    line = BLOCKS["Images", "sh", 2].strip()
    assert line == f"docker run --rm -p {PORT}:8080 timewindow-lambda"
    version = os.environ.get("IMAGE_PYTHON_VERSION", "3.10")
    image = found_image("timewindow-lambda", f"timewindow-lambda:test-{version}")
    name, port = f"readme-{uuid.uuid4().hex}", free_port()
    line = line.replace(f"{PORT}:", f"{port}:").replace(
        "timewindow-lambda", f"--name {name} {image}"
    )
    run = subprocess.Popen(line.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        raised = answer(f"http://localhost:{port}{INVOCATIONS}", b"{}")
        assert raised["errorType"] == "BadRequestError"
        assert "Windows is missing" in raised["errorMessage"]
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
        run.wait(timeout=300)


def found_image(*names: str) -> str:
    if not shutil.which("docker"):
        pytest.skip("there is no docker command")
    for name in names:
        command = ["docker", "image", "inspect", name]
        if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0:
            return name
    pytest.skip(f"no Docker engine answers, or it has none of {', '.join(names)}")


def answer(url: str, event: bytes) -> Any:
    """The reply of a container that may not listen yet."""
    deadline = time.monotonic() + 300
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, event), timeout=300) as reply:
                return json.loads(reply.read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


# Calling the functions


@pytest.fixture(scope="module")
def timewindow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        (tmp_path_factory.mktemp("serve") / "timewindow.log").open("wb") as log,
        serving("timewindow", log) as served,
    ):
        yield served


@pytest.fixture(scope="module")
def response(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        (tmp_path_factory.mktemp("serve") / "response.log").open("wb") as log,
        serving("response", log) as served,
    ):
        yield served


def type_in(folder: Path, lines: str, port: int) -> str:
    """Type lines in a second terminal; returns what they print."""
    typed = lines
    for after in (0, 1):  # of S3 and SQS is the port after the function's
        typed = typed.replace(f"localhost:{int(PORT) + after}", f"localhost:{port + after}")
    assert typed != lines
    done = run_command("bash", "-euo", "pipefail", "-c", typed, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def replies(response: Served, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the lines for the response function print: one JSON value each."""
    folder = make_folder(tmp_path_factory.mktemp("project"))
    printed = type_in(folder, BLOCKS["Calling the functions", "sh", 2], response.port).strip()
    found = []
    while printed:
        value, end = json.JSONDecoder().raw_decode(printed)
        found.append(value)
        printed = printed[end:].lstrip()
    return found


@covers(("Calling the functions", "sh", 0), ("Calling the functions", "sh", 1))
def test_calling_the_time_windows(timewindow: Served, tmp_path: Path) -> None:
    assert BLOCKS["Calling the functions", "sh", 0] == "make serve FUNCTION=timewindow\n"
    assert (
        planned("serve") == f"exec {sys.prefix}/bin/python -m local.serve response --port {PORT}\n"
    )
    folder = make_folder(tmp_path)
    request = json.loads((PROJECT / "request.json").read_text())["Windows"]
    for line in BLOCKS["Calling the functions", "sh", 1].splitlines():
        printed = type_in(folder, line, timewindow.port)
        windows = json.loads((folder / "output.json").read_text())
        (folder / "output.json").unlink()
        assert [window["channel"] for window in windows] == [item["Channel"] for item in request]
        assert [len(window["data"]) for window in windows] == [12_000, 12_000]
        if "run_lambda.py" in line:
            assert printed == "wrote 2 windows to output.json, 0 of them without data\n"


@covers(("Calling the functions", "sh", 2))
def test_calling_the_response_removal(replies: list[Any]) -> None:
    assert (
        "`make serve FUNCTION=response` serves the other one" in SECTIONS["Calling the functions"]
    )
    by_curl, sample_event, displacement = replies
    assert without_seconds(by_curl) == without_seconds(sample_event)
    assert by_curl["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp/2019/2019_183/CISOC__HHZ")
    assert (displacement["day"], displacement["nscl"]) == ("2024,001", "CI.BOM.BHZ.")
    assert displacement["units"] == "m"
    assert displacement["parameters"]["pre_filt"] == [0.01, 0.02, 15.0, 18.0]
    assert displacement["samples"] == 86_400 * 40


@covers(("Response removal", "json", 0), ("Response removal", "json", 1))
def test_reply_of_the_response_removal(replies: list[Any]) -> None:
    """The request is the one that was sent by curl; of its reply, times differ alone."""
    request = json.loads(BLOCKS["Response removal", "json", 0])
    line = BLOCKS["Calling the functions", "sh", 2].splitlines()[0]
    assert json.loads(re.findall("'(.*?)'", line)[0]) == request
    assert request == arguments.SAMPLE  # of run_lambda.py's second line, too
    shown = json.loads(BLOCKS["Response removal", "json", 1])
    assert without_seconds(replies[0]) == without_seconds(shown)


def without_seconds(reply: dict[str, Any]) -> str:
    """A reply as text, so that the order of its members counts, and how long each step took not."""
    assert all(isinstance(value, float) for value in reply["seconds"].values())
    return json.dumps({**reply, "seconds": list(reply["seconds"])}, indent=2)


ASKED = "What may be asked for"


@covers((ASKED, "json", 0))
def test_ground_motion_of_a_window(timewindow: Served) -> None:
    (reply,) = answer(timewindow.url, BLOCKS[ASKED, "json", 0].encode())
    assert reply["units"] == "m/s"
    assert reply["pre_filt"] == [0.05, 0.1, 15.0, 18.0]
    assert len(reply["data"]) == 60 * 40 + 1


def test_what_may_be_asked_for() -> None:
    rows = {code(name)[0]: takes for name, _, takes in table(ASKED)}
    assert list(rows) == ["Format", "Output", "pre_filt", "Read"]
    assert [json.loads(name) for name in code(rows["Format"])] == list(FORMATS)
    assert [json.loads(name) for name in code(rows["Read"])] == list(READS)
    assert {json.loads(name) for name in code(rows["Output"])} == {*UNITS, "DEF"}
    assert {"Output", *code(rows["pre_filt"])[1:], "pre_filt"} == {"Output", *MOTION_PARAMETERS[1:]}
    (query,) = [text for text in code(SECTIONS[ASKED]) if text.startswith("?")]
    request = window_of_query(dict(urllib.parse.parse_qsl(query[1:])))
    assert WindowsRequest.parse(request).format == "mseed"
    assert f"{MARGIN_PERIODS} periods" in SECTIONS[ASKED]


@covers(("Time windows", "json", 0), ("Time windows", "json", 1))
def test_reply_of_the_time_windows(timewindow: Served) -> None:
    request = BLOCKS["Time windows", "json", 0].encode()
    windows = answer(timewindow.url, request)
    for window in windows:
        if "data" in window:
            assert window["data"].count(None) == sum(gap["samples"] for gap in window["gaps"])
            window["data"] = [f"... {len(window['data'])} samples"]
    shown = json.loads(BLOCKS["Time windows", "json", 1])
    assert json.dumps(windows, indent=2) == json.dumps(shown, indent=2)


@covers(("Events", "json", 0))
def test_error_object(response_handler: Callable[[Any], Any]) -> None:
    request = {"day": "2019,366", "nscl": "CI.SOC.HHZ."}
    reply = response_handler(http_event(json.dumps(request)))
    shown = json.loads(BLOCKS["Events", "json", 0])
    assert json.dumps(json.loads(reply["body"])) == json.dumps(shown)
    with pytest.raises(errors.BadRequestError) as raised:
        response_handler(request)
    assert raised.value.as_dict() == shown["error"]


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

    lines = dockerfile("timewindow").splitlines()
    assert (
        sum("app.py" in line and line.startswith("COPY timewindow_lambda/") for line in lines) == 1
    )


@covers(("Calling the functions", "sh", 3))
def test_files_and_pictures_of_windows(timewindow: Served, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    printed = type_in(folder, BLOCKS["Calling the functions", "sh", 3], timewindow.port)
    assert obspy.read(str(folder / "windows.mseed"))[0].id == "CI.BOM..BHZ"
    assert (folder / "windows.png").read_bytes().startswith(b"\x89PNG")
    assert [line.split(",")[0] for line in printed.splitlines()] == [
        "wrote windows.mseed",
        "wrote 2 windows to output.json",
        "drew windows.png",
    ]


MANY = "Many days"


@pytest.fixture
def typed(listable: S3Server, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Types lines where AWS is this machine: Lambda's API, S3 with a month of CI.SOC, a queue."""
    days = parse_days("2019-07-01..2019-07-31")
    for day, channel in [*itertools.product(days, ("HHE", "HHN", "HHZ")), (days[0], "BHZ")]:
        listable.put(scedc.waveform_key(ChannelId("CI", "SOC", channel), day), b"x")
    folder = make_folder(tmp_path)
    with LambdaApi() as api:
        api.answer = lambda event, _: (
            failed("NoResponseError", "...")
            if event == shown_results()[1]["request"]
            else Answer(body=json.dumps({"output_key": output_key(event)}))
        )
        environment = command_environment(
            **listable.function_environment,
            AWS_ENDPOINT_URL_LAMBDA=api.url,
        )
        del environment["S3_OUTPUT_BUCKET"]

        def type_lines(lines: str, status: int = 0) -> str:
            command = ["bash", "-euo", "pipefail", "-c", lines]
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == status, done.stderr
            return done.stdout

        yield type_lines


def output_key(event: dict[str, Any]) -> str:
    return f"s3://{OUTPUT_BUCKET}/{CorrectedDayRequest.parse(event).output_key}"


def shown_results() -> list[dict[str, Any]]:
    return [json.loads(line) for line in BLOCKS[MANY, "json", 0].splitlines()]


def read_results(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@covers((MANY, "sh", 0), (MANY, "json", 0))
def test_a_month_of_a_station(typed: Callable[..., str], tmp_path: Path) -> None:
    dry, real, again = BLOCKS[MANY, "sh", 0].splitlines()
    said = typed(dry).splitlines()
    assert said[-2] == "93 requests (3 channels, 31 days) for the function response-lambda"
    assert "$" in said[-1]
    assert not (tmp_path / "results.jsonl").exists()
    said = typed(real, status=1).splitlines()
    assert "92 done, 1 failed" in said[0]
    found = read_results(tmp_path / "results.jsonl")
    for shown in shown_results():
        (line,) = [line for line in found if line["request"] == shown["request"]]
        assert list(line) == list(shown)
        timeless = {"seconds": 0}
        assert {**line, **timeless} == {**shown, **timeless}
    said = typed(again, status=1).splitlines()
    assert "0 done, 1 failed, 92 skipped" in said[0]


@covers((MANY, "sh", 1))
def test_a_month_of_a_station_by_the_queue(
    typed: Callable[..., str], archive: S3Server, tmp_path: Path
) -> None:
    sqs = boto3.client("sqs", endpoint_url=archive.endpoint_url, region_name="us-west-2")
    queue = sqs.create_queue(QueueName="scedc-jobs")["QueueUrl"]
    try:
        assert "93 queued, 0 failed" in typed(BLOCKS[MANY, "sh", 1])
        asked = sqs.get_queue_attributes(
            QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert asked["Attributes"] == {"ApproximateNumberOfMessages": "93"}
    finally:
        sqs.delete_queue(QueueUrl=queue)
    assert len(read_results(tmp_path / "queued.jsonl")) == 93


@covers((MANY, "sh", 2))
def test_the_queue_of_make_serve(response: Served, tmp_path: Path) -> None:
    """That its messages are worked on is for the tests of make serve to see."""
    folder = make_folder(tmp_path)
    assert "2 queued, 0 failed" in type_in(folder, BLOCKS[MANY, "sh", 2], response.port)
    assert len(read_results(folder / "local.jsonl")) == 2


def test_what_is_said_of_run_lambda() -> None:
    said = SECTIONS["Calling the functions"]
    assert all(f"`{name}`" in said for name in FUNCTION_NAMES.values())
    helps = [
        run_command(sys.executable, "run_lambda.py", *command, "--help").stdout
        for command in ([], ["response"], ["windows"])
    ]
    assert {"--function-name", "--region", "--profile"} <= set(code(said))
    many = SECTIONS[MANY]
    named = {option for option in [*code(said), *code(many)] if option.startswith("--")}
    assert {"--day", "--nscl", "--file", "--concurrency", "--retries", "--resume"} <= named
    assert {option for option in named if not any(option in text for text in helps)} == set()
    assert "`pip install boto3 tqdm`" in said
    assert "ten, or `--concurrency`" in many
    assert arguments.CONCURRENCY == 10
    assert "up to five times (`--retries`)" in many
    assert arguments.RETRIES == 5
    assert f"`{results_file.DEFAULT}`, or `--results`" in many


# On AWS


@covers(("On AWS", "sh", 0), ("On AWS", "sh", 1))
def test_on_aws() -> None:
    """The lines are those of the page on deployment, whose tests run them."""
    page = Page("docs/deployment.md").blocks
    assert BLOCKS["On AWS", "sh", 0] == page["With SAM", "sh", 0]
    assert BLOCKS["On AWS", "sh", 1] == page["Using the stack", "sh", 3]
