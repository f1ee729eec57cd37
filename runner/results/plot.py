"""Plot time windows into a picture file, one panel per window."""

import importlib
import importlib.util
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import InputError, RunError
from runner.terminal import pluralize

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runner.results.panels import Panel

MAX_PANELS = 100
"""Maximum number of windows in a picture."""

_PANEL_INCHES = (10, 2.2)
_LOW_PANEL_INCHES = (10, 1.5)
_FEW_PANELS = 6
_GAP = (0.84, 0.15, 0.16)  # matplotlib's tab:red
_ENLARGED = "tab:orange"
_MOTIONS = {"DISP": "displacement", "VEL": "velocity", "ACC": "acceleration"}


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

    Windows that overlap have one time axis. `runner.results.panels` has the rule of the scales.

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

    from runner.results.panels import common_span, make_panels

    panels = make_panels(windows[:MAX_PANELS])
    width, height = _PANEL_INCHES if len(panels) <= _FEW_PANELS else _LOW_PANEL_INCHES
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(width, height * len(panels)), layout="constrained", squeeze=False
    )
    common = common_span(panels)
    for axis, panel in zip(axes[:, 0], panels, strict=True):
        _draw_panel(axis, panel)
        if span := common or panel.span:
            _draw_times(axis, *span, dated=not common or panel is panels[-1])
    figure.align_ylabels()
    save(figure, path)
    return len(panels)


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


def _draw_panel(axis: "Axes", panel: "Panel") -> None:
    start = panel.window["starttime"]
    if panel.span:
        from runner.results.panels import parse_time

        start = f"{parse_time(start):%Y-%m-%d %H:%M:%S.%f} UTC"
    axis.set_title(f"{panel.name}   {start}", loc="left", fontsize="medium")
    if panel.scale is None:
        _draw_error(axis, panel.window)
        return
    factor, unit = _axis_unit(panel)
    times, samples = panel.curve()
    axis.plot(times, samples / factor, color="tab:blue", linewidth=0.7)
    low, high = (panel.scale.centre + sign * panel.scale.half for sign in (-1, 1))
    axis.set_ylim(low / factor, high / factor)
    axis.set_ylabel(unit)
    axis.ticklabel_format(axis="y", useOffset=False)
    axis.set_title(_description(panel, factor, unit), loc="right", fontsize="small")
    if panel.scale.enlarged > 1:
        axis.tick_params(axis="y", colors=_ENLARGED)
        text = f"own scale: enlarged {panel.scale.enlarged:,.0f} times"
        axis.text(0.01, 0.95, text, transform=axis.transAxes, va="top", color=_ENLARGED)
    _draw_gaps(axis, panel)


def _axis_unit(panel: "Panel") -> tuple[float, str]:
    """Return the factor of the axis, and its unit with an SI prefix: metres alone have one."""
    unit = panel.units.replace("**2", "²")
    if panel.scale is None or not re.fullmatch("m(/s²?)?", unit):
        return 1.0, unit
    factor, prefix = panel.scale.factor
    return factor, prefix + unit


def _description(panel: "Panel", factor: float, unit: str) -> str:
    """Return the kind of motion, its band and the largest sample of a panel."""
    window = panel.window
    words = [motion(window)]
    if panel.scale and (panel.samples == panel.samples).any():
        peak = float(abs(panel.samples[panel.samples == panel.samples] - panel.scale.centre).max())
        centre = round(panel.scale.centre)
        mean = f" from the mean {centre:,}" if centre else ""
        words.append(f"peak {_number(peak / factor)} {unit}{mean}")
    return ", ".join(filter(None, words))


def motion(described: Mapping[str, Any]) -> str:
    """Return the kind of motion and its band, as in "velocity, 0.01 to 16 Hz"; "" for counts.

    Args:
        described: a window of a reply, or the metadata of a corrected day.
    """
    words = [_MOTIONS.get(described.get("parameters", {}).get("output"), "")]
    if "pre_filt" in described:
        corners = described["pre_filt"]
        words.append(f"{corners[1]:.3g} to {corners[2]:.3g} Hz" if corners else "no pre_filt")
    return ", ".join(filter(None, words))


def _number(value: float) -> str:
    """Return a number with at least three digits, and without an exponent if it is readable."""
    return f"{value:,.0f}" if 1000 <= value < 1e9 else f"{value:.3g}"


def _draw_gaps(axis: "Axes", panel: "Panel") -> None:
    """Shade the gaps, and give their number and their length in the legend."""
    gaps = panel.window.get("gaps", [])
    seconds = sum(gap["samples"] for gap in gaps) * panel.window["delta"]
    label: str | None = f"{pluralize(len(gaps), 'gap')}, {seconds:,.6g} s"
    for span in panel.gap_spans:
        # An edge shows gaps that are narrower than a pixel.
        axis.axvspan(
            *span, facecolor=(*_GAP, 0.2), edgecolor=(*_GAP, 0.6), linewidth=0.6, label=label
        )
        label = None  # once in the legend
    if gaps:
        axis.legend(loc="upper right", fontsize="small")


def _draw_error(axis: "Axes", window: Mapping[str, Any]) -> None:
    axis.set_yticks([])
    message = "\n".join(textwrap.wrap(window["error"]["message"], 100, break_on_hyphens=False))
    axis.text(0.5, 0.5, message, transform=axis.transAxes, ha="center", va="center")


def _draw_times(axis: "Axes", first: float, last: float, *, dated: bool) -> None:
    """Label the time axis in UTC: times at the ticks, the date below them and at midnight."""
    dates: Any = importlib.import_module("matplotlib.dates")
    axis.xaxis.set_major_locator(dates.AutoDateLocator(tz=timezone.utc))
    axis.xaxis.set_major_formatter(lambda day, _: _tick(dates.num2date(day)))
    if last > first:
        axis.set_xlim(first, last)
    if dated:
        days = [f"{dates.num2date(day):%Y-%m-%d}" for day in (first, last)]
        axis.set_xlabel(f"{' to '.join(dict.fromkeys(days))}, UTC")


def _tick(time: datetime) -> str:
    """Return the text of a tick, with as many digits as it needs."""
    time = (time + timedelta(microseconds=5)).replace(tzinfo=None)
    time = time.replace(microsecond=time.microsecond // 10 * 10)  # a day number is not exact
    if time == time.replace(hour=0, minute=0, second=0, microsecond=0):
        return f"{time:%H:%M}\n{time:%Y-%m-%d}"
    if time.microsecond:
        return f"{time:%H:%M:%S.%f}".rstrip("0")
    return f"{time:%H:%M:%S}" if time.second else f"{time:%H:%M}"
