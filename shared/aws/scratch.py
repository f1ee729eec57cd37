"""A folder under /tmp of this invocation's own, which is gone afterwards, whatever happened."""

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
    """A new, empty folder, removed with all it holds when the block is left.

    An invocation that ran into its timeout is killed and removes nothing, while its container, and
    with it /tmp, lives on. So folders that such invocations left behind are removed here, before
    they fill the 512 MB that a function has. A folder in use is locked by the process that uses
    it, and a dead process holds no lock.
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
            if folder.exists():  # another process may have taken it for abandoned before the lock
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
