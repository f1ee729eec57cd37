"""Draw a day: the envelope of its samples, and its gaps. Needs ObsPy, whose files it reads."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import obspy
from matplotlib.axes import Axes
from obspy import Stream, Trace, UTCDateTime

from runner.errors import RunError
from runner.results.plot import motion, save
from runner.sending.fetch import description_of

mpl.use("Agg")  # writes files, needs no display

from matplotlib import pyplot as plt

_PIXELS = 2000  # columns of an envelope, more than the axis has pixels
_INCHES = (10, 3)


def draw_file(path: Path, picture: Path) -> None:
    """Draw a fetched day into a picture in any of matplotlib's formats.

    Args:
        path: the day, with its description beside it.
        picture: the file to write.

    Raises:
        RunError: the day cannot be read, or the picture cannot be written.
    """
    try:
        stream = obspy.read(str(path), format="MSEED")
        metadata = json.loads(description_of(path).read_text(encoding="utf-8"))["metadata"]
    except Exception as error:  # ObsPy's, of many kinds
        raise RunError(f"{path} cannot be read as a corrected day: {error}") from error
    figure, axis = plt.subplots(figsize=_INCHES, layout="constrained")
    units = str(metadata.get("units", ""))
    title = ", ".join(filter(None, (f"{stream[0].id}, response removed", motion(metadata))))
    draw_stream(axis, stream, units, title, "tab:blue")
    save(figure, picture)


def draw_stream(axis: Axes, stream: Stream, units: str, title: str, colour: str) -> None:
    """Draw the segments of a day and the gaps between them.

    Args:
        axis: the panel to draw into.
        stream: the segments.
        units: of the samples.
        title: of the panel.
        colour: of the samples, in matplotlib's words.
    """
    traces = sorted(stream, key=lambda trace: trace.stats.starttime)
    # By the middle, as a day's first sample may lie a moment before midnight.
    first, last = traces[0].stats.starttime, max(trace.stats.endtime for trace in traces)
    midnight = UTCDateTime((first + (last - first) / 2).date)
    for trace in traces:
        hours, low, high = envelope(trace, midnight)
        # The line is seen where there is one sample per column, and the area has no height.
        axis.fill_between(hours, low, high, color=colour, linewidth=0.5)
    label: str | None = "gap"
    for before, after in pairwise(traces):
        begin, end = before.stats.endtime + before.stats.delta, after.stats.starttime
        if end - begin > before.stats.delta / 2:
            span = ((time - midnight) / 3600 for time in (begin, end))
            axis.axvspan(*span, color="tab:red", alpha=0.2, linewidth=0, label=label)
            label = None  # once in the legend
    if label is None:
        axis.legend(loc="upper right")
    axis.set(title=title, ylabel=units, xlabel=f"hours of {midnight.date}", xlim=(0, 24))


def envelope(
    trace: Trace, midnight: UTCDateTime
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the envelope of a segment, which looks the same as all of its samples.

    Args:
        trace: the segment.
        midnight: the time of hour 0.

    Returns:
        Hours of the columns, at most 2,000, and the smallest and largest sample of each.
    """
    per_pixel = -(-trace.stats.npts // _PIXELS)
    begins = np.arange(0, trace.stats.npts, per_pixel)
    hours = (trace.stats.starttime - midnight + begins * trace.stats.delta) / 3600
    low, high = (reduce.reduceat(trace.data, begins) for reduce in (np.minimum, np.maximum))
    return hours, low, high
