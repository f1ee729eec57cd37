"""The results file: one line of JSON per request, written as soon as it is done."""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from runner.errors import InputError, RunError
from runner.sending.request_result import RequestResult
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import BadRequestError

_LINE_START = b'{"request": {"'
"""First bytes of every line."""

DEFAULT_PATH = Path("results.jsonl")
"""Default path of the results file."""


@dataclass
class EarlierResults:
    """Contents of the results file of an earlier run.

    Attributes:
        corrected: requests that were corrected, with the URI of each result.
        queued: requests that were queued.
        complete_bytes: size of the complete lines.
        lacks_newline: whether the last complete line has no newline.
        is_cut_off: whether an incomplete line follows, as after a program was killed.
        size: size of the file when it was read, in bytes.
    """

    corrected: dict[CorrectedDayRequest, str] = field(default_factory=dict)
    queued: set[CorrectedDayRequest] = field(default_factory=set)
    complete_bytes: int = 0
    lacks_newline: bool = False
    is_cut_off: bool = False
    size: int = 0

    @property
    def bucket(self) -> str | None:
        """Bucket of the results; None if there are none yet."""
        for key in self.corrected.values():
            return key.removeprefix("s3://").partition("/")[0]
        return None


def read_results(path: Path) -> EarlierResults:
    """Read the results of an earlier run, except an incomplete last line.

    Raises:
        InputError: the file cannot be read, or is not a results file.
    """
    earlier = EarlierResults()
    if not path.exists():
        return earlier
    if not path.is_file():
        raise InputError(f"{path} is not a file: cannot resume from it")
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                _read_line(earlier, line, f"{path}, line {number}")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    return earlier


def _read_line(earlier: EarlierResults, line: bytes, place: str) -> None:
    earlier.size += len(line)
    ended = line.endswith(b"\n")
    try:
        result = json.loads(line)
    except (ValueError, RecursionError) as error:
        # The incomplete line will be cut off, so make sure that this program wrote it.
        if not ended and line[: len(_LINE_START)] == _LINE_START[: len(line)]:
            earlier.is_cut_off = True
            return
        raise _not_a_result(place, error) from error
    try:
        _add_result(earlier, result)
    except (TypeError, KeyError, BadRequestError) as error:
        raise _not_a_result(place, error) from error
    earlier.complete_bytes += len(line)
    earlier.lacks_newline = not ended


def _not_a_result(place: str, error: Exception) -> InputError:
    return InputError(
        f"{place}: not a line of a results file ({error}): must be JSON such as"
        ' {"request": {"day": ..., "nscl": ...}, "output_key": "s3://..."}'
    )


def _add_result(earlier: EarlierResults, result: Any) -> None:
    request = CorrectedDayRequest.parse(result["request"])
    if "error" in result:
        return
    if key := result.get("output_key"):
        earlier.corrected[request] = str(key)
    if result.get("message_id"):
        earlier.queued.add(request)


class ResultsFile:
    """A results file open for writing. If it is still empty on exit, it is removed.

    Args:
        path: path of the file.
        earlier: the results already in it; None if the file must not exist.

    Raises:
        InputError: on entry, the file exists and must not, cannot be written, or is in use.
    """

    def __init__(self, path: Path, earlier: EarlierResults | None) -> None:
        self.path = path
        self._earlier = earlier
        self._file: IO[bytes]

    def __enter__(self) -> "ResultsFile":
        refuse_existing(self.path, resumed=self._earlier is not None)
        try:
            # Unbuffered, so that each line is written immediately and by one call.
            self._file = self.path.open("ab", buffering=0)
            self._lock()
            if self._earlier:
                self._file.truncate(self._earlier.complete_bytes)
                if self._earlier.lacks_newline:
                    self._file.write(b"\n")
        except OSError as error:
            raise InputError(f"{self.path} cannot be written: {error}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        if self.path.is_file() and self.path.stat().st_size == 0:
            self.path.unlink()

    def _lock(self) -> None:
        """Lock the file; refuse if another run writes to it, or has since it was read."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unchanged = self.path.stat().st_size == (self._earlier.size if self._earlier else 0)
        except BlockingIOError:
            unchanged = False
        if not unchanged:
            self._file.close()
            raise InputError(
                f"another run is writing to {self.path}: wait until it ends, then use --resume"
            )

    def write(self, results: Iterable[RequestResult]) -> None:
        """Append one line per result.

        Raises:
            RunError: the file cannot be written.
        """
        text = "".join(json.dumps(result.as_dict()) + "\n" for result in results)
        try:
            self._write_all(text.encode())
        except OSError as error:
            raise RunError(f"{self.path} cannot be written: {error}") from error

    def _write_all(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file.fileno(), data) :]


def refuse_existing(path: Path, *, resumed: bool) -> None:
    """Protect earlier results from being overwritten.

    Raises:
        InputError: the file exists, and its run is not being resumed.
    """
    if path.is_file() and not resumed:
        raise InputError(
            f"{path} already exists: continue it with --resume, or choose another with --results"
        )
