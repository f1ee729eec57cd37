"""Runs as processes that are interrupted or killed, and then resumed."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from itertools import product

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.day import Day
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.commands import PROJECT, command_environment
from tests.support.lambda_api import LambdaApi, corrected, refused

DAYS = ["response", "--day", "2019,001..2019,024", "--concurrency", "3"]
DEADLINE_S = 300


@pytest.fixture
def api():
    with LambdaApi() as api:
        api.answer = lambda event, _: corrected(event)
        yield api


@contextmanager
def started(api, folder, *options):
    """Start the program; its standard error goes to a file in `folder`."""
    command = [sys.executable, str(PROJECT / "run_lambda.py"), *DAYS, *options]
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--endpoint-url", api.url],
            cwd=folder,
            env=command_environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def await_true(what):
    deadline = time.monotonic() + DEADLINE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ended(process):
    out, _ = process.communicate(timeout=DEADLINE_S)
    return process.returncode, out


def results(folder):
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "term"]
)
def test_interrupted_and_resumed(api, tmp_path, number, status):
    """Running calls are finished; in both runs together, each request is sent once."""
    api.seconds = 1.0
    with started(api, tmp_path) as process:
        await_true(lambda: len(api.calls) >= 6)
        process.send_signal(number)
        returned, out = ended(process)
    made = len(api.calls)
    assert returned == status
    assert 6 <= made < 24
    assert [line["output_key"] for line in results(tmp_path)]
    assert len(results(tmp_path)) == made  # including the calls that were running
    said = (tmp_path / "stderr").read_text()
    assert re.fullmatch(r"interrupted: waiting for [1-3] running calls?; .* at once\n", said)
    assert f"{made} done, 0 failed, {24 - made} left\nresults in results.jsonl\n" in out

    api.seconds = 0.0
    with started(api, tmp_path, "--resume") as process:
        returned, out = ended(process)
    assert returned == 0
    assert f"{24 - made} done, 0 failed, {made} skipped" in out
    assert len(results(tmp_path)) == 24
    assert set(Counter(event["day"] for event in api.events).values()) == {1}
    assert len(api.calls) == 24


def test_a_second_interruption_exits_at_once(api, tmp_path):
    """The running calls never end."""
    for_ever = threading.Event()

    def answer(event, _):
        if event["day"] > "2019,003":
            for_ever.wait(DEADLINE_S)
        return corrected(event)

    api.answer = answer
    try:
        with started(api, tmp_path) as process:
            await_true(lambda: len(api.calls) == 6)
            await_true(lambda: len(results(tmp_path)) == 3)
            process.send_signal(signal.SIGINT)
            await_true(lambda: "interrupted" in (tmp_path / "stderr").read_text())
            process.send_signal(signal.SIGINT)
            returned, _ = ended(process)
    finally:
        for_ever.set()
    assert returned == 130
    assert len(results(tmp_path)) == 3
    assert len(api.calls) == 6
    assert "Traceback" not in (tmp_path / "stderr").read_text()


def test_an_interrupted_listing_is_not_awaited(api, tmp_path):
    """S3 accepts the request and never answers. Its timeouts take minutes."""
    with socket.create_server(("127.0.0.1", 0)) as s3:
        port = s3.getsockname()[1]
        command = [sys.executable, str(PROJECT / "run_lambda.py"), "response"]
        process = subprocess.Popen(
            [*command, "--day", "2019,001..2019,024", "--nscl", "CI.*.*.*"],
            cwd=tmp_path,
            env=command_environment(AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{port}"),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            with s3.accept()[0]:
                process.send_signal(signal.SIGINT)
                # S3's five attempts would take 60 s each.
                _, said = process.communicate(timeout=50)
        finally:
            process.kill()
            process.communicate()
    assert process.returncode == 130
    assert said.endswith("error: interrupted\n")
    assert api.calls == []


def test_requests_waiting_for_a_retry_are_not_awaited(api, tmp_path):
    """A request that waits for a retry gets no line, so a resumed run sends it."""
    api.answer = lambda *_: refused(429, "TooManyRequestsException")
    with started(api, tmp_path, "--retries", "1000") as process:
        await_true(lambda: len(api.calls) >= 9)
        process.send_signal(signal.SIGINT)
        returned, out = ended(process)
    assert returned == 130
    assert "0 done, 0 failed, 24 left" in out
    assert not (tmp_path / "results.jsonl").exists()


def test_a_killed_run_is_resumed(api, tmp_path):
    """Only requests that were running or not yet written are sent twice."""
    api.seconds = 0.1
    with started(api, tmp_path) as process:
        await_true(lambda: len(api.calls) >= 8)
        process.kill()
        ended(process)
    with started(api, tmp_path, "--resume") as process:
        returned, _ = ended(process)
    assert returned == 0
    assert len({line["request"]["day"] for line in results(tmp_path)}) == 24
    counts = Counter(event["day"] for event in api.events)
    assert len(counts) == 24
    assert len(api.calls) <= 24 + 6


def test_a_single_request_is_awaited(api, tmp_path):
    api.seconds = 0.5
    command = [sys.executable, str(PROJECT / "run_lambda.py"), "--endpoint-url", api.url]
    process = subprocess.Popen(
        command,
        env=command_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    await_true(lambda: api.calls)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130
    assert json.loads(out)["output_key"]
    waiting, opening = err.splitlines()
    assert waiting == "interrupted: waiting for the running call; interrupt again to exit at once"
    assert opening.startswith("open it with: ")


def test_on_the_emulator(response, listable, output_keys, tmp_path):
    """The real function, with days from the listing. The emulator takes one call at a time."""
    put_station(listable, "CI", "BOM", BHZ=40.0, BHN=40.0)
    days = [f"2024,{day:03}" for day in range(1, 11)]
    for day, nscl in product(days, ("CI.BOM.BHZ.", "CI.BOM.BHN.")):
        start = str(Day.parse(day).starttime + 0.0195)
        put_day(listable, nscl, day, make_trace(nscl, start, noise(4_000)))
    where = ["--endpoint-url", response.endpoint_url]
    command = [sys.executable, str(PROJECT / "run_lambda.py"), "response", *where]
    command += ["--day", "2024,001..2024,010", "--nscl", "CI.BOM.*.*"]
    environment = command_environment(AWS_ENDPOINT_URL_S3=listable.endpoint_url)

    def start(*options):
        return subprocess.Popen(
            [*command, *options],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    process = start()
    await_true(lambda: (tmp_path / "results.jsonl").exists() and results(tmp_path))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130
    assert err == "interrupted: waiting for 1 running call; interrupt again to exit at once\n"
    done = len(results(tmp_path))
    assert f"{done} done, 0 failed, {20 - done} left" in out

    process = start("--resume")
    out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, err
    assert err == ""
    assert f"{20 - done} done, 0 failed, {done} skipped" in out
    keys = [line["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/") for line in results(tmp_path)]
    assert sorted(keys) == sorted(output_keys())
    assert len(set(keys)) == 20
