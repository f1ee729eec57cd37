"""The picture of `pre_filt`, `gaps` and `edges` on real days.

The reference is grey, this project's result blue, and ObsPy's result orange.
"""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from benchmarks.real_data import Channel
from benchmarks.response.disturbed_days import (
    BRIDGE,
    SPLIT,
    Undisturbed,
    as_one,
    corners_of_a_day,
    needed_margin,
    with_margins,
)
from benchmarks.response.gap_picture import (
    AROUND_S,
    GAP_S,
    MICRO,
    OTHER,
    OURS,
    TRUE,
    around_a_gap,
)
from shared.response.arrays import FloatArray

mpl.use("Agg")  # write a file: there may be no display

from matplotlib import pyplot as plt

_POINTS = 200  # of a spectrum: means over bands of equal width on a logarithmic axis
_BELOW_LEGEND = 0.86  # of an axis


def draw(broadband: Channel, long_period: Channel, path: Path) -> None:
    """Draw the picture into a PNG file.

    Args:
        broadband: a day, for the band and the gap.
        long_period: days in a row; the midnight between the first two is shown.
        path: the file to write.
    """
    filtered, plain = Undisturbed(broadband, "auto"), Undisturbed(broadband, None)
    figure, axes = plt.subplot_mosaic(
        [["day", "spectra"], ["gap", "gap"], ["midnight", "midnight"]],
        figsize=(10, 10),
        layout="constrained",
    )
    _draw_day(axes["day"], plain, filtered)
    _draw_spectra(axes["spectra"], plain, filtered)
    _draw_gap(axes["gap"], filtered)
    _draw_midnight(axes["midnight"], long_period)
    for axis in axes.values():
        axis.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def _draw_day(axis: Axes, plain: Undisturbed, filtered: Undisturbed) -> None:
    rate = plain.channel.sampling_rate
    step = round(rate)  # one sample per second is more than the picture resolves
    hours = np.arange(0, plain.days[0].size, step) / rate / 3600
    axis.plot(hours, plain.days[0][::step] * MICRO, label="no pre_filt", **OTHER)
    axis.plot(hours, filtered.days[0][::step] * MICRO, label='pre_filt "auto"', **OURS)
    axis.set(
        title=f"{plain.channel.days[0].id}, the whole day",
        ylabel="µm/s",
        xlabel="hours",
        xlim=(0, 24),
        xticks=range(0, 25, 4),
    )
    axis.legend(loc="upper right", frameon=False)


def _draw_spectra(axis: Axes, plain: Undisturbed, filtered: Undisturbed) -> None:
    rate = plain.channel.sampling_rate
    for days, style in ((plain, OTHER), (filtered, OURS)):
        frequencies, amplitudes = _spectrum(days.days[0], rate)
        axis.loglog(frequencies, amplitudes, **{**style, "linewidth": 1.5})
    _, f2, f3, _ = corners_of_a_day(plain.channel) or (0.0, 0.0, 0.0, 0.0)
    axis.axvspan(f2, f3, color="tab:blue", alpha=0.08, linewidth=0)
    height = axis.get_xaxis_transform()
    middle = float(np.sqrt(f2 * f3))
    axis.text(
        middle, 0.93, f'f2 to f3 of "auto":\n{f2:g} to {f3:g} Hz', transform=height,
        ha="center", va="top",
    )  # fmt: skip
    axis.set(
        title="the day's spectrum", ylabel="m/s per √Hz", xlabel="Hz", xlim=(2e-5, rate / 2),
        ylim=(1e-10, 1e-1),
    )  # fmt: skip


def _draw_gap(axis: Axes, truth: Undisturbed) -> None:
    around = around_a_gap(truth)
    axis.plot(around.seconds, around.true, label="the day without the gap", **TRUE)
    curves = ((SPLIT, 'gaps "split", as ObsPy', OTHER), (BRIDGE, 'gaps "bridge"', OURS))
    for method, label, style in curves:
        axis.plot(around.seconds, around.corrected[method], label=label, **style, **_above(style))
    axis.axvspan(0, GAP_S, ymax=_BELOW_LEGEND, color="tab:red", alpha=0.12, linewidth=0)
    axis.set(
        title=f"a gap of {GAP_S:g} s, cut into that day",
        ylabel="µm/s",
        xlabel="seconds after the gap begins",
    )
    _finish(axis, around.seconds)


def _draw_midnight(axis: Axes, channel: Channel) -> None:
    around = round(AROUND_S * channel.sampling_rate)
    seconds = np.arange(-around, around) / channel.sampling_rate

    def joined(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.concatenate([one[-around:], other[:around]]) * MICRO

    axis.plot(seconds, joined(*as_one(channel)[:2]), label="the days as one", **TRUE)
    curves = (
        (0.0, 'edges "taper", as ObsPy', OTHER),
        (needed_margin(channel), 'edges "neighbours"', OURS),
    )
    for margin, label, style in curves:
        days = [with_margins(channel, number, margin) for number in range(2)]
        axis.plot(seconds, joined(*days), label=label, **style, **_above(style))
    axis.axvline(0, ymax=_BELOW_LEGEND, color="tab:red", alpha=0.5, linewidth=1)
    axis.set(
        title=f"{channel.days[0].id}, two days corrected one by one",
        ylabel="µm/s",
        xlabel="seconds after midnight",
    )
    _finish(axis, seconds)


def _above(style: dict[str, Any]) -> dict[str, Any]:
    """Draw the curve with the smaller amplitude on top, so that it stays visible."""
    return {"zorder": 3} if style is OTHER else {}


def _finish(axis: Axes, seconds: FloatArray) -> None:
    """Fit the axis to the samples, and leave room for the legend above them."""
    low, high = axis.get_ylim()
    axis.set(xlim=(seconds[0], seconds[-1]), ylim=(low, high + 0.22 * (high - low)))
    axis.legend(loc="upper center", ncols=3, frameon=False)


def _spectrum(samples: FloatArray, rate: float) -> tuple[FloatArray, FloatArray]:
    """Return frequencies in Hz and the square root of the power spectral density there."""
    window = np.hanning(samples.size)
    power = np.abs(np.fft.rfft(samples * window)) ** 2 * 2 / (rate * np.sum(window**2))
    frequencies = np.fft.rfftfreq(samples.size, 1 / rate)
    edges = np.geomspace(frequencies[1], frequencies[-1], _POINTS)
    bands = np.unique(np.searchsorted(frequencies, edges))
    counts = np.diff(bands)
    means = np.add.reduceat(power[: bands[-1]], bands[:-1]) / counts
    middles = np.add.reduceat(frequencies[: bands[-1]], bands[:-1]) / counts
    return middles, np.sqrt(means)
