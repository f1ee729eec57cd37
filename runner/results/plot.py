"""Plot time windows into a picture file, one panel per window."""

import importlib
import importlib.util
import math
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import InputError, RunError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_PANELS = 100
"""Maximum number of windows in a picture."""

_PANEL_INCHES = (10, 2.2)
_DAY_S = 86_400


def check_picture(path: Path, needs: Sequence[str] = ("matplotlib",)) -> None:
    """Check that a picture can be drawn, before anything is sent.

    Args:
        path: the file to write later.
        needs: the packages that draw it.

    Raises:
        InputError: a package is not installed, or matplotlib does not support the file's format.
    """
    for name in needs:
        if importlib.util.find_spec(name) is None:
            raise InputError(f"--plot needs {name}, which is not installed: pip install {name}")
    backend_bases: Any = importlib.import_module("matplotlib.backend_bases")
    known = sorted(backend_bases.FigureCanvasBase.filetypes)
    if path.suffix[1:].lower() not in known or path.is_dir():
        raise InputError(
            f"--plot {path}: must be a file, its name ending with one of .{', .'.join(known)}"
        )


def draw(windows: Sequence[Mapping[str, Any]], path: Path) -> int:
    """Draw windows, at most `MAX_PANELS`, into a picture in any of matplotlib's formats.

    Args:
        windows: as in the function's reply, parsed from JSON.
        path: the file to write.

    Returns:
        The number of windows drawn.

    Raises:
        RunError: the picture cannot be written, for example in a format that matplotlib lacks.
    """
    import matplotlib as mpl  # takes half a second, so import it only for a picture

    mpl.use("Agg")  # writes files, needs no display
    from matplotlib import pyplot as plt

    drawn = windows[:MAX_PANELS]
    width, height = _PANEL_INCHES
    figure, axes = plt.subplots(
        len(drawn), 1, figsize=(width, height * len(drawn)), layout="constrained", squeeze=False
    )
    for axis, window in zip(axes[:, 0], drawn, strict=True):
        _draw_window(axis, window)
    save(figure, path)
    return len(drawn)


def save(figure: "Figure", path: Path) -> None:
    """Write a figure of pyplot into a picture, and close it.

    Raises:
        RunError: the picture cannot be written, for example in a format that matplotlib lacks.
    """
    from matplotlib import pyplot as plt

    try:
        figure.savefig(path, dpi=100)
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be drawn: {error}") from error
    finally:
        plt.close(figure)


def _draw_window(axis: "Axes", window: Mapping[str, Any]) -> None:
    name = ".".join(window[code] for code in ("network", "station", "location", "channel"))
    if "error" in window and not _has_times(window):
        axis.set_title(f"{name}   {window['starttime']}", loc="left", fontsize="medium")
        _draw_error(axis, window)
        return
    start = _parse_time(window["starttime"])
    axis.set_title(f"{name}   {start:%Y-%m-%d %H:%M:%S.%f} UTC", loc="left", fontsize="medium")
    _draw_times(axis, _day_number(window["starttime"]), _day_number(window["endtime"]))
    if "error" in window:
        _draw_error(axis, window)
        return
    first, step = _day_number(window["starttime"]), window["delta"] / _DAY_S
    times = [first + index * step for index in range(len(window["data"]))]
    # A missing sample is null, and breaks the line.
    samples = [math.nan if value is None else value for value in window["data"]]
    axis.plot(times, samples, color="tab:blue", linewidth=0.7)
    for gap in window.get("gaps", []):
        span = _day_number(gap["starttime"]), _day_number(gap["endtime"])
        axis.axvspan(*span, color="tab:red", alpha=0.15, linewidth=0)
    axis.set_ylabel(window.get("units", "counts"))


def _has_times(window: Mapping[str, Any]) -> bool:
    """Return whether a window's times are those of a reply; a malformed window's may be any."""
    try:
        return bool(_parse_time(window["starttime"]) and _parse_time(window["endtime"]))
    except ValueError:
        return False


def _draw_error(axis: "Axes", window: Mapping[str, Any]) -> None:
    axis.set_yticks([])
    message = "\n".join(textwrap.wrap(window["error"]["message"], 100, break_on_hyphens=False))
    axis.text(0.5, 0.5, message, transform=axis.transAxes, ha="center", va="center")


def _draw_times(axis: "Axes", first: float, last: float) -> None:
    """Label the time axis in UTC."""
    dates: Any = importlib.import_module("matplotlib.dates")
    locator = dates.AutoDateLocator(tz=timezone.utc)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=timezone.utc))
    if last > first:
        axis.set_xlim(first, last)


def _day_number(text: str) -> float:
    """Return a time as matplotlib represents it: days since 1970."""
    return _parse_time(text).timestamp() / _DAY_S


def _parse_time(text: str) -> datetime:
    """Parse a time of a reply, such as "2024-01-01T00:00:00.019500Z"."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
