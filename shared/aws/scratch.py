"""A temporary folder for one invocation, removed however the invocation ends."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared import machine, settings
from shared.errors import SettingsError, TooLargeError

_PREFIX = "scedc-lambda-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Provide a new, empty folder, removed with its contents at the end of the block.

    An invocation that times out is killed and removes nothing, but its container lives on, and /tmp
    with it. So this removes abandoned folders, too, before they fill the 512 MB of a function. Each
    process locks its folder; the lock of a dead process is gone.

    Raises:
        TooLargeError: the disk is full.
        SettingsError: the folder cannot be made, or not be written.
    """
    with machine.named_faults((OSError,)):
        # A full disk has no usable folder for `tempfile` until the abandoned ones are gone.
        _remove_abandoned(Path(settings.temporary_folder()))
        folder, lock = _locked_folder(_root())
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def require_space(folder: Path, size: int, content: str) -> None:
    """Refuse a file that surely does not fit.

    Args:
        folder: where it is to be written.
        size: its size in bytes.
        content: the content in words, for the error.

    Raises:
        TooLargeError: the disk has less space.
    """
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if size > free:
        raise TooLargeError(
            f"{machine.FULL}: {content} has {size:,} bytes, and {free:,} are free: give the"
            " function more ephemeral storage",
            size=size,
            limit=free,
        )


def _root() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError as error:  # its message lists all folders of the machine that it tried
        folder = settings.temporary_folder()
        with suppress(OSError):
            require_space(Path(folder), 1, "a file")
        raise SettingsError(
            f"the function has no temporary folder that it can write, such as {folder}",
            setting="TMPDIR",
        ) from error


def _locked_folder(root: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # another process has removed it before the lock
            continue
        except OSError:
            folder.rmdir()
            raise
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _remove_abandoned(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # in use, removed by another process, or another user's
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)
