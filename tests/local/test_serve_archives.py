"""`make serve ARCHIVE=...` and `run_lambda.py --local`: one's own files, and a bucket elsewhere."""

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import obspy
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from local.synthetic import instrument
from tests.support.builders import METADATA_START, make_trace, mseed, noise
from tests.support.commands import run_command
from tests.support.pages import make_folder
from tests.support.served import START_S, Served, serving

SESSION = boto3.Session("local", "local", region_name="us-west-2")
CHANNELS = ("BHE", "BHN", "BHZ")
FIRST, SECOND = "2024,001", "2024,002"
KEY = "noresp/2024/2024_001/CIBOM__BHZ___2024001.ms"
AUTO = "noresp_pre_filt-auto/2024/2024_001/CIBOM__BHZ___2024001.ms"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with SDS of three days, a file of three channels, overlaps, StationXML, a text."""
    folder = tmp_path_factory.mktemp("my data")
    sds = folder / "SDS" / "2024" / "XX" / "A" / "BHZ.D"
    sds.mkdir(parents=True)
    for day in (1, 2, 3):
        trace = make_trace("XX.A.BHZ.", f"2024-01-0{day}T00:00:00.0195", noise(20_000))
        (sds / f"XX.A..BHZ.D.2024.00{day}").write_bytes(mseed(trace))
    three = [
        make_trace(f"CI.BOM.{channel}.", f"2024-01-{day}T00:00:00.0195", noise(40_000))
        for day in ("01", "02")
        for channel in CHANNELS
    ]
    (folder / "everything.mseed").write_bytes(mseed(*three))
    (folder / "again.mseed").write_bytes(mseed(three[0])[: 5 * 512])
    inventory = obspy.read_inventory(io.BytesIO(stationxml("CI", "BOM", *CHANNELS)))
    inventory += obspy.read_inventory(io.BytesIO(stationxml("XX", "A", "BHZ")))
    inventory.write(str(folder / "both.xml"), format="STATIONXML")
    (folder / "notes.txt").write_text("not for the archive")
    return folder


def stationxml(network: str, station: str, *channels: str) -> bytes:
    epochs = [instrument.ChannelEpoch(each, "", 40.0, METADATA_START) for each in channels]
    return instrument.stationxml(network, station, epochs)


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


def reply_in(said: str) -> Any:
    """Return the reply with which an output begins; the line that opens the result follows."""
    reply, end = json.JSONDecoder().raw_decode(said)
    assert said[end:].strip().startswith("open it with: ")
    return reply


def test_it_says_what_it_serves_and_what_to_type(
    own: Path, served: Served, typed: Callable[..., str], tmp_path: Path
) -> None:
    said = "\n".join(served.lines)
    assert f"{own}/notes.txt: neither miniSEED nor StationXML" in said
    assert "5 records that repeat others are served once" in said
    assert f"{own}: 9 days of 4 channels ({FIRST} to 2024,003), StationXML of 2 stations" in said
    lines = [line.strip() for line in served.lines if "run_lambda.py" in line]
    assert all(line.endswith(f" --local {served.port}") for line in lines)
    response, windows = lines
    reply = reply_in(typed(response))
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
    days = f"response --day {FIRST} {SECOND} --nscl 'CI.BOM.BH?.*' {port}"
    command = ".venv/bin/python run_lambda.py"
    assert "6 requests (3 channels, 2 days)" in typed(f"{command} {days} --dry-run")
    assert "3 done" in typed(f"{command} response --day {FIRST} --nscl 'CI.BOM.BH?.*' {port}")
    assert "3 done, 0 failed, 3 skipped" in typed(
        f"{command} {days} --resume --results other.jsonl"
    )
    assert "6 queued" in typed(f"{command} {days} --queue local-jobs --results queued.jsonl")
    other = reply_in(typed(f"{command} response --day 2024,003 --nscl XX.A.BHZ. {port}"))
    assert (other["samples"], other["units"]) == (20_000, "m/s")
    # The options may come first, too.
    assert "no channel matches" in typed(
        f"{command} {port} response --day 2023,001 --nscl 'CI.BOM.BH?.*'", status=2
    )


def test_windows_of_wildcards(served: Served, typed: Callable[..., str], tmp_path: Path) -> None:
    """By the listing, and by a list of stations over midnight; the days begin 19.5 ms late."""
    command = f".venv/bin/python run_lambda.py windows --local {served.port}"
    window = "--nscl 'CI.BOM.BH?.*' --start 2024-01-02T00:00:01 --duration 10"
    said = typed(f"{command} {window} --output VEL --format mseed -o w.mseed")
    assert said.endswith("open it with: import obspy; stream = obspy.read('w.mseed')\n")
    stream = obspy.read(str(tmp_path / "w.mseed"))
    assert [trace.stats.channel for trace in stream] == sorted(CHANNELS)
    (tmp_path / "stations.txt").write_text("CI.BOM..BHZ\nXX A -- BHZ\n")
    times = "--start 2024-01-01T23:59:00 --end 2024-01-02T00:00:10"
    typed(f"{command} --file stations.txt {times} -o w.json --plot w.png")
    windows = json.loads((tmp_path / "w.json").read_text())
    assert [window["data"][-1] for window in windows] == [int(noise(20_000)[399])] * 2
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")


def test_the_response_function_has_a_queue(served: Served) -> None:
    (line,) = [line for line in served.lines if line.startswith("Queues local-jobs")]
    endpoint = line.split()[-1]
    assert endpoint == f"http://127.0.0.1:{served.port + 1}"
    sqs = SESSION.client("sqs", endpoint_url=endpoint)
    jobs, dead_letters = (
        sqs.get_queue_url(QueueName=f"local-{name}")["QueueUrl"]
        for name in ("jobs", "dead-letters")
    )
    for day in (FIRST, "2024,004"):  # the archive lacks the second of them
        body = json.dumps({"day": day, "nscl": "CI.BOM.BHZ.", "output": "ACC"})
        sqs.send_message(QueueUrl=jobs, MessageBody=body)
    (dead,) = received(sqs, dead_letters)
    assert json.loads(dead["Body"])["day"] == "2024,004"
    assert dead["MessageAttributes"]["ErrorType"]["StringValue"] == "NoWaveformError"
    (written,) = s3_of(served).list_objects_v2(Bucket=OUTPUT_BUCKET, Prefix="noresp_o")["Contents"]
    assert written["Key"] == "noresp_output-ACC/2024/2024_001/CIBOM__BHZ___2024001.ms"


def received(sqs: Any, queue_url: str) -> list[Any]:
    """Wait for the next messages of a queue."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        response = sqs.receive_message(
            QueueUrl=queue_url, WaitTimeSeconds=1, MessageAttributeNames=["All"]
        )
        if messages := response.get("Messages"):
            return list(messages)
    return []


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


def test_results_outlive_the_server(served: Served, own: Path, tmp_path: Path) -> None:
    """Another server has the objects of the first one, with their metadata and their ETags."""
    (line,) = [line for line in served.lines if line.startswith("Results")]
    results = Path(line.split(": ")[1])
    described = {"Metadata": {"day": "1"}, "ContentEncoding": "gzip", "ContentType": "text/plain"}
    s3_of(served).put_object(Bucket=OUTPUT_BUCKET, Key=KEY, Body=io.BytesIO(b"x" * 10), **described)
    with (
        (tmp_path / "serve.log").open("wb") as log,
        serving(log, ARCHIVE=own, RESULTS=results.parent) as second,
    ):
        answers = [
            s3_of(each).get_object(Bucket=OUTPUT_BUCKET, Key=KEY) for each in (served, second)
        ]
    assert [answer["Body"].read() for answer in answers] == [b"x" * 10] * 2
    for answer in answers:
        assert {name: answer[name] for name in described} == described
    assert answers[0]["ETag"] == answers[1]["ETag"]
    assert (results / KEY).read_bytes() == b"x" * 10


def s3_of(running: Served) -> Any:
    (line,) = [line for line in running.lines if line.startswith("S3 with")]
    return SESSION.client("s3", endpoint_url=line.split()[-1])
