"""Kinds of parameters: how JSON and the words of a command line give their values."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shared.fields import Fields, is_number


@dataclass(frozen=True)
class Parameter:
    """A parameter in a request and on the command line.

    Attributes:
        name: its name in a request.
        default: its value where a request gives no parameter at all.
        read: checks and returns its JSON value, given a request's fields, the name and the default.
        help: one line for `--help`, without the default.
        convert: turns the words after its option into its JSON value, or raises a ValueError.
        metavar: the name of a word in `--help`; None is the parameter's own name.
        nargs: the number of words after its option, in the terms of argparse. 0 makes the option
            a flag that inverts the default.
        in_windows: whether requests for time windows have it.
    """

    name: str
    default: Any
    read: Callable[[Fields, str, Any], Any]
    help: str
    convert: Callable[..., Any] = str
    metavar: str | None = None
    nargs: int | str = 1
    in_windows: bool = True

    @property
    def option(self) -> str:
        """The option on the command line, such as `--water-level` or `--no-zero-mean`."""
        prefix = "--no-" if self.nargs == 0 and self.default else "--"
        return prefix + self.name.replace("_", "-")

    def from_words(self, *words: str) -> Any:
        """Return the JSON value that the words after the option stand for.

        Raises:
            ValueError: the words are not a value of this parameter.
        """
        return self.convert(*words) if self.nargs else not self.default


def choice(
    choices: Collection[str],
    subject: str,
    also: Mapping[str, str] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """Describe a parameter that is one of a few words, in any case.

    Args:
        choices: the words.
        subject: the start of its help, before the words.
        also: other words in lower case, each with the one that it stands for.
        others: further attributes of `Parameter`.

    Returns:
        The attributes of `Parameter`, without its name and default.
    """

    def read(request: Fields, name: str, default: str) -> str:
        return request.choice(name, choices, default, also)

    *first, last = choices
    return {"read": read, "help": f"{subject}: {', '.join(first)} or {last}", **others}


def flag(help_text: str, **others: Any) -> dict[str, Any]:
    """Describe a parameter that is true or false.

    Args:
        help_text: the help of the option that inverts the default.
        others: further attributes of `Parameter`.
    """

    def read(request: Fields, name: str, default: bool) -> bool:
        return request.flag(name, default)

    return {"read": read, "help": help_text, "nargs": 0, **others}


def number(right: str, low: float, high: float, **others: Any) -> dict[str, Any]:
    """Describe a parameter that is a number.

    Args:
        right: the values that it takes, for errors, such as "a number from 0 to 1".
        low: the lowest value.
        high: the highest value.
        others: further attributes of `Parameter`.
    """

    def read(request: Fields, name: str, default: float) -> float:
        return request.number(name, right, low, high, default)

    def convert(word: str) -> float:
        try:
            return float(word)
        except ValueError:
            raise ValueError(f"{word!r} is not a number") from None

    return {"read": read, "convert": convert, **others}


def number_or_none(right: str, low: float, high: float, **others: Any) -> dict[str, Any]:
    """Describe a parameter that is a number or null: `none` on the command line.

    Args:
        right: the values that it takes, for errors, such as "null or a number from 0 to 1".
        low: the lowest value.
        high: the highest value.
        others: further attributes of `Parameter`.
    """

    def read(request: Fields, name: str, default: float | None) -> float | None:
        value = request.raw(name, default)
        return None if value is None else request.number(name, right, low, high, default=value)

    def convert(word: str) -> float | None:
        try:
            return None if word.lower() == "none" else float(word)
        except ValueError:
            raise ValueError(f"{word!r} is neither a number nor none") from None

    return {"read": read, "convert": convert, **others}


def corners_or_auto(**others: Any) -> dict[str, Any]:
    """Describe a parameter that is a band of four corners, "auto" or null.

    Args:
        others: further attributes of `Parameter`.
    """
    return {"read": _read_corners, "convert": _convert_corners, "nargs": "+", **others}


def _read_corners(request: Fields, name: str, default: Any) -> Any:
    value = request.raw(name, default)
    if value is None:
        return None
    if isinstance(value, str) and value.lower() == "auto":
        return "auto"
    right = (
        "null, 'auto' or four frequencies in Hz, f1 < f2 <= f3 < f4, such as [0.005, 0.01, 35, 45]"
    )
    if not isinstance(value, list | tuple) or len(value) != 4 or not all(map(is_number, value)):
        raise request.error(name, value, right)
    f1, f2, f3, f4 = (float(corner) + 0.0 for corner in value)  # -0.0 becomes 0.0
    if not 0 <= f1 < f2 <= f3 < f4:
        raise request.error(name, value, right)
    return f1, f2, f3, f4


def _convert_corners(*words: str) -> list[float] | str:
    if len(words) == 1 and words[0].lower() == "auto":
        return "auto"
    try:
        f1, f2, f3, f4 = map(float, words)
    except ValueError:
        raise ValueError(f"{' '.join(words)}: must be four corners or auto") from None
    return [f1, f2, f3, f4]
