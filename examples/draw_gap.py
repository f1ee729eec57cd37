"""Draw the ground velocity of a day with a gap: the peak of each minute, and the gap itself.

Pass the picture's name; without one it is `build/gap.png`.
"""

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # into a file, without a window

from matplotlib import pyplot as plt
from obspy import UTCDateTime

from shared.archive import input_archive
from shared.response import RemovalParameters
from shared.windows import parse_windows, read_windows

REQUEST = {
    "Windows": [{"nscl": "CI.BOM..BHN", "start": "2024-01-01", "end": "2024-01-01T23:59:59.99"}]
}
AROUND_S = 60
"""Seconds drawn before and after the gap."""


def main(picture: str = "build/gap.png") -> None:
    """Draw the day into a file."""
    removal = RemovalParameters(output="VEL", pre_filt="auto")
    (result,) = read_windows(parse_windows(REQUEST), input_archive(), removal)
    trace = result.trace
    if trace is None:
        sys.exit(f"{result.window}: {result.error}")
    gaps = result.as_dict()["gaps"]
    for gap in gaps:
        print(f"{gap['samples']} samples missing from {gap['starttime']}: {gap['done']}")
    figure, (day, near) = plt.subplots(2, figsize=(10, 6), layout="constrained")
    minute = round(60 * trace.stats.sampling_rate)
    whole = trace.data[: trace.stats.npts // minute * minute].reshape(-1, minute)
    # Samples are masked in the gap, which NumPy and matplotlib leave out.
    day.semilogy(trace.times("matplotlib")[: whole.size : minute], abs(whole).max(axis=1))
    day.set(title=trace.id, ylabel=f"peak of a minute, {result.units}")
    if gaps:
        start, end = (UTCDateTime(gaps[0][name]) for name in ("starttime", "endtime"))
        piece = trace.slice(start - AROUND_S, end + AROUND_S)
        near.plot(piece.times("matplotlib"), piece.data, linewidth=0.5)
        near.set(title="around the gap", ylabel=result.units)
    for axis in (day, near):
        axis.xaxis_date()
    Path(picture).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=120)
    plt.close(figure)
    print(f"drawn into {picture}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
