"""Updates: work that a schedule or an operator asks for by a direct event, never by HTTP.

The event is `{"update": NAME}`. It takes no parameters, so a schedule sends it as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared.errors import BadRequestError
from shared.fields import shown

Updates = Mapping[str, Callable[[], Any]]
"""The functions of updates by name; each returns a report as JSON."""

_FIELD = "update"


def find_update(updates: Updates, event: Any) -> Callable[[], Any] | None:
    """Return the function of an update; None if the event is none, or the function has none.

    Raises:
        BadRequestError: there is no such update.
    """
    if not updates or not isinstance(event, Mapping) or {*event} != {_FIELD}:
        return None
    name = event[_FIELD]
    if not isinstance(name, str) or name not in updates:
        right = " or ".join(map(repr, updates))
        raise BadRequestError(f"update is {shown(name)}: must be {right}", field=_FIELD)
    return updates[name]
