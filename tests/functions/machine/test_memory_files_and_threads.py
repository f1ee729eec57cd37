"""Both functions on a machine that lacks memory, files or threads, or is set up oddly."""

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import memory, s3_client
from shared.corrected_days import correct
from shared.errors import ServiceError
from shared.invocation import reply_body
from shared.windows import read
from tests.fuzz.children import Limits, call
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.commands import PROJECT
from tests.support.invoked import DAY, JOB, NSCL, WINDOWS, sqs_event
from tests.support.machine_faults import check, each_event

Handler = Callable[[Any], Any]


def test_memory_of_a_window(day: S3Server, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def much(*_: Any) -> None:
        bytearray(1 << 60)

    with monkeypatch.context() as patch:
        patch.setattr(read, "window_counts", much)
        for name in ("direct windows", "windows over HTTP"):
            check(invoke(name), "TooLargeError", "memory")
    assert "type" not in invoke("direct windows")


@pytest.mark.parametrize("name", ["a direct job", "a job over HTTP"])
def test_memory_of_a_day(
    day: S3Server,
    invoke: Any,
    output_keys: Callable[[], list[str]],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def much(*_: Any, **__: Any) -> None:
        bytearray(1 << 60)

    with monkeypatch.context() as patch:
        patch.setattr(correct, "remove_channel_response", much)
        check(invoke(name), "TooLargeError", "memory")
    assert output_keys() == []
    assert "type" not in invoke(name)


def test_a_batch_goes_on_after_a_fault(
    day: S3Server, response_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, faults = correct.remove_channel_response, iter([MemoryError()])

    def once(*arguments: Any, **named: Any) -> Any:
        for fault in faults:
            raise fault
        return remove(*arguments, **named)

    monkeypatch.setattr(correct, "remove_channel_response", once)
    reply = response_handler(sqs_event(JOB, JOB))
    assert reply == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


@pytest.mark.parametrize("name", ["a direct job", "direct windows"])
def test_an_object_beyond_the_memory(
    archive: S3Server, invoke: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by the size that HEAD gives, before it is received."""
    archive.put(DAY, bytes(2 << 20))
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    monkeypatch.setattr(memory, "_resident_bytes", lambda: 127 << 20)
    error = invoke(name)
    check(error, "TooLargeError", f"s3://scedc-pds/{DAY}")
    assert (error["memory_mb"], error["limit"]) == (129, 128)


@each_event
def test_little_memory(archive: S3Server, invoke: Any, name: str) -> None:
    """A child with little more memory than before answers or names it: nothing crashes in C."""
    put_day(archive, NSCL, "2024,001", make_trace(NSCL, "2024-01-01", noise(400_000)))
    put_station(archive, "CI", "BOM", BHZ=40.0)
    expected = set(invoke(name))
    for megabytes in (1, 4):
        ended = call(lambda: invoke(name), Limits(memory=megabytes << 20))
        assert ended.fault == ""
        assert ended.value
        if set(ended.value) != expected:
            check(ended.value, "TooLargeError", "memory")


def test_memory_of_a_reply(day: S3Server, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def much(_: Any) -> None:
        bytearray(1 << 60)

    real = reply_body.as_file
    for name in ("direct windows", "windows over HTTP"):
        answers = iter([much])
        monkeypatch.setattr(
            reply_body, "as_file", lambda value, answers=answers: next(answers, real)(value)
        )
        check(invoke(name), "TooLargeError", "memory")


@each_event
def test_too_many_open_files(day: S3Server, invoke: Any, name: str) -> None:
    """A child has no free descriptor left, so that it can neither connect nor open a file."""

    def starve() -> list[Any]:
        invoke(name)  # modules are loaded, and the folder for temporary files is known
        s3_client.client(signed=False).close()
        s3_client.client(signed=True).close()
        most = max(int(number) for number in os.listdir("/proc/self/fd"))
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, most + 64))
        starved = invoke(name)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most + 64, most + 64))
        return [starved, invoke(name)]

    ended = call(starve)
    assert ended.fault == ""
    assert ended.value
    starved, after = ended.value
    check(starved, "SettingsError", "too many open files")
    assert "type" not in after


def test_no_more_threads(
    day: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    windows = WINDOWS["Windows"]
    request = {"Windows": [windows[0], {**windows[0], "Channel": "BHN"}]}
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(ServiceError, match="cannot start another thread"):
            timewindow_handler(request)
    assert "data" in timewindow_handler(request)[0]


# Environment

ODD = {
    "HOME": None,
    "MPLCONFIGDIR": "/proc/none",
    "TZ": "Pacific/Kiritimati",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "C",
    "PYTHONIOENCODING": "ascii",
}


def test_an_odd_environment_changes_nothing(
    day: S3Server, timewindow_handler: Handler, tmp_path: Path
) -> None:
    """No home, no folder for matplotlib, another time zone and locale."""
    request = {**WINDOWS, "Output": "VEL"}
    code = (
        "import json, sys, types; from tests.support.commands import load_app;"
        "handler = load_app('timewindow').handler;"
        "reply = handler(json.load(sys.stdin), types.SimpleNamespace());"
        "print(json.dumps(reply))"
    )
    environment = {**os.environ, **day.function_environment, "PYTHONPATH": str(PROJECT)}
    for name, value in ODD.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(request),
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == timewindow_handler(request)
