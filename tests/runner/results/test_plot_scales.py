"""Plots of time windows: scales, units, gaps and the time axis."""

import datetime as dt

import numpy as np
import pytest
from matplotlib import pyplot as plt

from runner.results import plot
from runner.results.panels import MAX_COLUMNS, day_number, parse_time

START = "2019-07-06T03:19:00.000000Z"


def text_of(start, seconds):
    time = parse_time(start) + dt.timedelta(seconds=seconds)
    return f"{time:%Y-%m-%dT%H:%M:%S.%f}Z"


def window(seed_id, data, units="m/s", start=START, delta=1.0, gaps=()):
    """A window as the function replies; `gaps` are (first missing sample, number)."""
    network, station, location, channel = seed_id.split(".")
    samples = list(data)
    for first, number in gaps:
        samples[max(first, 0) : first + number] = [None] * (number + min(first, 0))
    found = {
        "network": network,
        "station": station,
        "location": location,
        "channel": channel,
        "delta": delta,
        "starttime": start,
        "endtime": text_of(start, (len(samples) - 1) * delta),
        "gaps": [
            {
                "starttime": text_of(start, first * delta),
                "endtime": text_of(start, (first + number - 1) * delta),
                "samples": number,
            }
            for first, number in gaps
        ],
        "data": samples,
    }
    if units != "counts":
        found |= {"units": units, "pre_filt": [0.005, 0.01, 35, 45]}
        found["parameters"] = {"output": "VEL"}
    return found


def wave(peak, offset=0.0, size=41):
    """A wave whose largest distance from its mean is `peak`, exactly."""
    return (offset + peak * np.sin(np.arange(size) * np.pi / 2)).tolist()


@pytest.fixture
def axes(monkeypatch, tmp_path):
    """Return a function that draws windows, and returns the panels; `test_plot` writes files."""
    drawn = []
    monkeypatch.setattr(plot, "save", lambda figure, _: drawn.append(figure))

    def panels(*windows):
        plot.draw(windows, tmp_path / "windows.png")
        return drawn[-1].axes

    yield panels
    monkeypatch.undo()
    plt.close("all")


def limits(axis):
    return pytest.approx(axis.get_ylim(), rel=1e-6)


def notes(axis):
    return [text.get_text() for text in axis.texts]


def test_components_of_a_station_have_one_scale(axes):
    z, n, e = axes(
        window("CI.SOC..HHZ", wave(3e-3)),
        window("CI.SOC..HHN", wave(1e-3)),
        window("CI.SOC.10.HNE", wave(2e-3)),
    )
    assert z.get_ylim() == limits(n)
    assert z.get_ylim() == limits(e)
    assert z.get_ylim() == pytest.approx((-3 * 1.08, 3 * 1.08))
    assert [axis.get_ylabel() for axis in (z, n, e)] == ["mm/s"] * 3
    assert max(n.lines[0].get_ydata()) == pytest.approx(1.0)
    assert notes(z) == notes(n) == []
    assert n.get_title(loc="right") == "velocity, 0.01 to 35 Hz, peak 1 mm/s"


def test_each_station_has_its_own_scale(axes):
    near, far = axes(window("CI.SOC..HHZ", wave(3e-3)), window("CI.PAS..HHZ", wave(4e-7)))
    assert near.get_ylim() == pytest.approx((-3.24, 3.24))
    assert far.get_ylim() == pytest.approx((-432, 432))
    assert (near.get_ylabel(), far.get_ylabel()) == ("mm/s", "nm/s")
    assert notes(far) == []


@pytest.mark.parametrize(("small", "is_enlarged"), [(1e-3 / 19.9, False), (1e-3 / 20.1, True)])
def test_a_small_signal_beside_a_large_one(axes, small, is_enlarged):
    large, other = axes(window("CI.SOC..HHZ", wave(1e-3)), window("CI.SOC..HHN", wave(small)))
    assert (notes(other) != []) is is_enlarged
    if is_enlarged:
        assert notes(other) == ["own scale: enlarged 20 times"]
        assert other.get_ylabel() == "µm/s"
        assert other.get_ylim()[1] == pytest.approx(small * 1e6 * 1.08)
        assert other.get_yticklabels()[0].get_color() == "tab:orange"
    else:
        assert other.get_ylim() == limits(large)


def test_counts_are_compared_about_their_means(axes):
    """The instruments of a station differ in gain, so their counts are not compared."""
    z, n, strong = axes(
        window("CI.SOC..HHZ", wave(3000, 12000), "counts"),
        window("CI.SOC..HHN", wave(1500, -800), "counts"),
        window("CI.SOC..HNZ", wave(10), "counts"),
    )
    assert np.mean(z.get_ylim()) == pytest.approx(12000)
    assert np.mean(n.get_ylim()) == pytest.approx(-800)
    assert np.diff(z.get_ylim()) == pytest.approx(np.diff(n.get_ylim()))
    assert np.diff(z.get_ylim()) == pytest.approx([2 * 3000 * 1.08])
    assert np.diff(strong.get_ylim()) == pytest.approx([2 * 10 * 1.08])
    assert z.get_ylabel() == "counts"
    assert z.get_title(loc="right") == "peak 3,000 counts from the mean 12,000"


@pytest.mark.parametrize(
    ("units", "peak", "label", "top"),
    [
        ("m", 5e-9, "nm", 5),
        ("m/s**2", 5e-5, "µm/s²", 50),
        ("m/s", 5.0, "m/s", 5),
        ("m/s", 5e-13, "pm/s", 0.5),
        ("Pa", 5e-5, "Pa", 5e-5),
        ("T", 5.0, "T", 5),
    ],
)
def test_units(axes, units, peak, label, top):
    """Metres have prefixes; another unit, which may be a compound, stays as it is."""
    (axis,) = axes(window("CI.SOC..HHZ", wave(peak), units))
    assert axis.get_ylabel() == label
    assert axis.get_ylim()[1] == pytest.approx(top * 1.08)


@pytest.mark.parametrize("data", [[7], [0, 0, 0], [None, None]])
def test_panels_without_a_signal(axes, data):
    for units in ("m/s", "counts"):
        (axis,) = axes(window("CI.SOC..HHZ", data, units))
        low, high = axis.get_ylim()
        assert low < high


def test_gaps_are_in_the_legend(axes):
    gaps = [(5, 10), (30, 1)]
    with_gaps, without = axes(
        window("CI.SOC..HHZ", wave(1.0), gaps=gaps, delta=0.5), window("CI.SOC..HHN", wave(1.0))
    )
    (label,) = with_gaps.get_legend().get_texts()
    assert label.get_text() == "2 gaps, 5.5 s"
    assert without.get_legend() is None
    first, second = with_gaps.patches
    begin = day_number(START)
    edges = [
        patch.get_extents().transformed(with_gaps.transData.inverted()) for patch in (first, second)
    ]
    seconds = [((edge.x0 - begin) * 86400, (edge.x1 - begin) * 86400) for edge in edges]
    assert seconds[0] == pytest.approx((2.0, 7.5), abs=1e-3)  # the samples beside the gap
    assert seconds[1] == pytest.approx((14.5, 15.5), abs=1e-3)


def test_gaps_at_the_ends_are_seen(axes):
    (axis,) = axes(window("CI.SOC..HHZ", wave(1.0), gaps=[(-20, 20), (41, 10)]))
    begin = day_number(START)
    assert [(day - begin) * 86400 for day in axis.get_xlim()] == pytest.approx([-20, 50], abs=1e-3)


def test_very_many_gaps_are_few_patches(axes):
    size = 8_000
    (axis,) = axes(
        window("CI.SOC..HHZ", [0.0] * size, gaps=[(first, 1) for first in range(1, size, 4)])
    )
    assert 0 < len(axis.patches) <= 1000
    (label,) = axis.get_legend().get_texts()
    assert label.get_text() == "2,000 gaps, 2,000 s"


def test_a_long_window_keeps_its_extremes_and_gaps(axes):
    samples = np.sin(np.arange(100_000) / 50.0)
    samples[77_777] = -9.0
    (axis,) = axes(window("CI.SOC..HHZ", samples, gaps=[(20_000, 9_000)], delta=0.01))
    times, drawn = axis.lines[0].get_data()
    assert len(drawn) <= 2 * MAX_COLUMNS
    assert np.nanmin(drawn) == -9.0
    assert np.nanmax(drawn) == pytest.approx(1.0, abs=1e-3)
    seconds = (times - day_number(START)) * 86400
    missing = seconds[np.isnan(drawn)]
    assert 199.9 <= missing.min() <= 200.3
    assert 289.7 <= missing.max() <= 290.1


def test_windows_of_one_time_have_one_axis_with_the_date(axes):
    first, second = axes(
        window("CI.SOC..HHZ", wave(1.0, size=301)),
        window("CI.PAS..HHZ", wave(1.0, size=290), start="2019-07-06T03:19:05.000000Z"),
    )
    assert first.get_xlim() == second.get_xlim()
    assert (first.get_xlabel(), second.get_xlabel()) == ("", "2019-07-06, UTC")
    labels = [text.get_text() for text in first.get_xticklabels()]
    assert labels == ["03:19", "03:20", "03:21", "03:22", "03:23", "03:24"]


def test_windows_of_several_times_have_their_own(axes):
    first, second = axes(
        window("CI.SOC..HHZ", wave(1.0, size=601), start="2019-07-05T23:55:00.000000Z"),
        window("CI.SOC..HHZ", wave(1.0), start="2019-07-06T03:19:00.000000Z", delta=0.01),
    )
    assert first.get_xlabel() == "2019-07-05 to 2019-07-06, UTC"
    assert second.get_xlabel() == "2019-07-06, UTC"
    assert "00:00\n2019-07-06" in [text.get_text() for text in first.get_xticklabels()]
    assert "03:19:00.1" in [text.get_text() for text in second.get_xticklabels()]
