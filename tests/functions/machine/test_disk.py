"""Both functions on a machine whose disk is full or read-only: named, clean, and over."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from tests.fuzz.children import Limits, call
from tests.support.invoked import JOB, WINDOWS, sqs_event
from tests.support.machine_faults import check, each_event

Handler = Callable[[Any], Any]


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
