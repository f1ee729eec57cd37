"""The scratch folder is removed after success and after errors, and nothing else is."""

import os
import threading

import pytest

from shared.aws import scratch
from shared.aws.scratch import scratch_folder


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
def test_removed_after_an_error_which_is_raised(root, error):
    raised = error()
    with pytest.raises(error) as caught, scratch_folder() as folder:  # noqa: PT012
        (folder / "file").write_text("x")
        raise raised
    assert caught.value is raised
    assert list(root.iterdir()) == []


def test_a_folder_that_is_already_gone(root):
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


@pytest.mark.usefixtures("root")
def test_folder_in_use_by_this_process_stays():
    with scratch_folder() as outer:
        (outer / "file").write_text("x")
        with scratch_folder():
            pass
        assert (outer / "file").read_text() == "x"


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


def test_other_files_stay(root, tmp_path):
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
