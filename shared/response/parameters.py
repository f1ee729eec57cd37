"""Parameters of instrument response removal, each named once.

A row of `RemovalParameters` is all that a parameter needs: requests for corrected days and for time
windows, the key of a result, and the command line derive their fields and options from it.
"""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from shared.fields import Fields, is_number

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


@dataclass(frozen=True)
class Parameter:
    """One row of the table: a parameter in a request and on the command line.

    Attributes:
        name: its name in a request.
        default: its value where a request does not give it.
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


def _choice(choices: Collection[str], text: str, **row: Any) -> dict[str, Any]:
    """Describe a parameter that is one of a few words."""

    def read(request: Fields, name: str, default: str) -> str:
        return request.choice(name, choices, default)

    *others, last = choices
    help_text = f"{text}: {', '.join(others)} or {last}"
    return {"read": read, "help": help_text, **row}


def _read_flag(request: Fields, name: str, default: bool) -> bool:
    return request.flag(name, default)


def _read_pre_filt(request: Fields, name: str, default: PreFilt) -> PreFilt:
    value = request.raw(name, default)
    if value is None or value == "auto":
        return value  # type: ignore[no-any-return]
    right = (
        "null, 'auto' or four frequencies in Hz, f1 < f2 <= f3 < f4, such as [0.005, 0.01, 35, 45]"
    )
    if not isinstance(value, list) or len(value) != 4 or not all(map(is_number, value)):
        raise request.error(name, value, right)
    f1, f2, f3, f4 = (float(corner) + 0.0 for corner in value)  # -0.0 becomes 0.0
    if not 0 <= f1 < f2 <= f3 < f4:
        raise request.error(name, value, right)
    return f1, f2, f3, f4


def _convert_pre_filt(*words: str) -> list[float] | str:
    if words == ("auto",):
        return "auto"
    try:
        f1, f2, f3, f4 = map(float, words)
    except ValueError:
        raise ValueError(f"{' '.join(words)}: must be four corners or auto") from None
    return [f1, f2, f3, f4]


def _read_water_level(request: Fields, name: str, default: float | None) -> float | None:
    value = request.raw(name, default)
    if value is None:
        return None
    if not is_number(value) or not 0 <= value <= 1000:
        raise request.error(name, value, "null or a number of dB from 0 to 1000")
    return float(value) + 0.0  # -0.0 becomes 0.0


def _convert_water_level(word: str) -> float | None:
    try:
        return None if word == "none" else float(word)
    except ValueError:
        raise ValueError(f"{word!r} is neither a number nor none") from None


def _read_taper_fraction(request: Fields, name: str, default: float) -> float:
    return request.number(name, "a number from 0 to 1", 0, 1, default)


def _convert_number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ValueError(f"{word!r} is not a number") from None


@dataclass(frozen=True)
class RemovalParameters:
    """Parameters of ObsPy's `remove_response`, with its names, meanings and defaults.

    `gaps`, `edges` and `method` are not ObsPy's.

    Attributes:
        output: "DISP" (m), "VEL" (m/s), "ACC" (m/s**2), or "DEF" (the instrument's input unit).
        pre_filt: four ascending corners in Hz of a cosine band on the spectrum; "auto" derives
            them from the instrument's response; None is no filter.
        water_level: in dB below the response's maximum, where the inverse is clipped; None is no
            water level.
        taper_fraction: the fraction of a segment that a cosine tapers, both ends together; 0 is no
            taper.
        zero_mean: whether to subtract the mean of a segment first.
        encoding: of the result, "FLOAT32" or "FLOAT64".
        gaps: "bridge" or "split".
        edges: treatment of the day's ends, "taper" or "neighbours".
        method: "fast" or "obspy"; "fast" leaves responses that it does not cover to ObsPy.
    """

    output: str = field(default="VEL", metadata=_choice(OUTPUTS, "ground motion", metavar="UNIT"))
    pre_filt: PreFilt = field(
        default=None,
        metadata={
            "read": _read_pre_filt,
            "convert": _convert_pre_filt,
            "help": "four ascending corners of a band, or auto",
            "metavar": "HZ",
            "nargs": "+",
        },
    )
    water_level: float | None = field(
        default=60.0,
        metadata={
            "read": _read_water_level,
            "convert": _convert_water_level,
            "help": "dB below the response's maximum, or none",
            "metavar": "DB",
        },
    )
    taper_fraction: float = field(
        default=0.05,
        metadata={
            "read": _read_taper_fraction,
            "convert": _convert_number,
            "help": "fraction to taper, 0 to 1, both ends together",
            "metavar": "FRACTION",
            "in_windows": False,
        },
    )
    zero_mean: bool = field(
        default=True,
        metadata={"read": _read_flag, "help": "keep the mean of each segment", "nargs": 0},
    )
    encoding: str = field(default="FLOAT32", metadata=_choice(ENCODINGS, "samples"))
    gaps: str = field(default="bridge", metadata=_choice(GAPS, "at a gap"))
    edges: str = field(
        default="taper", metadata=_choice(EDGES, "at the day's ends", in_windows=False)
    )
    method: str = field(default="fast", metadata=_choice(METHODS, "implementation"))

    @classmethod
    def parse(cls, request: Fields) -> "RemovalParameters":
        """Read the parameters of a request; an absent one has its default.

        Raises:
            BadRequestError: a value is not one that the parameter takes.
        """
        return cls(**{row.name: row.read(request, row.name, row.default) for row in PARAMETERS})

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters as JSON."""
        return asdict(self)

    def changed(self) -> dict[str, Any]:
        """Return the parameters that differ from their defaults."""
        values = asdict(self)
        return {row.name: values[row.name] for row in PARAMETERS if values[row.name] != row.default}


PARAMETERS = tuple(
    Parameter(row.name, row.default, **row.metadata) for row in fields(RemovalParameters)
)
"""The table, in the order of requests and replies."""

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
