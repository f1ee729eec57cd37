"""`make serve ARCHIVE=...` and `run_lambda.py --local`: one's own files, and a bucket elsewhere."""

import io
import json
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import boto3
import obspy
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from local.cloud.object_reads import refuse
from local.cloud.s3_front import Front
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace, mseed, noise, put_day, put_station
from tests.support.commands import PROJECT, free_port, run_command
from tests.support.pages import make_folder
from tests.support.served import START_S, Served, make_serve, serving
from tests.support.wsgi import listening

SESSION = boto3.Session("local", "local", region_name="us-west-2")
FIRST, SECOND = "2024,001", "2024,002"
KEY = "noresp/2024/2024_001/CIBOM__BHZ___2024001.ms"
AUTO = "noresp_pre_filt-auto/2024/2024_001/CIBOM__BHZ___2024001.ms"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server) -> Path:
    """A folder with two channels and two days in one file, StationXML, and a text."""
    folder = tmp_path_factory.mktemp("my data")
    days = [
        make_trace(f"CI.BOM.{channel}.", f"2024-01-{day}T00:00:00.0195", noise(40_000))
        for day in ("01", "02")
        for channel in ("BHN", "BHZ")
    ]
    (folder / "everything.mseed").write_bytes(mseed(*days))
    (folder / "BOM.xml").write_bytes(put_station(s3_server, "CI", "BOM", BHN=40.0, BHZ=40.0))
    (folder / "notes.txt").write_text("not for the archive")
    return folder


@pytest.fixture(scope="module")
def served(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        (tmp_path_factory.mktemp("serve") / "serve.log").open("wb") as log,
        serving(log, ARCHIVE=own) as running,
    ):
        yield running


@pytest.fixture
def typed(served: Served, tmp_path: Path) -> Callable[..., str]:
    """Types a line without credentials; returns its output."""
    folder = make_folder(tmp_path)

    def type_in(line: str, status: int = 0) -> str:
        done = run_command("bash", "-c", line, cwd=folder)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    return type_in


def test_it_says_what_it_serves_and_what_to_type(
    own: Path, served: Served, typed: Callable[..., str], tmp_path: Path
) -> None:
    said = "\n".join(served.lines)
    assert f"{own}/notes.txt: neither miniSEED nor StationXML" in said
    assert f"{own}: 4 days of 2 channels ({FIRST} to {SECOND}), StationXML of 1 stations" in said
    lines = [line.strip() for line in served.lines if "run_lambda.py" in line]
    assert all(line.endswith(f" --local {served.port}") for line in lines)
    response, windows = lines
    reply = json.loads(typed(response))
    (line,) = [line for line in served.lines if line.startswith("Results")]
    results = Path(line.split(": ")[1])
    path = results / reply["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
    (trace,) = obspy.read(str(path))
    assert trace.stats.npts == reply["samples"] == 40_000
    described = json.loads(path.with_name(f"{path.name}.json").read_text())
    assert json.loads(described["metadata"]["parameters"]) == reply["parameters"]
    typed(windows)
    (window,) = json.loads((tmp_path / "output.json").read_text())
    assert window["data"] == noise(40_000)[: 60 * 40 + 1].astype(int).tolist()


def test_wildcards_results_and_the_queue(served: Served, typed: Callable[..., str]) -> None:
    """All that is on AWS otherwise is on this machine: the listing, the results, the queue."""
    port = f"--local {served.port}"
    days = f"response --day {FIRST} {SECOND} --nscl 'CI.BOM.B*.*' {port}"
    command = ".venv/bin/python run_lambda.py"
    assert "4 requests (2 channels, 2 days)" in typed(f"{command} {days} --dry-run")
    assert "2 done" in typed(f"{command} response --day {FIRST} --nscl 'CI.BOM.B*.*' {port}")
    assert "2 done, 0 failed, 2 skipped" in typed(
        f"{command} {days} --resume --results other.jsonl"
    )
    assert "4 queued" in typed(f"{command} {days} --queue local-jobs --results queued.jsonl")
    # The options may come first, too.
    assert "no channel matches" in typed(
        f"{command} {port} response --day 2023,001 --nscl 'CI.BOM.B*.*'", status=2
    )


def test_a_function_is_found_by_any_of_its_names(served: Served, typed: Callable[..., str]) -> None:
    url = f"http://localhost:{served.port}/2015-03-31/functions"
    for name in ("timewindow", "timewindow-lambda", "scedc-timewindow", "timewindow:live"):
        reply = json.loads(typed(f"curl -sS -d '{{}}' {url}/{name}/invocations"))
        assert "Windows is missing" in reply["errorMessage"]
    for path, problem in (
        ("function/invocations", "the function 'function' may be any of several"),
        ("peak/invocations", "the function 'peak' is not served here"),
        ("timewindow", "the path /2015-03-31/functions/timewindow is none of Lambda's"),
    ):
        reply = json.loads(typed(f"curl -sS -d '{{}}' {url}/{path}"))
        assert reply["Message"].startswith(problem)
        assert "POST to /2015-03-31/functions/response/invocations or " in reply["Message"]
    said = typed(f".venv/bin/python run_lambda.py --local {served.port} --function-name x", 1)
    assert "ResourceNotFoundException: the function 'x' is not served here" in said


def test_results_outlive_the_server(tmp_path: Path, own: Path) -> None:
    """Objects are there again, with their metadata and their ETags."""
    results = tmp_path / "results"
    descriptions: list[Any] = []
    for _ in range(2):
        with (tmp_path / "serve.log").open("wb") as log, serving(log, ARCHIVE=own) as running:
            (line,) = [line for line in running.lines if line.startswith("S3 with")]
            s3 = SESSION.client("s3", endpoint_url=line.split()[-1])
            if not descriptions:
                s3.put_object(
                    Bucket=OUTPUT_BUCKET, Key=KEY, Body=io.BytesIO(b"x" * 10), Metadata={"day": "1"}
                )
            answer = s3.get_object(Bucket=OUTPUT_BUCKET, Key=KEY)
            descriptions.append((answer["Body"].read(), answer["Metadata"], answer["ETag"]))
    assert descriptions[0] == descriptions[1]
    assert descriptions[0][:2] == (b"x" * 10, {"day": "1"})
    assert [path.read_bytes() for path in results.rglob("*.ms")] == [b"x" * 10]


@dataclass
class PublicBucket:
    """The archive on AWS: read unsigned, not listed, and all other keys are forbidden.

    Attributes:
        url: of the bucket.
        requests: method and key of each request, and whether it was refused for itself.
    """

    url: str
    requests: list[tuple[str, str, bool]]


@pytest.fixture
def public_bucket(archive: S3Server) -> Iterator[PublicBucket]:
    trace = make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:00.0195", noise(40_000))
    there = {
        put_day(archive, "CI.BOM.BHZ.", FIRST, trace),
        SCEDC.stationxml_keys("CI", "BOM")[0],
    }
    put_station(archive, "CI", "BOM", BHZ=40.0)
    requests: list[tuple[str, str, bool]] = []

    def answer(key: str, request: Request) -> Response | None:
        is_wrong = request.method not in ("GET", "HEAD") or "Authorization" in request.headers
        requests.append((request.method, key, is_wrong))
        if is_wrong or key not in there:
            return refuse(HTTPStatus.FORBIDDEN, "AccessDenied", "Access Denied", request)
        return None

    behind = DomainDispatcherApplication(create_backend_app)
    with listening(Front(behind, {SCEDC.bucket: answer})) as url:
        yield PublicBucket(f"{url}/{SCEDC.bucket}", requests)


def test_a_bucket_elsewhere(public_bucket: PublicBucket, archive: S3Server, tmp_path: Path) -> None:
    """Its objects are read as on AWS, and results stay here."""
    command = [sys.executable, "run_lambda.py", "response", "--day", FIRST]
    with (
        (tmp_path / "serve.log").open("wb") as log,
        serving(log, ARCHIVE=public_bucket.url) as running,
    ):
        local = ["--local", str(running.port), "--nscl"]
        done = run_command(*command, *local, "CI.BOM.BHZ.")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["samples"] == 40_000
        assert "NoWaveformError" in run_command(*command, *local, "CI.BOM.BHN.").stderr
        wild = run_command(*command, *local, "CI.BOM.BH?.")
    assert wild.returncode == 1
    assert "could not list s3://scedc-pds/" in wild.stderr
    assert "AccessDenied" in wild.stderr
    assert {method for method, _, _ in public_bucket.requests} == {"GET", "HEAD"}
    assert not any(is_wrong for _, _, is_wrong in public_bucket.requests)
    assert "Contents" not in archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
    assert [path.name for path in tmp_path.rglob("*.ms")] == ["CIBOM__BHZ___2024001.ms"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"ARCHIVE": "/nowhere"}, "ARCHIVE=/nowhere: must be demo, scedc-pds or a folder"),
        ({"ARCHIVE": "http://127.0.0.1:1/b"}, "http://127.0.0.1:1/b cannot be reached"),
        ({"ARCHIVE": PROJECT / "docs"}, "docs has no miniSEED records that can be served"),
        ({"PORT": 65_535}, "a port is a number from 1 to 65534"),
        ({"PORT": "nine"}, "'nine': a port is a number"),
    ],
)
def test_a_wrong_start_says_why(variables: dict[str, object], said: str, tmp_path: Path) -> None:
    with (tmp_path / "serve.log").open("wb") as log:
        make_serve(free_port(), log, **variables).communicate(timeout=START_S)
    errors = (tmp_path / "serve.log").read_text()
    assert said in errors
    assert "Traceback" not in errors


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
def test_nothing_listens(line: str, tmp_path: Path) -> None:
    port = free_port()
    words = [*shlex.split(line), "--local", str(port)]
    done = run_command(sys.executable, "run_lambda.py", *words, cwd=make_folder(tmp_path))
    assert done.returncode == 1
    assert "nothing listens at http://127.0.0.1:" in done.stderr
    assert "is `make serve` running?" in done.stderr
    assert "retrying" not in done.stderr
