"""How to remove an instrument's response: what a request may say of it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from shared.fields import Fields, is_number

UNITS = {"DISP": "m", "VEL": "m/s", "ACC": "m/s**2"}
"""The unit of each output. "DEF" has the instrument's own, whatever it measures."""

ENCODINGS = {"FLOAT32": "float32", "FLOAT64": "float64"}
"""The miniSEED encodings of a result, with the name of the NumPy type that each takes. Never an
integer: ground velocity is about 1e-6 m/s, which an integer turns into 0."""

METHODS = ("fast", "obspy")
"""Ways to do it: "obspy" calls ObsPy itself; "fast" is ours, and agrees with it."""

GAPS = ("bridge", "split")
"""What becomes of a gap: "bridge" bridges it for the deconvolution, and cuts it out again; "split"
corrects what lies before and after it each by itself, as ObsPy does."""

EDGES = ("taper", "neighbours")
"""What becomes of a day's ends: "taper" tapers them, as ObsPy does; "neighbours" takes some minutes
of the days before and after, and cuts the day out of the result."""

Corners = tuple[float, float, float, float] | None
"""Four corners of a band in Hz, or None for no filter."""

PreFilt = Corners | Literal["auto"]


@dataclass(frozen=True)
class RemovalParameters:
    """How to remove the response: ObsPy's `remove_response`, its names, meaning and defaults.

    `gaps`, `edges` and `method` are not ObsPy's.

    Attributes:
        output: "DISP" (m), "VEL" (m/s), "ACC" (m/s**2), or "DEF" (the instrument's input unit).
        pre_filt: four corners in Hz of a cosine band on the spectrum, ascending; "auto" takes the
            band in which the instrument hears the ground; None is no filter.
        water_level: in dB below the response's maximum, where the inverse is clipped; None is no
            water level.
        taper_fraction: the part that a cosine tapers, both ends together; 0 is none.
        zero_mean: whether to subtract the mean of a segment first.
        encoding: of the result, "FLOAT32" or "FLOAT64".
        gaps: "bridge" or "split".
        edges: of the day, "taper" or "neighbours".
        method: "fast" or "obspy"; what the fast way does not cover is left to ObsPy by either.
    """

    output: str = "VEL"
    pre_filt: PreFilt = None
    water_level: float | None = 60.0
    taper_fraction: float = 0.05
    zero_mean: bool = True
    encoding: str = "FLOAT32"
    gaps: str = "bridge"
    edges: str = "taper"
    method: str = "fast"

    @classmethod
    def parse(cls, fields: Fields) -> "RemovalParameters":
        """Read the parameters of a request; an absent one has its default.

        Raises:
            BadRequestError: a value is not what the parameter takes.
        """
        return cls(
            output=fields.choice("output", (*UNITS, "DEF"), cls.output),
            pre_filt=_parse_pre_filt(fields),
            water_level=_parse_water_level(fields, cls.water_level),
            taper_fraction=fields.number(
                "taper_fraction", "a number from 0 to 1", 0, 1, cls.taper_fraction
            ),
            zero_mean=fields.flag("zero_mean", cls.zero_mean),
            encoding=fields.choice("encoding", ENCODINGS, cls.encoding),
            gaps=fields.choice("gaps", GAPS, cls.gaps),
            edges=fields.choice("edges", EDGES, cls.edges),
            method=fields.choice("method", METHODS, cls.method),
        )

    def as_dict(self) -> dict[str, Any]:
        """The parameters as JSON."""
        return asdict(self)

    def changed(self) -> dict[str, Any]:
        """The parameters that are not the default."""
        default = asdict(RemovalParameters())
        return {name: value for name, value in asdict(self).items() if value != default[name]}


def _parse_pre_filt(fields: Fields) -> PreFilt:
    value = fields.raw("pre_filt")
    if value is None:
        return None
    if value == "auto":
        return "auto"
    right = (
        "null, 'auto' or four frequencies in Hz, f1 < f2 <= f3 < f4, such as [0.005, 0.01, 35, 45]"
    )
    if not isinstance(value, list) or len(value) != 4 or not all(map(is_number, value)):
        raise fields.error("pre_filt", value, right)
    f1, f2, f3, f4 = (float(corner) + 0.0 for corner in value)  # -0.0 becomes 0.0
    if not 0 <= f1 < f2 <= f3 < f4:
        raise fields.error("pre_filt", value, right)
    return f1, f2, f3, f4


def _parse_water_level(fields: Fields, default: float | None) -> float | None:
    value = fields.raw("water_level", default)
    if value is None:
        return None
    if not is_number(value) or not 0 <= value <= 1000:
        raise fields.error("water_level", value, "null or a number of dB from 0 to 1000")
    return float(value) + 0.0
