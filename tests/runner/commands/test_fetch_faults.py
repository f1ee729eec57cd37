"""Faults of S3 and of the user while results are fetched."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import run_lambda
from local.cloud.s3_server import S3Server
from tests.support.commands import PROJECT, command_environment
from tests.support.faulty_s3 import Exchange, FaultyS3, Forward, faulty_s3, plain
from tests.support.fetched import NSCL, NUMBERS, Files, request
from tests.support.s3_faults import reset_in_body, stall_in_body

DAYS = ["fetch", "--day", "2019,183..2019,185", "--nscl", NSCL]
KEYS = [request(number).output_key for number in NUMBERS]


@pytest.fixture
def proxy(bucket: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    """The server with three results, which the runner reaches through a proxy."""
    with faulty_s3(bucket) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


def test_results_are_fetched_side_by_side(proxy: FaultyS3, files: Files) -> None:
    together = threading.Barrier(len(KEYS), timeout=30)

    def wait_for_the_others(exchange: Exchange, forward: Forward) -> None:
        together.wait()
        plain(exchange, forward)

    proxy.add(wait_for_the_others)
    assert run_lambda.main(DAYS) == 0
    assert files("corrected") == KEYS


def test_an_interrupted_download_is_retried(proxy: FaultyS3, files: Files) -> None:
    proxy.add(reset_in_body, times=2)
    assert run_lambda.main(DAYS) == 0
    assert files("corrected") == KEYS
    assert len(proxy.requests) == len(KEYS) + 2


def test_one_that_fails_does_not_stop_the_others(
    proxy: FaultyS3, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    proxy.add(reset_in_body, part=KEYS[1])
    assert run_lambda.main([*DAYS, "--retries", "1"]) == 1
    said = capsys.readouterr()
    assert files("corrected") == [KEYS[0], KEYS[2]]
    assert "2 fetched, 1 failed" in said.out
    assert said.err.count("failed: ") == 1
    assert KEYS[1] in said.err
    proxy.faults.clear()
    assert run_lambda.main(DAYS) == 0
    assert "1 fetched, 0 failed, 2 skipped" in capsys.readouterr().out
    assert files("corrected") == KEYS


def test_wrong_credentials_end_the_run(
    proxy: FaultyS3, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(exchange: Exchange, _: Forward) -> None:
        body = b"<Error><Code>InvalidClientTokenId</Code><Message>no such key</Message></Error>"
        head = f"HTTP/1.1 403 Forbidden\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        exchange.send(head.encode() + body)

    proxy.add(refuse)
    assert run_lambda.main([*DAYS, "--concurrency", "1"]) == 1
    assert len(proxy.requests) == 1
    assert capsys.readouterr().err.startswith("error: InvalidClientTokenId: no such key")
    assert files("corrected") == []


def whole(files: Files) -> list[str]:
    return [name for name in files("corrected") if not name.endswith(".part")]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_leaves_no_half_file(
    proxy: FaultyS3, bucket: S3Server, folder: Path, files: Files, number: int
) -> None:
    proxy.add(stall_in_body, part=KEYS[1])
    environment = {**bucket.function_environment, "AWS_ENDPOINT_URL_S3": proxy.url}
    with subprocess.Popen(
        [sys.executable, str(PROJECT / "run_lambda.py"), *DAYS],
        cwd=folder,
        env=command_environment(**environment),
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        for _ in range(600):
            if len(whole(files)) == 2 or run.poll() is not None:
                break
            time.sleep(0.05)
        run.send_signal(number)
        if number == signal.SIGINT:
            assert run.stderr
            assert "waiting for 1 running download" in run.stderr.readline()
            run.send_signal(number)  # at once
        run.communicate(timeout=60)
    assert run.returncode in (-signal.SIGKILL, 128 + signal.SIGINT)
    assert whole(files) == [KEYS[0], KEYS[2]]
    proxy.faults.clear()
    assert run_lambda.main(DAYS) == 0
    assert whole(files) == KEYS
