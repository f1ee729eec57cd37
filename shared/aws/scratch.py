"""A temporary folder for one invocation, removed however the invocation ends."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "scedc-lambda-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Provide a new, empty folder, removed with its contents at the end of the block.

    An invocation that times out is killed and removes nothing, but its container lives on, and /tmp
    with it. So this removes abandoned folders, too, before they fill the 512 MB of a function. Each
    process locks its folder; the lock of a dead process is gone.
    """
    root = Path(tempfile.gettempdir())
    _remove_abandoned(root)
    folder, lock = _locked_folder(root)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(root: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():  # another process may have removed it before the lock
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
