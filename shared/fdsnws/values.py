"""The values of parameters, from text to their types.

Rules: "FDSN Web Service Specifications", version 1.2. Where it is silent, codes may be in lower
case, booleans may be 1, t, yes and y or 0, f, no and n, and an empty value is refused.
"""

import re
from collections.abc import Callable
from typing import Any

from shared.archive.instant import parse_instant
from shared.errors import BadRequestError
from shared.fdsnws.parameters import Parameter
from shared.fields import shown

_YEARS = range(1, 10_000)
"""Years of FDSN requests, whose open ends lie centuries ahead."""

_MAX_CHARACTERS = 80
"""Longest number or time."""

_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_INT = re.compile(r"[+-]?[0-9]{1,15}")
_CODE = re.compile(r"[A-Z0-9*?_-]{1,32}")
_BLANK = ("--", "  ")
_BOOLEANS = {
    **dict.fromkeys(("true", "t", "1", "yes", "y"), True),
    **dict.fromkeys(("false", "f", "0", "no", "n"), False),
}


def parse_value(parameter: Parameter, name: str, text: str) -> Any:
    """Return the typed value of a parameter.

    Args:
        parameter: the parameter.
        name: its name as the request has it, for the error.
        text: its value as the request has it.

    Returns:
        A time in nanoseconds since 1970; codes as a tuple of upper-case patterns with "" for the
        blank location; choices as a tuple; or a float, an int, a bool or text.

    Raises:
        BadRequestError: the value is empty, of another kind, or out of range.
    """
    if not text or (not text.strip() and parameter.name != "location"):
        hint = ", -- for the blank location" if parameter.name == "location" else ""
        raise BadRequestError(
            f"{name} is empty: give it a value{hint}, or leave it out", field=name
        )
    return _PARSERS[parameter.kind](parameter, name, text)


def parse_codes(parameter: Parameter, name: str, text: str) -> tuple[str, ...]:
    """Return the patterns of a list of codes, in upper case; "" is the blank location.

    Raises:
        BadRequestError: a code is empty, or has a character that no code has.
    """
    codes = []
    for code in text.split(","):
        if parameter.name == "location" and code in _BLANK:
            codes.append("")
            continue
        clean = code.strip().upper() if code.isascii() else ""
        if not _CODE.fullmatch(clean) or (clean.startswith("-") and clean.strip("-") == ""):
            right = "letters and digits, * for any characters, ? for one"
            blank = ", -- for the blank location" if parameter.name == "location" else ""
            raise BadRequestError(f"{name} has the code {shown(code)}: {right}{blank}", field=name)
        codes.append(clean)
    return tuple(dict.fromkeys(codes))


def _time(parameter: Parameter, name: str, text: str) -> int:  # noqa: ARG001
    return parse_instant(text[: _MAX_CHARACTERS + 1], name, _YEARS)


def _float(parameter: Parameter, name: str, text: str) -> float:
    if len(text) > _MAX_CHARACTERS or not _FLOAT.fullmatch(text):
        right = "a decimal number without an exponent, such as 34.5"
        raise BadRequestError(f"{name} is {shown(text)}: must be {right}", field=name)
    return _in_range(parameter, name, float(text) + 0.0)


def _int(parameter: Parameter, name: str, text: str) -> int:
    if not _INT.fullmatch(text):
        raise BadRequestError(f"{name} is {shown(text)}: must be a whole number", field=name)
    return int(_in_range(parameter, name, int(text)))


def _in_range(parameter: Parameter, name: str, value: float) -> float:
    low, high = parameter.lowest, parameter.highest
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = [f"at least {low:g}"] if low is not None else []
        bounds += [f"at most {high:g}"] if high is not None else []
        right = " and ".join(bounds)
        raise BadRequestError(f"{name} is {value:.15g}: must be {right}", field=name)
    return value


def _bool(parameter: Parameter, name: str, text: str) -> bool:  # noqa: ARG001
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise BadRequestError(f"{name} is {shown(text)}: must be true or false", field=name)
    return value


def _choice(parameter: Parameter, name: str, text: str) -> str:
    options = {option.lower(): option for option in parameter.options}
    found = options.get(text.strip().lower())
    if found is None:
        right = ", ".join(parameter.options)
        raise BadRequestError(f"{name} is {shown(text)}: must be one of {right}", field=name)
    return found


def _choices(parameter: Parameter, name: str, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_choice(parameter, name, each) for each in text.split(",")))


def _text(parameter: Parameter, name: str, text: str) -> str:  # noqa: ARG001
    return text


_PARSERS: dict[str, Callable[[Parameter, str, str], Any]] = {
    "time": _time,
    "text": _text,
    "codes": parse_codes,
    "choice": _choice,
    "choices": _choices,
    "float": _float,
    "int": _int,
    "bool": _bool,
}
