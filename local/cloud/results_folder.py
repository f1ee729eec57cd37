"""A bucket whose objects are the files of a folder, where they outlive the server.

Beside each file lies its description, FILE.json: its ETag, its media type and its metadata.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from local.cloud.stored_object import Piece, StoredObject
from runner.sending.local_services import LocalServices

_DESCRIPTION = ".json"


class ResultsFolder:
    """The bucket of a folder.

    Args:
        folder: created if missing.

    Attributes:
        path: the folder.

    Raises:
        OSError: it cannot be created.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder.resolve()

    def find(self, key: str) -> StoredObject | None:
        """Return an object; None if there is none.

        Raises:
            OSError: it cannot be read.
        """
        path = self._path(key)
        if path is None or not path.is_file() or _is_description(path):
            return None
        stored = StoredObject.of([Piece.whole(path)], [path])
        place = {LocalServices.FILE_HEADER: quote(str(path))}
        try:
            described = json.loads(_description(path).read_text())
            return StoredObject(
                stored.pieces,
                described["etag"],
                stored.modified,
                {**described["headers"], **_metadata_headers(described["metadata"]), **place},
            )
        except (FileNotFoundError, ValueError, KeyError):  # a file that somebody else put here
            return replace(stored, headers=place)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix, in order."""
        begin = self._path(prefix.rpartition("/")[0]) if "/" in prefix else self.path
        paths = begin.rglob("*") if begin else iter(())
        keys = (
            path.relative_to(self.path).as_posix()
            for path in paths
            if path.is_file() and not _is_description(path) and not path.name.startswith(".")
        )
        return sorted(key for key in keys if key.startswith(prefix))

    def put(
        self,
        key: str,
        content: bytes,
        etag: str,
        headers: Mapping[str, str],
        metadata: Mapping[str, str],
    ) -> None:
        """Write an object and its description; each appears once it is complete.

        Args:
            key: the object's key.
            content: its content.
            etag: its ETag, without quotes.
            headers: its media type, and its encoding if it has one.
            metadata: its user metadata.

        Raises:
            OSError: it cannot be written, or the key is no path within the folder.
        """
        path = self._path(key)
        if path is None:
            raise OSError(f"the key {key!r} is no path")
        path.parent.mkdir(parents=True, exist_ok=True)
        described = {"etag": etag, "headers": dict(headers), "metadata": dict(metadata)}
        _write(path, content)
        _write(_description(path), f"{json.dumps(described, indent=2)}\n".encode())

    def delete(self, key: str) -> None:
        """Delete an object, if it is there.

        Raises:
            OSError: it cannot be deleted.
        """
        if path := self._path(key):
            path.unlink(missing_ok=True)
            _description(path).unlink(missing_ok=True)

    def _path(self, key: str) -> Path | None:
        path = Path(os.path.normpath(self.path / key))
        return path if path.is_relative_to(self.path) and "\0" not in key else None


def _description(path: Path) -> Path:
    return path.with_name(f"{path.name}{_DESCRIPTION}")


def _is_description(path: Path) -> bool:
    return path.suffix == _DESCRIPTION and path.with_suffix("").is_file()


def _metadata_headers(metadata: Mapping[str, str]) -> dict[str, str]:
    return {f"x-amz-meta-{name}": value for name, value in metadata.items()}


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
