"""Both functions on a machine that lacks disk, memory, files or threads: named, clean, and over."""

import errno
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.errors import ServiceError
from tests.fuzz.children import Limits, call
from tests.support.builders import http_event
from tests.support.commands import PROJECT
from tests.support.invoked import JOB, WINDOWS, sqs_event

Handler = Callable[[Any], Any]
WHOLE = {**WINDOWS, "Read": "whole"}
EVENTS = {
    "a direct job": ("response", JOB),
    "a job over HTTP": ("response", http_event(json.dumps(JOB))),
    "direct windows": ("timewindow", WHOLE),
    "windows over HTTP": ("timewindow", http_event(json.dumps(WHOLE))),
}
each_event = pytest.mark.parametrize("name", EVENTS)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def invoke(response_handler: Handler, timewindow_handler: Handler) -> Callable[[str], Any]:
    """A function that sends an event, and returns the error's type and message, or the reply."""
    handlers = {"response": response_handler, "timewindow": timewindow_handler}

    def send(name: str) -> Any:
        function, event = EVENTS[name]
        try:
            reply = handlers[function](event)
        except ServiceError as error:
            return error.as_dict()
        reply = json.loads(reply["body"]) if "statusCode" in reply else reply
        reply = reply[0] if isinstance(reply, list) else reply
        return reply.get("error", reply)

    return send


def check(error: Any, kind: str, words: str) -> None:
    assert error.get("type") == kind, error
    assert words in error["message"]
    assert "scedc-lambda-" not in error["message"]


# Disk


@each_event
def test_a_disk_that_is_full_before_the_download(
    day: S3Server, root: Path, invoke: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs

    def nearly_full(path: Any) -> os.statvfs_result:
        return os.statvfs_result((*real(path)[:3], 1, 1, *real(path)[5:]))

    monkeypatch.setattr(os, "statvfs", nearly_full)
    check(invoke(name), "TooLargeError", "temporary folder is full: s3://scedc-pds/continuous")
    monkeypatch.setattr(os, "statvfs", real)
    assert list(root.iterdir()) == []
    assert "type" not in invoke(name)  # the next one works


@each_event
def test_a_disk_that_is_full_during_the_download(
    day: S3Server, root: Path, invoke: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwrite

    def short(descriptor: int, content: bytes, place: int) -> int:
        """Write a part, as a disk does that is nearly full, and then nothing."""
        if place:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, content[:1000], place)

    monkeypatch.setattr(os, "pwrite", short)
    check(invoke(name), "TooLargeError", "temporary folder is full")
    monkeypatch.setattr(os, "pwrite", lambda fd, content, place: real(fd, content[:1000], place))
    assert list(root.iterdir()) == []
    assert "type" not in invoke(name)  # short writes lose nothing


def test_a_disk_that_is_full_during_the_write(
    day: S3Server, root: Path, invoke: Any, output_keys: Callable[[], list[str]]
) -> None:
    """The file limit of a child fails writes as a full disk does. ObsPy itself does not notice."""
    limits = Limits(file=12_000)  # more than the archive's day, less than the corrected one
    ended = call(lambda: invoke("a direct job"), limits)
    assert ended.fault == ""
    check(ended.value, "TooLargeError", "ulimit -f")
    assert output_keys() == []
    assert list(root.iterdir()) == []
    assert "type" not in invoke("a direct job")
    assert len(output_keys()) == 1


@pytest.fixture
def tiny_disk(root: Path) -> Iterator[Path]:
    """A /tmp of 64 KB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(root)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount command")
    if done.returncode:
        pytest.skip("only root may mount a disk")
    yield root
    subprocess.run(["umount", str(root)], check=True)


@each_event
def test_a_full_disk(
    day: S3Server,
    tiny_disk: Path,
    invoke: Any,
    output_keys: Callable[[], list[str]],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tiny_disk)])
    filler = tiny_disk / "filler"
    with filler.open("wb") as file:
        file.write(bytes(60_000))
    check(invoke(name), "TooLargeError", "temporary folder is full")
    assert output_keys() == []
    assert list(tiny_disk.iterdir()) == [filler]
    filler.unlink()
    assert "type" not in invoke(name)
    assert list(tiny_disk.iterdir()) == []


# Folders


@each_event
def test_a_folder_that_is_read_only(
    day: S3Server, root: Path, invoke: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(root))

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "mkdtemp", read_only)
        check(invoke(name), "SettingsError", "read-only")
    assert "type" not in invoke(name)


def test_windows_need_no_disk(
    day: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    monkeypatch.setattr(tempfile, "mkdtemp", None)
    assert "data" in timewindow_handler(WINDOWS)[0]


# Memory, files, threads


def test_memory_of_a_window(day: S3Server, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.windows import read

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
    root: Path,
    invoke: Any,
    output_keys: Callable[[], list[str]],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from shared.corrected_days import correct

    def much(*_: Any, **__: Any) -> None:
        bytearray(1 << 60)

    with monkeypatch.context() as patch:
        patch.setattr(correct, "remove_response", much)
        check(invoke(name), "TooLargeError", "memory")
    assert (output_keys(), list(root.iterdir())) == ([], [])
    assert "type" not in invoke(name)


def test_memory_of_a_reply(day: S3Server, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.invocation import reply_body

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
def test_too_many_open_files(day: S3Server, root: Path, invoke: Any, name: str) -> None:
    """A child has no free descriptor left, so that it can neither connect nor open a file."""

    def starve() -> list[Any]:
        invoke(name)  # modules are loaded, and the folder for temporary files is known
        from shared.aws import s3_client

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
    assert list(root.iterdir()) == []


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


def test_a_batch_goes_on_after_a_fault(
    day: S3Server, root: Path, response_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwrite
    faults = iter([OSError(errno.EIO, "Input/output error")])

    def once(*arguments: Any) -> int:
        for fault in faults:
            raise fault
        return real(*arguments)

    monkeypatch.setattr(os, "pwrite", once)
    reply = response_handler(sqs_event(JOB, JOB))
    assert reply == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert list(root.iterdir()) == []


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
