"""The demo's picture: the recorded counts, the corrected motion and the true motion."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from obspy import Stream, Trace, UTCDateTime

from local.synthetic.archive import DEMO_CHANNELS
from runner.results.day_plot import draw_stream, envelope
from runner.results.plot import motion

mpl.use("Agg")  # write a file: there may be no display

from matplotlib import pyplot as plt

_EARTHQUAKE_S = 40.0  # the time shown, from 10 s before the P wave


def draw(
    raw: Trace, corrected: Trace, truth: Trace, windows: list[dict[str, Any]], path: Path
) -> Path:
    """Draw the picture into a PNG file.

    Args:
        raw: the recorded day, in counts.
        corrected: the corrected day from the output bucket, in m/s.
        truth: the generated day, in m/s.
        windows: the reply of the time-window function.
        path: the file to write.

    Returns:
        The file's path.
    """
    figure, axes = plt.subplots(
        3 + len(windows), 1, figsize=(10, 2.1 * (3 + len(windows))), layout="constrained"
    )
    _draw_day(axes[0], raw, "counts", f"{raw.id} as recorded", "tab:gray")
    _draw_day(axes[1], corrected, "m/s", "response removed, velocity", "tab:blue")
    _draw_earthquake(axes[2], corrected, truth)
    for axis, window in zip(axes[3:], windows, strict=True):
        _draw_window(axis, window)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    return path


def draw_day(
    raw: Stream,
    corrected: Stream | None,
    window: dict[str, Any],
    reply: Mapping[str, Any],
    path: Path,
) -> Path:
    """Draw a day as recorded and as corrected, and a window of it, into a PNG file.

    Args:
        raw: the recorded segments, in counts.
        corrected: the corrected segments; None draws none.
        window: one window of the reply of the time-window function.
        reply: that of the response function, with the units and the band; {} without one.
        path: the file to write.

    Returns:
        The file's path.
    """
    days = [(raw, "counts", f"{raw[0].id} as recorded", "tab:gray")]
    if corrected:
        title = f"response removed, {motion(reply)}"
        days.append((corrected, reply["units"], title, "tab:blue"))
    rows = len(days) + 1
    figure, axes = plt.subplots(rows, 1, figsize=(10, 2.4 * rows), layout="constrained")
    for axis, (stream, unit, title, colour) in zip(axes, days, strict=False):
        draw_stream(axis, stream, unit, title, colour)
    _draw_window(axes[-1], window)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    return path


def _draw_day(axis: Axes, trace: Trace, unit: str, title: str, colour: str) -> None:
    """Draw a day, scaled to its noise: the earthquake is far larger, and has its own panel."""
    note = "(the earthquake, below, goes beyond)"
    draw_stream(axis, Stream([trace]), unit, f"{title} {note}", colour)
    _, low, high = envelope(trace, trace.stats.starttime)
    noise = 8 * float(np.median(high - low))
    axis.set(ylim=(-noise, noise))


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
    data: npt.NDArray[np.float64] = np.array(window["data"], dtype=float)  # None becomes NaN
    seconds = np.arange(data.size) * window["delta"]
    axis.plot(seconds, data, color="tab:green", linewidth=0.6)
    start = UTCDateTime(window["starttime"])
    for gap in window["gaps"]:
        span = UTCDateTime(gap["starttime"]) - start, UTCDateTime(gap["endtime"]) - start
        axis.axvspan(*span, color="tab:red", alpha=0.2, label="gap")
        axis.legend(loc="upper right")
    name = "{network}.{station}.{location}.{channel}".format(**window)
    axis.set(title=f"{name}, a time window", ylabel="counts", xlabel=f"seconds after {start}")
