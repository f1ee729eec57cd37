"""The scratch folder: gone after success, error and death, and never another's."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from shared.aws import scratch
from shared.aws.scratch import scratch_folder

PROJECT = Path(__file__).parents[3]

USER = """
import sys
from shared.aws.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "sub").mkdir()
    (folder / "sub" / "half a day.ms").write_bytes(b"x" * 1000)
    print(folder, flush=True)
    sys.stdin.read()
"""

MANY_TIMES = """
import sys
from shared.aws.scratch import scratch_folder
print("ready", flush=True)
sys.stdin.read()
for turn in range(40):
    with scratch_folder() as folder:
        assert list(folder.iterdir()) == []
        for name in "abc":
            (folder / name).write_text(str(turn))
        assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "c"]
        assert {path.read_text() for path in folder.iterdir()} == {str(turn)}
    assert not folder.exists()
"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """An empty /tmp, for us and our child processes."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    monkeypatch.undo()


@pytest.fixture
def start():
    """Starts Python processes; none outlives the test."""
    processes = []

    def started(program):
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def user(start):
    """A living process with a scratch folder: (process, folder)."""
    process = start(USER)
    folder = Path(process.stdout.readline().strip())
    assert (folder / "sub" / "half a day.ms").exists()
    return process, folder


def test_folder_is_new_empty_and_ours(root):
    with scratch_folder() as folder:
        assert folder.parent == root
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700
        with scratch_folder() as other:
            assert other != folder


def test_removed_after_success(root):
    with scratch_folder() as folder:
        (folder / "file").write_text("x")
        (folder / "sub").mkdir()
        (folder / "sub" / "file").write_text("x")
    assert not folder.exists()
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, SystemExit, MemoryError])
def test_removed_after_an_error_which_is_passed_on(root, error):
    raised = error()
    with pytest.raises(error) as caught, scratch_folder() as folder:  # noqa: PT012
        (folder / "file").write_text("x")
        raise raised
    assert caught.value is raised
    assert list(root.iterdir()) == []


def test_no_matter_if_it_is_gone_already(root):
    with scratch_folder() as folder:
        folder.rmdir()
    assert list(root.iterdir()) == []


def test_no_file_stays_open(root):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with scratch_folder():
            pass
        with pytest.raises(ValueError), scratch_folder():
            raise ValueError
    assert len(os.listdir("/proc/self/fd")) == before


def test_folder_of_a_killed_process_is_removed_at_the_next_use(root, start):
    process, abandoned = user(start)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert abandoned.exists()
    with scratch_folder() as folder:
        assert not abandoned.exists()
        assert list(root.iterdir()) == [folder]


def test_folders_of_many_killed_processes_are_removed(root, start):
    users = [user(start) for _ in range(4)]
    for process, _ in users:
        process.kill()
        process.wait()
    with scratch_folder() as folder:
        assert list(root.iterdir()) == [folder]


def test_folder_in_use_by_another_process_is_kept(root, start):
    process, theirs = user(start)
    with scratch_folder() as ours:
        assert sorted(root.iterdir()) == sorted([ours, theirs])
        assert (theirs / "sub" / "half a day.ms").read_bytes() == b"x" * 1000
    assert theirs.exists()
    process.stdin.close()
    assert process.wait() == 0
    assert list(root.iterdir()) == []


def test_folder_in_use_is_told_from_an_abandoned_one(root, start):
    dead, _ = user(start)
    living, theirs = user(start)
    dead.kill()
    dead.wait()
    with scratch_folder() as ours:
        assert sorted(root.iterdir()) == sorted([ours, theirs])
    living.stdin.close()
    assert living.wait() == 0


def test_folder_in_use_by_this_process_is_kept():
    with scratch_folder() as outer:
        (outer / "file").write_text("x")
        with scratch_folder():
            pass
        assert (outer / "file").read_text() == "x"


def test_a_program_that_was_started_inside_does_not_hold_the_folder(root, start):
    """The lock must die with the process, not live on in what it started."""
    process = start(
        USER.replace(
            "    sys.stdin.read()",
            "    import subprocess\n"
            "    null = subprocess.DEVNULL\n"
            "    pipes = {'stdin': null, 'stdout': null, 'stderr': null}\n"
            "    sleeper = subprocess.Popen(['sleep', '60'], **pipes)\n"
            "    print(sleeper.pid, flush=True)\n"
            "    sys.stdin.read()\n",
        )
    )
    abandoned = Path(process.stdout.readline().strip())
    sleeper = int(process.stdout.readline())
    process.kill()
    process.wait()
    try:
        with scratch_folder():
            assert not abandoned.exists()
    finally:
        os.kill(sleeper, signal.SIGKILL)


def test_several_processes_at_once(root, start):
    processes = [start(MANY_TIMES) for _ in range(6)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.close()
    assert [process.wait() for process in processes] == [0] * 6
    assert list(root.iterdir()) == []


def test_several_threads_at_once(root):
    failures = []

    def work():
        try:
            for turn in range(40):
                with scratch_folder() as folder:
                    assert list(folder.iterdir()) == []
                    (folder / "file").write_text(str(turn))
                    assert (folder / "file").read_text() == str(turn)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(root.iterdir()) == []


def test_what_is_not_ours_is_kept(root, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    (root / f"{scratch._PREFIX}link").symlink_to(elsewhere)
    (root / f"{scratch._PREFIX}file").write_text("x")
    (root / "another folder").mkdir()
    before = sorted(root.iterdir())
    with scratch_folder():
        pass
    assert sorted(root.iterdir()) == before
    assert (elsewhere / "precious").exists()


def test_a_link_within_is_not_followed(root, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    with scratch_folder() as folder:
        (folder / "link").symlink_to(elsewhere)
    assert (elsewhere / "precious").exists()
    assert list(root.iterdir()) == []
