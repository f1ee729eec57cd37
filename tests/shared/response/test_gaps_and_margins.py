"""Response removal across gaps, and with segments before and after the stream."""

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from local.synthetic import instrument
from shared.response import remove_channel_response
from shared.waveforms.segments import cut
from tests.support.builders import METADATA_START
from tests.support.response_removal import known_motion, parse, station, worst_error


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("seconds", [0.5, 5.0, 60.0, 900.0])
def test_a_bridged_gap_hardly_shows(seconds: float, method: str) -> None:
    truth, whole = known_motion()
    lost = int(seconds * 40)
    traces = [whole[0].slice(endtime=whole[0].stats.starttime + 119_999 / 40)]
    traces += [whole[0].slice(starttime=whole[0].stats.starttime + (120_000 + lost) / 40)]
    errors = {}
    for gaps in ("bridge", "split"):
        stream = Stream(traces).copy()
        corners = [0.003, 0.006, 16, 18]
        report = remove_channel_response(
            stream, station(), parse(pre_filt=corners, gaps=gaps, method=method)
        )
        assert [trace.stats.npts for trace in stream] == [120_000, 168_000 - lost]  # no bridge
        (difference,) = (gap.pop("difference") for gap in report.gaps)
        assert abs(difference) < 1
        assert report.gaps == [
            {
                "starttime": "2024-01-01T00:50:00.000000Z",
                "endtime": str(UTCDateTime(2024, 1, 1, 0, 50) + (lost - 1) / 40),
                "samples": lost,
                "why": "absent",
                "bridged": gaps == "bridge",
                "done": "bridged" if gaps == "bridge" else "split",
            }
        ]
        assert len(report.tapered) == (2 if gaps == "bridge" else 4)
        # From ten seconds to two minutes on both sides of the gap.
        after = stream[1].data[400:4_800] - truth[120_000 + lost + 400 : 120_000 + lost + 4_800]
        before = stream[0].data[-4_800:-400] - truth[115_200:119_600]
        errors[gaps] = np.std(np.concatenate([before, after])) / np.std(truth[20_000:100_000])
    assert errors["bridge"] < 0.5 * errors["split"]
    assert errors["bridge"] < 0.3


@pytest.mark.parametrize("shift", [0.3, -0.3, 0.5])
def test_a_segment_off_the_grid_keeps_its_times(shift: float) -> None:
    """A shift moves the result in time, and does not change its samples."""
    _, whole = known_motion()
    start = whole[0].stats.starttime
    parts = [whole[0].slice(endtime=start + 3_000), whole[0].slice(starttime=start + 3_007)]
    on, off = Stream(parts).copy(), Stream(parts).copy()
    off[1].stats.starttime += shift / 40
    times = [trace.stats.starttime for trace in off]
    parameters = parse(pre_filt="auto")
    remove_channel_response(on, station(), parameters)
    remove_channel_response(off, station(), parameters)
    assert [trace.stats.starttime for trace in off] == times
    for one, other in zip(on, off, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_what_lies_around_takes_the_taper_away() -> None:
    """The middle of a trace, corrected with its margins, equals that of the whole trace."""
    _, whole = known_motion()
    parameters = parse(pre_filt="auto")
    middle = Stream([cut(whole[0], 96_000, 192_000)])
    margins = Stream([cut(whole[0], 48_000, 96_000), cut(whole[0], 192_000, 240_000)])
    report = remove_channel_response(middle.copy(), station(), parameters)
    assert len(report.tapered) == 2

    found = middle.copy()
    report = remove_channel_response(found, station(), parameters, margins)
    assert (report.tapered, report.gaps, report.warnings) == ([], [], ())
    remove_channel_response(whole, station(), parameters)
    expected = Stream([cut(whole[0], 96_000, 192_000)])
    assert found[0].stats.starttime == expected[0].stats.starttime
    assert found[0].stats.npts == expected[0].stats.npts == 96_000
    assert worst_error(found, expected) < 1e-3
    assert margins[0].data.dtype == np.int32  # unchanged


@pytest.mark.parametrize("gaps", ["bridge", "split"])
def test_margins_that_do_not_join_are_told(gaps: str) -> None:
    _, whole = known_motion()
    start = whole[0].stats.starttime
    day = whole.slice(start + 3_600, start + 7_000)
    before = whole.slice(start, start + 1_200)
    before[0].stats.starttime -= 11_000
    report = remove_channel_response(day, station(), parse(gaps=gaps), before)
    assert report.warnings == (
        "tapered at the start, as no samples of the day before join it",
        "tapered at the end, as no samples of the day after join it",
    )
    assert len(report.tapered) == 2


def test_margins_of_another_epoch_are_of_no_use() -> None:
    _, whole = known_motion()
    change = whole[0].stats.starttime + 3_600
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change - 1e-6
    second.response.response_stages[0].stage_gain *= 2
    second.response.instrument_sensitivity.value *= 2
    margins, day = Stream([cut(whole[0], 0, 144_000)]), Stream([cut(whole[0], 144_000, 288_000)])
    report = remove_channel_response(day, inventory, parse(), margins)
    assert "tapered at the start" in report.warnings[0]
