"""Row 16 of docs/correctness.md: warnings and gaps of replies on the terminal, bounded."""

from runner.results.reply_notes import day_lines, sample_lines, window_lines
from runner.results.warning_kinds import WarningKinds

GAP = {"starttime": "2024-01-01T00:00:00.000000Z", "samples": 3}


def test_lines_name_the_window_or_the_day():
    window = {"network": "CI", "station": "BOM", "channel": "BHZ", "location": "00"}
    window |= {"starttime": "2024-01-01T00:00:00.000000Z", "warnings": ["odd"], "gaps": [GAP]}
    assert window_lines([window, {"gaps": [GAP]}, {"error": {}}]) == [
        "  2 windows with gaps",
        "  CI.BOM.BHZ.00 2024-01-01T00:00:00.000000Z: odd",
    ]
    assert window_lines([{"gaps": [], "warnings": []}]) == []
    day = {"nscl": "CI.SOC.HHZ.", "day": "2019,183", "warnings": ["odd"], "gaps": [GAP, GAP]}
    assert day_lines(day) == ["  2 gaps", "  CI.SOC.HHZ. 2019,183: odd"]
    assert day_lines({"nscl": "CI.SOC.HHZ.", "day": "2019,183"}) == []


def test_very_many_warnings_are_bounded_and_counted():
    lines = window_lines([{"warnings": ["long " * 1_000]}] * 500)
    assert lines[-1] == "  and 490 more warnings"
    assert len(lines) == 11
    assert sum(map(len, lines)) < 4_000


def test_replies_of_another_kind_have_none():
    assert window_lines([{"omitted": 3}, {"warnings": "odd"}]) == []


def test_warnings_that_differ_in_numbers_alone_are_of_one_kind():
    kinds = WarningKinds()
    for day in range(183, 187):
        kinds.add([f"s3://b/{day}.ms has 7 of 2,019 samples at 2024-01-01T00:00:{day}Z", "odd"])
    kinds.add(["CI.SOC..HHZ: odd gain 3.5e8", "CI.BOM.00.BHZ: odd gain 1e9", "odd"])
    assert kinds.lines() == [
        "  5 with a warning, for example: odd",
        "  4 with a warning, for example: "
        "s3://b/183.ms has 7 of 2,019 samples at 2024-01-01T00:00:183Z",
        "  1 with a warning, for example: CI.SOC..HHZ: odd gain 3.5e8",
    ]
    kinds.add([f"odd {letter}" for letter in "abcdef"])
    assert kinds.lines()[-1] == "  4 more kinds of warnings"


def test_samples_are_counted_for_ten_windows():
    window = {"nscl": "CI.BOM..BHZ", "starttime": "T", "sampling_rate": 40.0, "data": [1, None]}
    lines = sample_lines([window] * 12 + [{"error": {}}, {"omitted": 3}])
    assert lines[0] == "  CI.BOM..BHZ T: 2 samples at 40 Hz, counts"
    assert (len(lines), lines[-1]) == (11, "  and 2 more windows with samples")
