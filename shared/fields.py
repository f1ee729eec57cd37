"""The fields of a JSON request: each is checked by type, with uniform error messages."""

import math
import reprlib
import sys
from collections.abc import Collection, Mapping
from typing import Any

from shared.errors import BadRequestError

_MISSING = object()


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


class Fields:
    """The fields of one JSON object of a request.

    Each getter returns a checked value, or raises a BadRequestError with the field, its value and
    the values that would be right.

    Args:
        value: the JSON object.
        names: every field that the object may have.
        path: path of the object in the request, such as "Windows[1]."; "" for the request itself.

    Raises:
        BadRequestError: `value` is not a JSON object, or has a field that is not in `names`.
    """

    def __init__(self, value: object, names: Collection[str], path: str = "") -> None:
        self._path = path
        place = path.rstrip(".") or "the request"
        known = f"a JSON object with {', '.join(names)}"
        if not isinstance(value, Mapping):
            raise BadRequestError(f"{place} is {_show(value)}: must be {known}")
        unknown = sorted(str(name) for name in value if name not in names)
        if unknown:
            raise BadRequestError(
                f"{place} has the unknown field {', '.join(map(repr, unknown))}: must be {known}",
                field=f"{path}{unknown[0][:80]}",
            )
        self._fields = value

    def name(self, field: str) -> str:
        """Return the field's full name, for error messages."""
        return f"{self._path}{field}"

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

    def choice(self, field: str, choices: Collection[str], default: str) -> str:
        """Return one of `choices`, spelled exactly as there."""
        value = self._fields.get(field, default)
        if not isinstance(value, str) or value not in choices:
            raise self.error(field, value, f"one of {', '.join(map(repr, choices))}")
        return value

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


def _show(value: object) -> str:
    text = _SHORT.repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
