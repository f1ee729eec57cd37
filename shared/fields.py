"""The fields of a JSON request: each is checked by type, with uniform error messages."""

import math
import reprlib
import sys
from collections.abc import Collection, Mapping
from typing import Any

from shared.errors import BadRequestError

_MISSING = object()

_MAX_NAME_CHARACTERS = 80
"""Longest part of a name that is looked up, or that an error's `field` repeats."""


class _ShortRepr(reprlib.Repr):
    def repr_int(self, value: int, *_: int) -> str:
        # Python refuses to write thousands of digits, which would take a time that grows with the
        # square of their number.
        if abs(value) < 10**self.maxlong:
            return repr(value)
        return f"an integer of about {round(value.bit_length() * math.log10(2)):,} digits"


# A value may be nested so deep that Python's own repr raises RecursionError.
_SHORT = _ShortRepr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def shown(value: object) -> str:
    """Return a value as a message shows it: as Python writes it, cut where it is long or deep."""
    return _SHORT.repr(value)


class Names:
    """The names of an object's fields, as people write them.

    Neither case matters, nor "_" and "-" within a name.

    Args:
        names: every field that the object may have.
        also: other names, each with the field that it stands for.
    """

    def __init__(self, names: Collection[str], also: Mapping[str, str] | None = None) -> None:
        self.names = tuple(names)
        others = {_plain(name): field for name, field in (also or {}).items()}
        self._fields = {**others, **{_plain(name): name for name in names}}
        self._fields |= {name: name for name in names}  # the usual spelling is found at once

    def find(self, name: object) -> str | None:
        """Return the field that a name stands for; None if there is none."""
        if not isinstance(name, str) or len(name) > _MAX_NAME_CHARACTERS:
            return None
        return self._fields.get(name) or self._fields.get(_plain(name))

    def similar(self, name: object) -> str | None:
        """Return the field whose name is most similar; None if none is."""
        from difflib import get_close_matches  # for mistyped requests alone

        plain = _plain(str(name)[:_MAX_NAME_CHARACTERS])
        return next((self._fields[n] for n in get_close_matches(plain, self._fields, 1)), None)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


class Fields:
    """The fields of one JSON object of a request.

    Each getter returns a checked value, or raises a BadRequestError with the field, its value and
    the values that would be right.

    Args:
        value: the JSON object.
        names: every field that the object may have.
        path: path of the object in the request, such as "Windows[1]."; "" for the request itself.

    Raises:
        BadRequestError: `value` is not a JSON object, has a field that is not in `names`, or has
            a field twice, under two names.
    """

    def __init__(self, value: object, names: Names | Collection[str], path: str = "") -> None:
        self._path = path
        names = names if isinstance(names, Names) else Names(names)
        if not isinstance(value, Mapping):
            place = path.rstrip(".") or "the request"
            raise BadRequestError(f"{place} is {_show(value)}: must be {_known(names)}")
        self._fields: dict[str, Any] = {}
        self._spelled: dict[str, str] = {}
        unknown = []
        for name, item in value.items():
            field = names.find(name)
            if field is None:
                unknown.append(str(name))
            elif field in self._fields:
                first, name = self._spelled.get(field, field), str(name)
                message = f"{self.name(field)} is given twice, as {first!r} and as {name!r}"
                raise BadRequestError(f"{message}: give it once", field=self.name(field))
            else:
                self._fields[field] = item
                if name != field:
                    self._spelled[field] = name
        if unknown:
            raise self._unknown(sorted(unknown), names)

    def _unknown(self, unknown: list[str], names: Names) -> BadRequestError:
        place, first = self._path.rstrip(".") or "the request", unknown[0]
        similar = names.similar(first)
        question = f" (did you mean {similar!r}?)" if similar else ""
        rest = "".join(f", {name!r}" for name in unknown[1:])
        return BadRequestError(
            f"{place} has the unknown field {first!r}{question}{rest}: must be {_known(names)}",
            field=f"{self._path}{first[:_MAX_NAME_CHARACTERS]}",
        )

    def name(self, field: str) -> str:
        """Return the field's full name as the request has it, for error messages."""
        return f"{self._path}{self.spelled(field)}"

    def spelled(self, field: str) -> str:
        """Return a field's name as the request has it."""
        return self._spelled.get(field, field)

    def given(self) -> dict[str, Any]:
        """Return the fields that the object has, unchecked, by the names of `names`."""
        return dict(self._fields)

    def error(self, field: str, value: object, right: str) -> BadRequestError:
        """Return the error for a field's invalid value; `right` describes a valid one."""
        name = self.name(field)
        return BadRequestError(f"{name} is {_show(value)}: must be {right}", field=name)

    def text(self, field: str, right: str, default: str | None = None) -> str:
        """Return a string; an absent field has the default, and None makes the field required."""
        value = self._get(field, right, _MISSING if default is None else default)
        if not isinstance(value, str):
            raise self.error(field, value, right)
        return value

    def choice(
        self,
        field: str,
        choices: Collection[str],
        default: str,
        also: Mapping[str, str] | None = None,
    ) -> str:
        """Return one of `choices`; a request may write it in any case.

        Args:
            field: the field.
            choices: the values.
            default: of an absent field.
            also: other words in lower case, each with the value that it stands for.
        """
        value = self._fields.get(field, default)
        if isinstance(value, str) and len(value) <= _MAX_NAME_CHARACTERS:
            if value in choices:
                return value
            words = {**(also or {}), **{choice.lower(): choice for choice in choices}}
            if found := words.get(value.lower()):
                return found
        raise self.error(field, value, f"one of {', '.join(map(repr, choices))}")

    def flag(self, field: str, default: bool) -> bool:
        """Return a JSON true or false."""
        value = self._fields.get(field, default)
        if not isinstance(value, bool):
            raise self.error(field, value, "true or false")
        return value

    def number(self, field: str, right: str, low: float, high: float, default: float) -> float:
        """Return a finite number from `low` to `high`, both included."""
        value = self._fields.get(field, default)
        if not is_number(value) or not low <= value <= high:
            raise self.error(field, value, right)
        return float(value) + 0.0  # turns -0.0 into 0.0, so equal requests are written alike

    def array(self, field: str, right: str) -> list[Any]:
        """Return a JSON array with at least one entry."""
        value = self._get(field, right, _MISSING)
        if not isinstance(value, list) or not value:
            raise self.error(field, value, right)
        return value

    def has(self, field: str) -> bool:
        """Return whether the field is present."""
        return field in self._fields

    def raw(self, field: str, default: Any = None) -> Any:
        """Return the value unchecked."""
        return self._fields.get(field, default)

    def _get(self, field: str, right: str, default: object) -> object:
        value = self._fields.get(field, default)
        if value is _MISSING:
            name = self.name(field)
            raise BadRequestError(f"{name} is missing: must be {right}", field=name)
        return value


def is_number(value: object) -> bool:
    """Return whether a JSON value is a finite number; true and false are not."""
    # math.isfinite would raise OverflowError for an integer beyond the range of floats.
    largest = sys.float_info.max
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= largest


def _known(names: Names) -> str:
    return f"a JSON object with {', '.join(names.names)}"


def _show(value: object) -> str:
    text = _SHORT.repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
