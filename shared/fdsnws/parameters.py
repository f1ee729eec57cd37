"""Parameters of the FDSN web services: names, types, defaults and bounds.

One table serves the parser of requests, the WADL and the pages. The rules are those of "FDSN Web
Service Specifications", version 1.2, section "Common behaviours": http://www.fdsn.org/webservices/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

__all__ = ["CODES", "KINDS", "NODATA", "TIMES", "Parameter", "Service", "channel_parameters"]

KINDS = {
    "time": "xs:dateTime",
    "text": "xs:string",
    "codes": "xs:string",
    "choice": "xs:string",
    "choices": "xs:string",
    "float": "xs:double",
    "int": "xs:int",
    "bool": "xs:boolean",
}
"""The kinds of values, each with its type in a WADL.

ObsPy's client knows no other types than these, and sends times typed as text with a "Z".
"""

CODES = ("network", "station", "location", "channel")
"""The parameters that select channels; a POST has them in its lines."""

TIMES = ("starttime", "endtime")
"""The parameters that select a time span; a POST has them in its lines."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a service.

    Attributes:
        name: its long name, in lower case.
        short: its other names.
        kind: one of `KINDS`. "codes" are patterns of codes, separated by commas; "choices" are
            several of `options`, separated by commas.
        default: the value of a request without it, typed as the parser returns it: a time in
            nanoseconds since 1970, codes and choices as a tuple of text. None for no value.
        options: the values of a choice or of choices, as the parser returns them.
        description: a sentence for the WADL and the pages.
        lowest, highest: bounds of a number, both included; None for none.
    """

    name: str
    short: tuple[str, ...] = ()
    kind: str = "text"
    default: Any = None
    options: tuple[str, ...] = ()
    description: str = ""
    lowest: float | None = None
    highest: float | None = None

    @property
    def default_text(self) -> str:
        """The default as a request would have it; "" for none."""
        if self.default is None:
            return ""
        if isinstance(self.default, tuple):
            return ",".join(self.default)
        return str(self.default).lower() if self.kind == "bool" else str(self.default)


@dataclass(frozen=True)
class Service:
    """One of the FDSN web services.

    Attributes:
        name: such as "dataselect".
        version: the specification's version, and this implementation's own third number.
        methods: the parameters of each method, such as "query".
        limits: the limits of one request, in a sentence for the WADL and the pages.
        description: a sentence for the pages.
        module: the module that answers, with a function for each method, named as the method: it
            takes an `FdsnRequest` and returns the answer. It is loaded at first use. "" is a
            service whose methods are not served.
    """

    name: str
    version: str
    methods: Mapping[str, tuple[Parameter, ...]]
    limits: str = ""
    description: str = ""
    module: str = ""

    @property
    def path(self) -> str:
        """The path of the service, without a slash at its end."""
        return f"/fdsnws/{self.name}/{self.version.partition('.')[0]}"

    def names(self, method: str) -> Mapping[str, Parameter]:
        """Return the parameters of a method by each of their names."""
        return self._names[method]

    @cached_property
    def _names(self) -> dict[str, dict[str, Parameter]]:
        return {
            method: {name: each for each in parameters for name in (each.name, *each.short)}
            for method, parameters in self.methods.items()
        }


def channel_parameters() -> tuple[Parameter, ...]:
    """Return the parameters that all services share: a time span, and codes."""
    codes = "codes, separated by commas; * matches any characters, ? matches one"
    return (
        Parameter("starttime", ("start",), "time", description="Data or epochs at or after it."),
        Parameter("endtime", ("end",), "time", description="Data or epochs at or before it."),
        Parameter("network", ("net",), "codes", ("*",), description=f"Network {codes}."),
        Parameter("station", ("sta",), "codes", ("*",), description=f"Station {codes}."),
        Parameter(
            "location", ("loc",), "codes", ("*",), description=f"Location {codes}; -- is blank."
        ),
        Parameter("channel", ("cha",), "codes", ("*",), description=f"Channel {codes}."),
    )


NODATA = Parameter(
    "nodata",
    kind="choice",
    default="204",
    options=("204", "404"),
    description="The status of an answer without data.",
)
"""A parameter of all services."""
