"""The results file: one line of JSON for each request, written as soon as it is done."""

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

_BEGIN = b'{"request": {"'
"""How each line begins."""

DEFAULT = Path("results.jsonl")
"""Where results go unless told otherwise."""


@dataclass
class EarlierResults:
    """What a results file of an earlier run tells.

    Attributes:
        corrected: the requests whose result was written, with where it lies.
        queued: the requests that were put into a queue.
        whole_bytes: how much of the file is whole lines.
        unended: whether the last of them lacks its line's end.
        broken: whether a half-written line follows, as of a program that was killed.
        size: of the file when it was read, in bytes.
    """

    corrected: dict[CorrectedDayRequest, str] = field(default_factory=dict)
    queued: set[CorrectedDayRequest] = field(default_factory=set)
    whole_bytes: int = 0
    unended: bool = False
    broken: bool = False
    size: int = 0

    @property
    def bucket(self) -> str | None:
        """The bucket in which the results lie; None if there are none yet."""
        for key in self.corrected.values():
            return key.removeprefix("s3://").partition("/")[0]
        return None


def read_results(path: Path) -> EarlierResults:
    """Read the results of an earlier run; a last line that is half-written is left out.

    Raises:
        InputError: the file cannot be read, or is no results file.
    """
    earlier = EarlierResults()
    if not path.exists():
        return earlier
    if not path.is_file():
        raise InputError(f"{path} is no file that can be resumed")
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
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        # What follows is cut off before the file is written to, so that it must be ours.
        if not ended and line[: len(_BEGIN)] == _BEGIN[: len(line)]:
            earlier.broken = True
            return
        raise _no_result(place, error) from error
    try:
        _take(earlier, told)
    except (TypeError, KeyError, BadRequestError) as error:
        raise _no_result(place, error) from error
    earlier.whole_bytes += len(line)
    earlier.unended = not ended


def _no_result(place: str, error: Exception) -> InputError:
    return InputError(
        f"{place}: is no line of a results file ({error}): must be JSON such as"
        ' {"request": {"day": ..., "nscl": ...}, "output_key": "s3://..."}'
    )


def _take(earlier: EarlierResults, told: Any) -> None:
    request = CorrectedDayRequest.parse(told["request"])
    if "error" in told:
        return
    if key := told.get("output_key"):
        earlier.corrected[request] = str(key)
    if told.get("message_id"):
        earlier.queued.add(request)


class ResultsFile:
    """A results file that is written to; one in which nothing was written is removed again.

    Args:
        path: of the file.
        earlier: what is in it already; None if it must not be there.

    Raises:
        InputError: on entering, the file is there and must not be, or cannot be written.
    """

    def __init__(self, path: Path, earlier: EarlierResults | None) -> None:
        self.path = path
        self._earlier = earlier
        self._file: IO[bytes]

    def __enter__(self) -> "ResultsFile":
        refuse_existing(self.path, resumed=self._earlier is not None)
        try:
            # Unbuffered, so that a line is written at once, and by one call.
            self._file = self.path.open("ab", buffering=0)
            self._refuse_company()
            if self._earlier:
                self._file.truncate(self._earlier.whole_bytes)
                if self._earlier.unended:
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

    def _refuse_company(self) -> None:
        """See to it that no other run writes to the file, or has since it was read."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = self.path.stat().st_size == (self._earlier.size if self._earlier else 0)
        except BlockingIOError:
            alone = False
        if not alone:
            self._file.close()
            raise InputError(f"another run writes to {self.path}: wait for its end, then --resume")

    def write(self, outcomes: Iterable[RequestResult]) -> None:
        """Add what became of requests.

        Raises:
            RunError: the file cannot be written.
        """
        text = "".join(json.dumps(outcome.as_dict()) + "\n" for outcome in outcomes)
        try:
            self._write_all(text.encode())
        except OSError as error:
            raise RunError(f"{self.path} cannot be written: {error}") from error

    def _write_all(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file.fileno(), data) :]


def refuse_existing(path: Path, *, resumed: bool) -> None:
    """See to it that no earlier results are written over.

    Raises:
        InputError: the file is there, and its run is not resumed.
    """
    if path.is_file() and not resumed:
        raise InputError(
            f"{path} is there already: go on with --resume, or name another file by --results"
        )
