"""The names of the fields of requests for time windows, without ObsPy."""

from collections.abc import Iterable

from shared.archive.request_channel import ALSO_CHANNEL, CODES
from shared.fields import Names

OPTIONS = ("Format", "Read", "Output")
"""The fields of a request, beside its windows, which a URL's query may have as well."""

READS = ("records", "whole")
"""Values of `Read`: fetch the records that are needed, or whole objects; the first is the default.
"""

WINDOW = (*CODES, "nscl", "Starttime", "Endtime")
"""The fields of a window."""

_ALSO_WINDOW = {**ALSO_CHANNEL, "start": "Starttime", "end": "Endtime"}

FIELDS_OF_WINDOW = Names(WINDOW, _ALSO_WINDOW)
FIELDS_OF_QUERY = Names((*WINDOW, *OPTIONS), _ALSO_WINDOW)


def asks_for_window(names: Iterable[str]) -> bool:
    """Return whether a query's parameters are meant as a window: one is a field of it."""
    return any(FIELDS_OF_QUERY.find(name) for name in names)
