"""Scratch folders of killed processes are removed, those of living ones stay."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.aws.scratch import scratch_folder
from tests.support.commands import PROJECT

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


@pytest.fixture
def start():
    """Return a function that starts Python processes, which end with the test."""
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
    """Start a process with a scratch folder; return both."""
    process = start(USER)
    folder = Path(process.stdout.readline().strip())
    assert (folder / "sub" / "half a day.ms").exists()
    return process, folder


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


def test_folder_in_use_by_another_process_stays(root, start):
    process, theirs = user(start)
    with scratch_folder() as ours:
        assert sorted(root.iterdir()) == sorted([ours, theirs])
        assert (theirs / "sub" / "half a day.ms").read_bytes() == b"x" * 1000
    assert theirs.exists()
    process.stdin.close()
    assert process.wait() == 0
    assert list(root.iterdir()) == []


def test_only_the_abandoned_one_of_two_folders_is_removed(root, start):
    dead, _ = user(start)
    living, theirs = user(start)
    dead.kill()
    dead.wait()
    with scratch_folder() as ours:
        assert sorted(root.iterdir()) == sorted([ours, theirs])
    living.stdin.close()
    assert living.wait() == 0


def test_a_child_process_does_not_hold_the_folder(root, start):
    """The lock must end with the process, and not pass to its children."""
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
