"""Parameters of instrument response removal, each named once.

A row of `RemovalParameters` is all that a parameter needs: requests for corrected days and for time
windows, the key of a result, and the command line derive their fields and options from it.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from shared.fields import Fields
from shared.response._parameter import (
    Parameter,
    choice,
    corners_or_auto,
    flag,
    number,
    number_or_none,
)

UNITS = {"DISP": "m", "VEL": "m/s", "ACC": "m/s**2"}
"""SI unit of each output."""

OUTPUTS = (*UNITS, "DEF")
"""Outputs; "DEF" keeps the instrument's input unit, whatever it measures."""

ENCODINGS = {"FLOAT32": "float32", "FLOAT64": "float64"}
"""miniSEED encodings of a result, with their NumPy types. None is an integer: ground velocity is
about 1e-6 m/s, which an integer truncates to 0."""

METHODS = ("fast", "obspy")
"""Implementations: "obspy" calls ObsPy itself; "fast" is our own and agrees with it."""

GAPS = ("bridge", "split")
"""Treatment of a gap: "bridge" fills it for the deconvolution and cuts it out afterwards; "split"
corrects the segments before and after it separately, as ObsPy does."""

EDGES = ("taper", "neighbours")
"""Treatment of a day's ends: "taper" tapers them, as ObsPy does; "neighbours" reads some minutes of
the days before and after, and cuts the day out of the result."""

Corners = tuple[float, float, float, float] | None
"""Four corners of a band in Hz, or None for no filter."""

PreFilt = Corners | Literal["auto"]
"""The same as a request may give it, "auto" included."""

_WATER_LEVEL_DB = 60.0
"""ObsPy's water level."""

_BY_PRE_FILT: Any = object()  # until the constructor puts the default water level in its place


@dataclass(frozen=True)
class RemovalParameters:
    """Parameters of ObsPy's `remove_response`, with its names, meanings and defaults.

    `gaps`, `edges` and `method` are not ObsPy's.

    Attributes:
        output: "DISP" (m), "VEL" (m/s), "ACC" (m/s**2), or "DEF" (the instrument's input unit).
        pre_filt: four ascending corners in Hz of a cosine band on the spectrum; "auto" derives
            them from the instrument's response; None is no filter.
        water_level: in dB below the response's maximum, where the inverse is clipped; None is no
            water level. The default is 60 dB, as in ObsPy, or None where `pre_filt` is "auto": that
            band bounds the inverse, and 60 dB would clip it within the band.
        taper_fraction: the fraction of a segment that a cosine tapers, both ends together; 0 is no
            taper.
        zero_mean: whether to subtract the mean of a segment first.
        encoding: of the result, "FLOAT32" or "FLOAT64".
        gaps: "bridge" or "split".
        edges: treatment of the day's ends, "taper" or "neighbours".
        method: "fast" or "obspy"; "fast" leaves responses that it does not cover to ObsPy.
    """

    output: str = field(default="VEL", metadata=choice(OUTPUTS, "ground motion", metavar="UNIT"))
    pre_filt: PreFilt = field(
        default=None,
        metadata=corners_or_auto(help="four ascending corners of a band, or auto", metavar="HZ"),
    )
    water_level: float | None = field(
        default=_BY_PRE_FILT,
        metadata=number_or_none(
            "null or a number of dB from 0 to 1000",
            0,
            1000,
            help="dB below the response's maximum, or none, the default with --pre-filt auto",
            metavar="DB",
        ),
    )
    taper_fraction: float = field(
        default=0.05,
        metadata=number(
            "a number from 0 to 1",
            0,
            1,
            help="fraction to taper, 0 to 1, both ends together",
            metavar="FRACTION",
            in_windows=False,
        ),
    )
    zero_mean: bool = field(default=True, metadata=flag("keep the mean of each segment"))
    encoding: str = field(default="FLOAT32", metadata=choice(ENCODINGS, "samples"))
    gaps: str = field(default="bridge", metadata=choice(GAPS, "at a gap"))
    edges: str = field(
        default="taper",
        metadata=choice(EDGES, "at the day's ends", {"neighbors": "neighbours"}, in_windows=False),
    )
    method: str = field(default="fast", metadata=choice(METHODS, "implementation"))

    def __post_init__(self) -> None:
        """Resolve the default of `water_level`; `dataclasses.replace` keeps the resolved value."""
        if self.water_level is _BY_PRE_FILT:
            object.__setattr__(self, "water_level", _default_water_level(self.pre_filt))

    @classmethod
    def parse(cls, request: Fields) -> "RemovalParameters":
        """Read the parameters of a request; an absent one has its default.

        Raises:
            BadRequestError: a value is not one that the parameter takes.
        """
        given = [row for row in PARAMETERS if request.has(row.name)]
        return cls(**{row.name: row.read(request, row.name, row.default) for row in given})

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters as JSON."""
        return asdict(self)

    def changed(self) -> dict[str, Any]:
        """Return the parameters that differ from their defaults.

        A request with these parameters alone gives the same parameters.
        """
        values = asdict(self)
        defaults = {row.name: row.default for row in PARAMETERS}
        defaults["water_level"] = _default_water_level(self.pre_filt)
        return {name: value for name, value in values.items() if value != defaults[name]}


def _default_water_level(pre_filt: PreFilt) -> float | None:
    return None if pre_filt == "auto" else _WATER_LEVEL_DB


PARAMETERS = tuple(
    Parameter(row.name, getattr(RemovalParameters(), row.name), **row.metadata)
    for row in fields(RemovalParameters)
)
"""The table, in the order of requests and replies. The defaults are those of a request that has no
other parameter."""

NAMES = tuple(row.name for row in PARAMETERS)
"""The names of all parameters."""

WINDOW_NAMES = tuple(row.name for row in PARAMETERS if row.in_windows)
"""The names of the parameters that requests for time windows have."""


def as_text(value: Any) -> str:
    """Return a parameter's value as text for keys and help, unique for each value."""
    if isinstance(value, tuple):
        return "-".join(map(as_text, value))
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
