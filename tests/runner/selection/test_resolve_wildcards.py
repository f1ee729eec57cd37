"""Selectors resolved into requests."""

import pytest

from runner.errors import InputError
from runner.selection.day_ranges import parse_days
from runner.selection.listing import Listing
from runner.selection.resolve_wildcards import resolve
from runner.selection.selector import Selector, parse_parameters, parse_request
from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest

ARCHIVE = {
    Day(2019, 183): ["CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HHZ.00", "CI.PAS.HHZ."],
    Day(2019, 184): ["CI.SOC.HHZ."],
    Day(2019, 185): [],
}


def lister(asked):
    """Return a function that lists `ARCHIVE` and records the prefixes it is called with."""

    def listed(patterns):
        asked.update({day: list(map(str, some)) for day, some in patterns.items()})
        return {
            day: Listing([ChannelId.parse(nscl) for nscl in ARCHIVE[day]], ["README", "x.ms"])
            for day in patterns
        }

    return listed


def wanted(days, nscl, **fields):
    return Selector(parse_days(days), ChannelPattern.parse(nscl), parse_parameters(fields))


def selected(*items):
    selection = resolve(items, lister({}))
    return [f"{item.day} {item.channel.nscl}" for item in selection.requests], selection.notes


def test_exact_channels_are_not_listed():
    asked = {}
    selection = resolve([wanted("2019,183..2019,185", "CI.SOC.HHZ.")], lister(asked))
    assert asked == {}
    assert [str(item.day) for item in selection.requests] == ["2019,183", "2019,184", "2019,185"]
    assert selection.notes == []


def test_patterns_are_resolved_by_day():
    asked = {}
    items = [wanted("2019,183..2019,184", "CI.SOC.HH?.*"), wanted("2019,183", "CI.*.HHZ.")]
    selection = resolve(items, lister(asked))
    assert asked == {
        Day(2019, 183): ["CI.SOC.HH?.*", "CI.*.HHZ."],
        Day(2019, 184): ["CI.SOC.HH?.*"],
    }
    assert [f"{item.day} {item.channel.nscl}" for item in selection.requests] == [
        "2019,183 CI.SOC.HHE.",
        "2019,183 CI.SOC.HHZ.",
        "2019,183 CI.SOC.HHZ.00",
        "2019,184 CI.SOC.HHZ.",
        "2019,183 CI.PAS.HHZ.",
    ]
    dropped, ignored = selection.notes
    assert dropped == "dropped 1 duplicate request"
    assert ignored == (
        "ignored 4 archive objects not named like a channel day: README, x.ms, README"
    )


def test_duplicates_are_dropped_however_they_are_written():
    items = [wanted("2019,183", "CI.SOC.HHZ."), wanted("2019-07-02", "CI.SOC.HHZ.--", output="VEL")]
    found, notes = selected(*items)
    assert found == ["2019,183 CI.SOC.HHZ."]
    assert notes == ["dropped 1 duplicate request"]
    items.append(wanted("2019,183", "CI.SOC.HHZ.", output="ACC"))
    assert len(selected(*items)[0]) == 2


def test_days_without_a_match_are_reported():
    found, notes = selected(wanted("2019,183..2019,185", "CI.SOC.HHE.*"))
    assert found == ["2019,183 CI.SOC.HHE."]
    assert notes[0] == "no channel matches 'CI.SOC.HHE.*' on 2 of 3 days: 2019,184, 2019,185"


def test_single_days_are_equivalent_to_a_range():
    days = ["2019,183", "2019,184", "2019,185"]
    items = [wanted(day, "CI.SOC.HHE.*") for day in days]
    assert selected(*items) == selected(wanted("2019,183..2019,185", "CI.SOC.HHE.*"))
    with pytest.raises(InputError, match=r"on 2019,184\.\.2019,185: the archive has none, and 2 d"):
        selected(*items[1:])


def test_a_pattern_without_a_match_is_an_error():
    with pytest.raises(InputError) as raised:
        selected(wanted("2019,183", "CI.SOC.HHZ."), wanted("2019,183..2019,185", "CI.XYZ.*.*"))
    assert str(raised.value) == (
        "no channel matches 'CI.XYZ.*.*' on 2019,183..2019,185: the archive has none, and 3 days"
        " were listed"
    )
    with pytest.raises(InputError, match=r"no channel matches 'CI.XYZ.\*.\*' on 2019,183: the"):
        selected(wanted("2019,183", "CI.XYZ.*.*"))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"output": "DISP", "encoding": "FLOAT64"},
        {"pre_filt": [0.005, 0.01, 35, 45], "water_level": None},
        {"pre_filt": "auto", "edges": "neighbours", "taper_fraction": 0, "zero_mean": False},
        {"gaps": "split", "method": "obspy", "water_level": 60},
    ],
)
def test_requests_survive_a_round_trip_through_json(fields):
    """This also holds for requests read from a line of JSON."""
    request = {"day": "2019-07-02", "nscl": "CI.SOC.HHZ.--", **fields}
    parsed = CorrectedDayRequest.parse(request)
    assert CorrectedDayRequest.parse(parsed.as_dict()) == parsed
    item = parse_request(request, {}, "here")
    (again,) = resolve([item], lister({})).requests
    assert again == parsed
