"""The scratch folder on a machine that is full, read-only, foreign or out of files."""

import errno
import os
import tempfile

import pytest

from shared.aws import scratch
from shared.aws.scratch import require_space, scratch_folder
from shared.errors import SettingsError, TooLargeError

FULL = OSError(errno.ENOSPC, "No space left on device", "/tmp/secret")
READ_ONLY = OSError(errno.EROFS, "Read-only file system", "/tmp/secret")
NO_FILES = OSError(errno.EMFILE, "Too many open files", "/tmp/secret")


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "kind"),
    [(FULL, TooLargeError), (READ_ONLY, SettingsError), (NO_FILES, SettingsError)],
)
def test_a_folder_that_cannot_be_made(root, monkeypatch, error, kind):
    monkeypatch.setattr(tempfile, "mkdtemp", raising(error))
    with pytest.raises(kind) as caught, scratch_folder():
        pass
    assert "secret" not in caught.value.message
    monkeypatch.undo()


@pytest.mark.parametrize(("error", "kind"), [(FULL, TooLargeError), (NO_FILES, SettingsError)])
def test_a_fault_within_the_block(root, error, kind):
    with pytest.raises(kind), scratch_folder() as folder:  # noqa: PT012
        (folder / "file").write_text("x")
        raise error
    assert list(root.iterdir()) == []


def test_no_folder_is_left_when_it_cannot_be_locked(root, monkeypatch):
    real = os.open

    def without_files(path, flags, *more, **names):
        if os.fspath(path).startswith(str(root / scratch._PREFIX)):
            raise NO_FILES
        return real(path, flags, *more, **names)

    monkeypatch.setattr(os, "open", without_files)
    with pytest.raises(SettingsError, match="too many open files"), scratch_folder():
        pass
    assert list(root.iterdir()) == []


def no_usable_folder():
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/secret']")


def test_no_folder_can_be_written(root, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", no_usable_folder)
    with pytest.raises(SettingsError, match="no temporary folder that it can write") as caught:
        scratch_folder().__enter__()
    assert "secret" not in caught.value.message
    monkeypatch.setattr(scratch, "require_space", raising(TooLargeError("full")))
    with pytest.raises(TooLargeError, match="full"):
        scratch_folder().__enter__()


def test_folders_of_the_killed_are_removed_from_a_full_disk_first(root, monkeypatch):
    """`tempfile` finds no usable folder as long as they fill the disk, in a new process."""
    abandoned = root / f"{scratch._PREFIX}abandoned"
    abandoned.mkdir()

    def full_until_removed():
        if abandoned.exists():
            no_usable_folder()
        return str(root)

    monkeypatch.setattr(tempfile, "gettempdir", full_until_removed)
    with scratch_folder() as folder:
        assert list(root.iterdir()) == [folder]


def test_space_is_required_before_it_is_used(root):
    require_space(root, 1, "s3://b/k")
    with pytest.raises(TooLargeError, match=r"s3://b/k has 1,.* bytes, and .* are free") as caught:
        require_space(root, 1 << 60, "s3://b/k")
    assert caught.value.details["size"] == 1 << 60
    assert caught.value.details["limit"] < 1 << 60
