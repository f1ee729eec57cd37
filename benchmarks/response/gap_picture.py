"""The picture of the README: a real day around a gap, bridged and split.

The reference is grey, this project's result blue, and ObsPy's result orange.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from benchmarks.real_data import read_channel
from benchmarks.response.disturbed_days import BRIDGE, SPLIT, Undisturbed, correct_around
from shared.errors import ServiceError
from shared.response.arrays import FloatArray

mpl.use("Agg")  # write a file: there may be no display

from matplotlib import pyplot as plt

TRUE: dict[str, Any] = {"color": "0.78", "linewidth": 3.5, "solid_joinstyle": "round"}
OURS: dict[str, Any] = {"color": "tab:blue", "linewidth": 1.0}
OTHER: dict[str, Any] = {"color": "tab:orange", "linewidth": 1.4}
"""Styles of the reference, of this project's result, and of ObsPy's."""

GAP_S = 60.0
AROUND_S = 180.0
"""The time shown on both sides of a gap, in s."""
MICRO = 1e6
"""Micrometres in a metre: velocities are shown in micrometres per second."""

_GAP_AT = 0.55  # of the day


@dataclass(frozen=True)
class AroundGap:
    """Ground velocity around a gap that was cut into a day, in micrometres per second.

    Attributes:
        seconds: after the gap begins.
        true: of the day without the gap.
        corrected: of the day with the gap by method, such as `BRIDGE`; NaN within the gap.
    """

    seconds: FloatArray
    true: FloatArray
    corrected: dict[str, FloatArray]


def around_a_gap(truth: Undisturbed) -> AroundGap:
    """Cut a gap of `GAP_S` into a day, and correct the rest with a bridge and with a split.

    Args:
        truth: the day without the gap.
    """
    channel, (day, *_) = truth.channel, truth.channel.days
    rate = channel.sampling_rate
    size, around = round(GAP_S * rate), round(AROUND_S * rate)
    gap = slice(start := round(_GAP_AT * day.stats.npts), start + size)
    shown = slice(gap.start - around, gap.stop + around)
    corrected = {}
    for method in (SPLIT, BRIDGE):
        samples = np.full(day.stats.npts, np.nan)
        for place, part in correct_around(day, [gap], channel, method, truth.pre_filt):
            samples[place] = part
        corrected[method] = samples[shown] * MICRO
    seconds = (np.arange(day.stats.npts)[shown] - gap.start) / rate
    return AroundGap(seconds, truth.days[0][shown] * MICRO, corrected)


def draw(truth: Undisturbed, path: Path) -> None:
    """Draw the bridge beside the split into a PNG file.

    Args:
        truth: a real day without the gap.
        path: the file to write.
    """
    around = around_a_gap(truth)
    figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharey=True, layout="constrained")
    panels = ((BRIDGE, "bridged, as here", OURS), (SPLIT, "split, as in ObsPy", OTHER))
    for axis, (method, title, style) in zip(axes, panels, strict=True):
        axis.plot(around.seconds, around.true, label="the day without the gap", **TRUE)
        axis.plot(around.seconds, around.corrected[method], label="corrected around it", **style)
        axis.axvspan(0, GAP_S, color="tab:red", alpha=0.12, linewidth=0)
        axis.set(title=title, xlabel=f"seconds after a gap of {GAP_S:g} s begins")
        axis.set_xlim(around.seconds[0], around.seconds[-1])
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(loc="upper center", ncols=2, frameon=False)
    low, high = axes[0].get_ylim()
    axes[0].set(ylim=(low, high + 0.2 * (high - low)))  # room for the legends
    day = truth.channel.days[0]
    axes[0].set_ylabel(f"{day.id}, {day.stats.starttime.date}\nground velocity, µm/s")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def main() -> None:
    """Draw the picture of a real day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path, help="PNG file to draw")
    picture = parser.parse_args().picture
    try:
        day = read_channel("CI.HEC.BHN.", "2022,002")
    except (ServiceError, OSError) as error:
        sys.exit(f"the real day cannot be read: {error}")
    draw(Undisturbed(day, "auto"), picture)
    sys.stdout.write(f"drew {picture}: {day.name}, with and without a bridge\n")


if __name__ == "__main__":
    main()
