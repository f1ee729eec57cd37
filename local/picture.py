"""The demo's picture: what the instrument recorded, what came out, and what went in."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from obspy import Trace, UTCDateTime

from local.synthetic.archive import DEMO_CHANNELS

mpl.use("Agg")  # a file, no screen

from matplotlib import pyplot as plt

_EARTHQUAKE_S = 40.0  # how much of it is shown


def draw(
    raw: Trace, corrected: Trace, truth: Trace, windows: list[dict[str, Any]], path: Path
) -> Path:
    """Draw the picture into a PNG file.

    Args:
        raw: the day in counts.
        corrected: the day in m/s, as it lies in the output bucket.
        truth: the day in m/s, as it was generated.
        windows: the reply of the time-window function.
        path: the file to write.

    Returns:
        The file.
    """
    figure, axes = plt.subplots(
        3 + len(windows), 1, figsize=(10, 2.1 * (3 + len(windows))), layout="constrained"
    )
    _draw_day(axes[0], raw, "counts", f"{raw.id} as recorded, in the archive", "tab:gray")
    _draw_day(axes[1], corrected, "m/s", "response removed, in the output bucket", "tab:blue")
    _draw_earthquake(axes[2], corrected, truth)
    for axis, window in zip(axes[3:], windows, strict=True):
        _draw_window(axis, window)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    return path


def _draw_day(axis: Axes, trace: Trace, unit: str, title: str, colour: str) -> None:
    """A day's envelope: the extremes of each stretch, as eight million points would be drawn."""
    stretch = trace.stats.npts // 2000
    cut = trace.data[: stretch * 2000].reshape(2000, stretch)
    hours = np.linspace(0, stretch * 2000 * trace.stats.delta / 3600, 2000)
    low, high = cut.min(axis=1), cut.max(axis=1)
    axis.fill_between(hours, low, high, color=colour)
    noise = 8 * float(np.median(high - low))  # the earthquake is far beyond, and drawn below
    axis.set(
        title=f"{title} (the earthquake, below, goes beyond)",
        ylabel=unit,
        xlabel="hours of the day",
        xlim=(0, 24),
        ylim=(-noise, noise),
    )


def _draw_earthquake(axis: Axes, corrected: Trace, truth: Trace) -> None:
    start = (DEMO_CHANNELS[0].earthquake_at or 0.0) - 10
    first = int(start * truth.stats.sampling_rate)
    last = first + int(_EARTHQUAKE_S * truth.stats.sampling_rate)
    seconds = np.arange(last - first) * truth.stats.delta
    axis.plot(seconds, truth.data[first:last], color="tab:orange", linewidth=2.4, label="went in")
    axis.plot(
        seconds, corrected.data[first:last], color="tab:blue", linewidth=0.8, label="came out"
    )
    time = truth.stats.starttime + start
    axis.set(title="the earthquake", ylabel="m/s", xlabel=f"seconds after {time}")
    axis.legend(loc="upper right")


def _draw_window(axis: Axes, window: dict[str, Any]) -> None:
    data: npt.NDArray[np.float64] = np.array(window["data"], dtype=float)  # null becomes NaN
    seconds = np.arange(data.size) * window["delta"]
    axis.plot(seconds, data, color="tab:green", linewidth=0.6)
    start = UTCDateTime(window["starttime"])
    for gap in window["gaps"]:
        span = UTCDateTime(gap["starttime"]) - start, UTCDateTime(gap["endtime"]) - start
        axis.axvspan(*span, color="tab:red", alpha=0.2, label="gap")
        axis.legend(loc="upper right")
    name = "{network}.{station}.{location}.{channel}".format(**window)
    axis.set(title=f"{name}, a time window", ylabel="counts", xlabel=f"seconds after {start}")
