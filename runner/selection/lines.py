"""Lines of the files that the command line names."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from runner.errors import InputError
from runner.terminal import input_name, read_input, shorten
from shared.errors import BadRequestError

_SHOWN_CHARACTERS = 100

# Parameters in the POST body of fdsnws-dataselect and fdsnws-availability.
_FDSN_PARAMETER = re.compile(
    r"(?:quality|minimumlength|longestonly|merge|mergequality|mergesamplerate|mergeoverlap"
    r"|mergetolerance|mergegaps|show|orderby|limit|includerestricted|format|nodata)\s*=\s*\S*"
)


@dataclass(frozen=True)
class Line:
    """A line of a file, without blanks around it.

    Attributes:
        text: the line.
        source: the file and the line, such as "days.txt, line 3".
    """

    text: str
    source: str

    @property
    def is_comment(self) -> bool:
        """Whether it begins with "#"."""
        return self.text.startswith("#")

    @property
    def is_fdsn_parameter(self) -> bool:
        """Whether it is a line such as "quality=B" of an FDSN request, which selects nothing."""
        return bool(_FDSN_PARAMETER.fullmatch(self.text))

    def json(self, right: str) -> object:
        """Return the line's JSON value.

        Args:
            right: the lines that would be right, for the error; begins with "must be".

        Raises:
            BadRequestError: the line is not JSON.
        """
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise BadRequestError(f"is not JSON: {error}; {right}") from error

    def error(self, error: BadRequestError) -> InputError:
        """Return the error that names the file and the line."""
        shown = repr(shorten(self.text, _SHOWN_CHARACTERS))
        return InputError(f"{self.source}: {shown}: {error.message}")


def read_lines(path: str) -> Iterator[Line]:
    """Yield the lines of a file that are not blank.

    Args:
        path: the file; "-" is standard input.

    Raises:
        InputError: the file cannot be read.
    """
    name = input_name(path)
    try:
        lines = read_input(path).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            yield Line(text, f"{name}, line {number}")
