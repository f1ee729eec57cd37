"""Files of requests."""

import io
import json

import pytest

from runner.errors import InputError
from runner.selection.request_files import read_requests
from runner.selection.resolve_wildcards import resolve
from shared.errors import BadRequestError


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a file with a given text and returns its requests."""

    def requests(text, **options):
        path = tmp_path / "days.txt"
        path.write_text(text)
        selection = resolve(read_requests(str(path), options).selectors, lambda _: {})
        return [request.as_dict() for request in selection.requests]

    return requests


def pairs(requests):
    return [(request["day"], request["nscl"]) for request in requests]


SOC = ("2019,183", "CI.SOC.HHZ.")


@pytest.mark.parametrize(
    "line",
    [
        "2019,183 CI.SOC.HHZ.",
        "CI.SOC.HHZ. 2019,183",
        "  2019-07-02\tCI.SOC.HHZ.--  ",
        "CI.SOC.HHZ 2019-183",
        "2019,183..2019,183 CI.SOC.HHZ.",
        '{"day": "2019,183", "nscl": "CI.SOC.HHZ."}',
        '{"nscl": "CI.SOC.HHZ.--", "day": "2019-07-02", "output": "VEL"}',
        "CI SOC -- HHZ 2019-07-02T00:00:00.000000Z 2019-07-03T00:00:00.000000Z",
        "CI SOC -- HHZ 2019-07-02T00:00:00 2019-07-03",
        "CI SOC -- HHZ 2019-07-02 2019-07-03",
        "CI SOC -- HHZ 2019-07-02T12:00:00.5 2019-07-02T12:00:00.500",
        "CI SOC -- HHZ 2019-07-02T23:59:59.999999999Z 2019-07-03T00:00:00.000Z",
        "CI SOC -- HHZ 2019-07-02 2019-07-02",
        "CI SOC HHZ -- 2019-07-02 2019-07-03",
        "ci soc -- hhz 20190702 2019,184",
        "CI SOC -- HHZ 2019-07-01T20:00:00-04:00 2019-07-02T20:00:00-04:00",
        "20190702 ci.soc..hhz",
        '{"Day": "2019.183", "net": "ci", "sta": "soc", "loc": null, "cha": "hhz"}',
    ],
)
def test_equivalent_lines(read, line):
    assert pairs(read(line)) == [SOC]
    assert pairs(read(f"\ufeff# a comment\n\n   \n{line}\r\n")) == [SOC]


@pytest.mark.parametrize(
    ("span", "days"),
    [
        ("2019-07-02T00:00:00 2019-07-04T00:00:00", [183, 184]),
        ("2019-07-02T00:00:00 2019-07-04T00:00:00.000001", [183, 184, 185]),
        ("2019-07-02T23:59:59.5 2019-07-03T00:00:01", [183, 184]),
        ("2019-07-01T12:00:00 2019-07-02T00:00:00Z", [182]),
    ],
)
def test_a_span_is_the_days_that_it_touches(read, span, days):
    found = read(f"CI SOC -- HHZ {span}")
    assert pairs(found) == [(f"2019,{day}", "CI.SOC.HHZ.") for day in days]


def test_output_of_fdsn_availability(read, tmp_path):
    """Lines of a POST body that select no days or channels are reported as ignored."""
    text = (
        "quality=M\nformat = request\n"
        "CI SOC -- HHZ 2019-07-02T00:00:00.009500Z 2019-07-02T11:00:00.000000Z\n"
        "CI SOC -- HHZ 2019-07-02T11:00:05.000000Z 2019-07-03T10:00:00.000000Z\n"
        "CI PASC 00 BHZ,BHN 2019-07-03T00:00:00.000000Z 2019-07-04T00:00:00.000000Z\n"
    )
    path = tmp_path / "availability.txt"
    path.write_text(text)
    found = read_requests(str(path), {})
    assert found.ignored == [f"{path}, line 1: quality=M", f"{path}, line 2: format = request"]
    assert pairs(read(text)) == [
        ("2019,183", "CI.SOC.HHZ."),
        ("2019,184", "CI.SOC.HHZ."),
        ("2019,184", "CI.PASC.BHZ.00"),
        ("2019,184", "CI.PASC.BHN.00"),
    ]


def test_patterns_and_ranges(tmp_path):
    path = tmp_path / "days.txt"
    path.write_text("2019,183..2019,185 CI.*.HH?.*\nCI S*,PAS * BH? 2019-07-02 2019-07-04\n")
    first, second, third = read_requests(str(path), {}).selectors
    assert (str(first.channels), len(first.days)) == ("CI.*.HH?.*", 3)
    assert [str(second.channels), str(third.channels)] == ["CI.S*.BH?.*", "CI.PAS.BH?.*"]
    path.write_text("CI SOC * H* 2019-07-02 2019-07-03\n")  # FDSN's order is known
    assert str(read_requests(str(path), {}).selectors[0].channels) == "CI.SOC.H*.*"
    assert second.source == f"{path}, line 2"


def test_options_hold_for_every_line(read):
    text = '2019,183 CI.SOC.HHZ.\n{"day": "2019,184", "nscl": "CI.SOC.HHZ.", "gaps": "split"}'
    first, second = read(text, output="DISP", pre_filt=[0.1, 0.2, 10.0, 15.0])
    asked = {"output": "DISP", "pre_filt": [0.1, 0.2, 10.0, 15.0]}
    assert first == {"day": "2019,183", "nscl": "CI.SOC.HHZ.", **asked}
    assert second == {"day": "2019,184", "nscl": "CI.SOC.HHZ.", **asked, "gaps": "split"}


def test_an_invalid_option_is_not_blamed_on_a_line(read):
    with pytest.raises(BadRequestError, match="^output is 'SPEED'"):
        read("2019,183 CI.SOC.HHZ.", output="SPEED")


def test_a_line_that_contradicts_an_option(read):
    line = json.dumps({"day": "2019,183", "nscl": "CI.SOC.HHZ.", "output": "VEL"})
    assert pairs(read(line, output="VEL")) == [SOC]
    assert pairs(read(line.replace("output", "Output"), output="vel")) == [SOC]
    with pytest.raises(InputError, match='output is "VEL" here, and "ACC" on the command line'):
        read(line, output="ACC")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2019,183", "must be DAY NSCL such as"),
        ("2019,183 CI.SOC.HHZ. VEL", "must be DAY NSCL such as"),
        ("2019,366 CI.SOC.HHZ.", "2019 has days 001 to 365"),
        ("2019,183 CI.SOC", "nscl 'CI.SOC': must be"),
        ("CI.SOC.HHZ. 183", "must be DAY NSCL"),
        ('{"day": "2019,183"}', "nscl is missing"),
        ('{"day": "2019,183", "nscl": "CI.SOC.HHZ.", "unit": "m"}', "unknown field 'unit'"),
        ('{"day": "2019,183", "nscl"', "is not JSON"),
        ('["2019,183", "CI.SOC.HHZ."]', "must be DAY NSCL"),
        ("CI SOC -- HHZ 2019-07-02 2019-07-01", "ends at 2019-07-01, before 2019-07-02"),
        (
            "CI SOC -- HHZ 2019-07-02T25:00:00 2019-07-03",
            "time '2019-07-02T25:00:00': hour must be in",
        ),
        ("CI SOC -- HHZ 2019-07-02 *", "time '*': must be"),
        ("CI SOC -- HHZ 2019-02-29 2019-07-03", "time '2019-02-29': day is out of range"),
        ("CI SOC -- HHZX 2019-07-02 2019-07-03", "channel code 'HHZX'"),
    ],
)
def test_invalid_lines(read, line, message):
    """The error names file, line and text, and shows a valid line."""
    with pytest.raises(InputError) as raised:
        read(f"2019,183 CI.SOC.HHZ.\n# a comment\n{line}\n")
    said = str(raised.value)
    assert f"days.txt, line 3: {line!r}: " in said
    assert message in said


def test_a_line_that_looks_like_a_parameter(read):
    """The line may be meant as a request, so it must not be ignored."""
    with pytest.raises(InputError, match=r"line 1: 'day=2019,184 nscl=CI.SOC.HHN.': must be DAY"):
        read("day=2019,184 nscl=CI.SOC.HHN.")


def test_a_long_line_is_cut(read):
    with pytest.raises(InputError) as raised:
        read("x" * 100_000)
    assert len(str(raised.value)) < 1_000


@pytest.mark.parametrize("text", ["", "\n# nothing but this\n", "quality=B\n"])
def test_a_file_without_requests(read, text):
    with pytest.raises(InputError, match="has no requests: must be DAY NSCL"):
        read(text)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_requests(str(tmp_path / "none.txt"), {})
    (tmp_path / "latin.txt").write_bytes(b"2019,183 CI.SOC.HHZ. \xff")
    with pytest.raises(InputError, match=r"latin.txt cannot be read"):
        read_requests(str(tmp_path / "latin.txt"), {})


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("2019,183 CI.SOC.HHZ.\nwhat?\n"))
    with pytest.raises(InputError, match=r"standard input, line 2: 'what\?'"):
        read_requests("-", {})
