"""Files of time windows: lines, CSV, FDSN's formats, JSON."""

import io

import pytest

from runner.errors import InputError
from runner.selection.listing import Listing
from runner.selection.time_windows import DefaultSpan, resolve_windows
from runner.selection.window_files import read_windows
from shared.archive.channel_id import ChannelId
from shared.archive.instant import format_instant, parse_instant

RIDGECREST = ("2019-07-06T03:19:00", "2019-07-06T03:24:00")
SOC = ("CI.SOC..HHZ", *RIDGECREST)
DEFAULTS = DefaultSpan("2019-07-06T03:19:00", None, "300")
NONE = DefaultSpan()


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a file with a given text: its windows, its ignored parts."""

    def windows(text, span=NONE):
        path = tmp_path / "windows.txt"
        path.write_text(text)
        file = read_windows(str(path), span)
        return [spans(each) for each in file.selectors], [
            line.removeprefix(str(path)) for line in file.ignored
        ]

    return windows


def spans(selector):
    channel = selector.channels.channel
    name = channel.seed_id if channel else str(selector.channels)
    return name, format_instant(selector.start_ns), format_instant(selector.end_ns)


LINES = [
    "CI.SOC.HHZ. 2019-07-06T03:19:00 2019-07-06T03:24:00",
    "ci.soc..hhz\t2019-07-06T03:19:00Z  2019-07-06T03:24:00Z",
    "CI.SOC..HHZ 2019-07-06 03:19:00 2019-07-06 03:24:00",
    "CI.SOC.HHZ 2019,187,03:19:00 2019187T032400",
    "CI.SOC.HHZ. 2019-07-06T05:19+02:00 2019-07-06T05:24+02:00",
    "CI SOC -- HHZ 2019-07-06T03:19:00.000000Z 2019-07-06T03:24:00.000000Z",
    "CI SOC HHZ -- 2019-07-06T03:19 2019-07-06T03:24",
    "CI SOC -- HHZ 2019-07-06 03:19:00 2019-07-06 03:24:00",
    "CI.SOC.HHZ.,2019-07-06 03:19:00,2019-07-06 03:24:00",
    '"CI.SOC.HHZ.", "2019-07-06T03:19:00", "2019-07-06T03:24:00"',
    "CI.SOC.HHZ.;2019-07-06T03:19:00;2019-07-06T03:24:00",
    "CI.SOC.HHZ.\t2019-07-06 03:19:00\t2019-07-06 03:24:00",
    "CI,SOC,,HHZ,2019-07-06T03:19:00,2019-07-06T03:24:00",
    "CI|SOC||HHZ|2019-07-06T03:19:00|2019-07-06T03:24:00",
    '{"nscl": "CI.SOC.HHZ.", "start": "2019-07-06T03:19:00", "end": "2019-07-06T03:24:00"}',
    '{"net": "CI", "sta": "SOC", "loc": null, "cha": "HHZ", "Starttime": 1562383140, '
    '"Duration": 300}',
    '{"Network": "CI", "Station": "SOC", "Channel": "HHZ", "Location": "  ", '
    '"Starttime": "2019-07-06T03:19:00", "Endtime": "2019-07-06T03:24:00"}',
]


@pytest.mark.parametrize("line", LINES)
def test_equivalent_lines(read, line):
    assert read(line) == ([SOC], [])
    assert read(f"\ufeff# a comment\n\n   \n{line}\r\n") == ([SOC], [])


HEADED = [
    "nscl,start,end\nCI.SOC.HHZ.,2019-07-06 03:19:00,2019-07-06 03:24:00",
    "end;ID;start\n2019-07-06T03:24;CI.SOC..HHZ;2019-07-06T03:19",
    "Network,Station,Location,Channel,Starttime,Endtime\nCI,SOC,,HHZ,2019-07-06T03:19:00,2019-07-06T03:24:00",
    "seed_id,starttime,duration\nCI.SOC..HHZ,2019-07-06T03:19:00,300",
    "sta\tnet\tcha\tloc\tstart\tend\nSOC\tCI\tHHZ\t--\t2019-07-06T03:19:00\t2019-07-06T03:24:00",
    "nscl start end\nCI.SOC.HHZ. 2019-07-06T03:19:00 2019-07-06T03:24:00",
    "# nscl start end\nCI.SOC.HHZ. 2019-07-06T03:19:00 2019-07-06T03:24:00",
]


@pytest.mark.parametrize("text", HEADED)
def test_equivalent_files_with_a_header(read, text):
    assert read(text) == ([SOC], [])


def test_further_columns_are_named(read):
    text = "id,network,station,channel,magnitude,start,end\nci38457511,CI,SOC,HHZ,7.1," + ",".join(
        RIDGECREST
    )
    assert read(text) == ([SOC], [", line 1: the columns id, magnitude"])


@pytest.mark.parametrize(
    "text",
    [
        "CI.SOC.HHZ.\n",
        "CI SOC -- HHZ",
        "CI.SOC.HHZ. 2019-07-06T03:19:00",
        "CI.SOC.HHZ. 2019-07-06 03:19:00",
        "nscl\nCI.SOC.HHZ.\n",
        "nscl,end\nCI.SOC.HHZ.,\n",
        "CI,SOC,,HHZ,,",
        '{"nscl": "CI.SOC.HHZ."}',
        "#Network | Station | Location | Channel | Latitude | StartTime | EndTime\n"
        "CI|SOC||HHZ|33.7|2010-01-01T00:00:00|\n",
    ],
)
def test_times_of_the_command_line(read, text):
    assert read(text, DEFAULTS)[0] == [SOC]
    assert read(text, DefaultSpan(*RIDGECREST))[0] == [SOC]


def test_own_times_come_first(read):
    line = "CI.SOC.HHZ. 2020-01-01 2020-01-02"
    assert read(line, DEFAULTS)[0] == [
        ("CI.SOC..HHZ", "2020-01-01T00:00:00", "2020-01-02T00:00:00")
    ]
    line = '{"nscl": "CI.SOC.HHZ.", "duration": 0.25}'
    assert read(line, DefaultSpan(*RIDGECREST))[0] == [
        ("CI.SOC..HHZ", "2019-07-06T03:19:00", "2019-07-06T03:19:00.25")
    ]


def test_output_of_fdsn_availability(read):
    span = ("2019-07-02T00:00:00.0095", "2019-07-02T11:00:00")
    expected = [("CI.SOC..HHZ", *span), ("CI.SOC..HHN", *span), ("CI.S*.BH?.*", *span)]
    request = (
        "quality=M\n"
        "CI SOC -- HHZ,HHN 2019-07-02T00:00:00.009500Z 2019-07-02T11:00:00.000000Z\n"
        "CI S* * BH? 2019-07-02T00:00:00.009500Z 2019-07-02T11:00:00.000000Z\n"
    )
    assert read(request) == (expected, [", line 1: quality=M"])
    text = (
        "#Network Station Location Channel Quality SampleRate Earliest Latest\n"
        "CI SOC -- HHZ D 100.00 2019-07-02T00:00:00.009500Z 2019-07-02T11:00:00.000000Z\n"
    )
    assert read(text)[0] == expected[:1]
    geocsv = (
        "#dataset: GeoCSV 2.0\n#delimiter: |\n#field_unit: unitless|ISO_8601\n"
        "#field_type: string|datetime\n"
        "Network|Station|Location|Channel|Quality|SampleRate|Earliest|Latest\n"
        "CI|SOC||HHZ|D|100.0|2019-07-02T00:00:00.009500Z|2019-07-02T11:00:00.000000Z\n"
    )
    assert read(geocsv)[0] == expected[:1]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("CI.SOC.HHZ.", "has no start: give it here, or --start for all windows"),
        ("CI.SOC.HHZ. 2019-07-06", "has no end: give it here, or --end or --duration"),
        ("CI.SOC 2019-07-06 2019-07-07", "nscl 'CI.SOC': must be network.station.channel"),
        ("CI.SOC.HHZ. 2019-07-07 2019-07-06", "ends at 2019-07-06T00:00:00, before 2019-07-07"),
        ("CI.SOC.HHZ. 2019-07-06 2020-07-07", "is longer than 366 days"),
        ("CI.SOC.HHZ. 2019-07-06 2019-07-07 VEL", "must be NSCL START END such as"),
        ("CI.SOC.HHZ. 2019-07-06 2019-13-07", "Endtime '2019-13-07': month must be in 1..12"),
        ("CI SOC -- HHZX 2019-07-02 2019-07-03", "channel code 'HHZX'"),
        ("CI SOC", "must be NSCL START END such as"),
        ("CI.SOC.HHZ.,2019,183,2019,184", "must be network.station"),
        ('{"nscl": "CI.SOC.HHZ."', "is not JSON"),
        ('[{"nscl": "CI.SOC.HHZ."}]', "a whole request or a list: give it with --request"),
        ('{"Windows": []}', "a whole request or a list: give it with --request"),
        ('{"nscl": "CI.SOC.HHZ.", "unit": "m"}', "unknown field 'unit'"),
        ('{"nscl": "CI.SOC.HHZ.", "start": "2019", "end": "2020"}', "start '2019'"),
        (
            '{"nscl": "CI.SOC.HHZ.", "net": "CI", "start": "20190706", "end": "20190707"}',
            "net: must be absent, as nscl has it",
        ),
        ('{"start": "20190706", "end": "20190707"}', "nscl is missing: must be a channel"),
        (
            '{"nscl": "CI.SOC.HHZ.", "start": "20190706", "end": "20190707", "duration": 3}',
            "end and duration: give one of them",
        ),
        (
            '{"nscl": "CI.SOC.HHZ.", "start": "20190706", "duration": "5 min"}',
            "duration '5 min': must be a number of seconds, such as 300 or 0.5, up to",
        ),
        ('{"nscl": "CI.SOC.HHZ.", "start": "20190706", "duration": -1}', "duration -1: must be"),
        ('{"nscl": "CI.SOC.HHZ.", "start": "20190706", "duration": "nan"}', "duration 'nan': must"),
        ('{"nscl": "CI.SOC.HHZ.", "start": "20190706", "duration": true}', "duration True: must"),
    ],
)
def test_invalid_lines(read, line, message):
    """The error names file, line and text."""
    with pytest.raises(InputError) as raised:
        read(f"# a comment\n{LINES[0]}\n{line}\n")
    said = str(raised.value)
    assert f"windows.txt, line 3: {line!r}: " in said
    assert message in said


def test_a_row_unlike_its_header(read):
    with pytest.raises(InputError, match=r"line 2: .*has 2 columns: must have 3 columns"):
        read("nscl,start,end\nCI.SOC.HHZ.,2019-07-06")


@pytest.mark.parametrize("text", ["", "\n# nothing but this\n", "quality=B\n", "nscl,start,end\n"])
def test_a_file_without_windows(read, text):
    with pytest.raises(InputError, match="has no windows: must be NSCL START END"):
        read(text)


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{LINES[0]}\nwhat?\n"))
    with pytest.raises(InputError, match=r"standard input, line 2: 'what\?'"):
        read_windows("-", DEFAULTS)


@pytest.mark.parametrize(
    "text",
    [
        "2019-07-06T03:19:00",
        "2019-07-06T03:19:10",
        "1969-12-31T23:59:59.5",
        "2019-07-06T00:00:00.000000001",
    ],
)
def test_times_are_written_as_they_are_read(text):
    assert format_instant(parse_instant(text, "time")) == text


def test_wildcards_over_midnight(read, tmp_path):
    """Each channel that has data on any of the days has one window."""
    path, times = tmp_path / "w.txt", "2019-07-05T23:50:00 2019-07-06T00:10:00"
    path.write_text(f"CI.SOC.HH?.* {times}\nCI.SOC.HHZ. {times}\n")
    archive = {"2019,186": ["CI.SOC.HHE.", "CI.SOC.HHZ."], "2019,187": ["CI.SOC.HHN.10"]}

    def lister(patterns):
        assert [str(day) for day in patterns] == list(archive)
        return {
            day: Listing([ChannelId.parse(each) for each in archive[str(day)]]) for day in patterns
        }

    selected = resolve_windows(read_windows(str(path), NONE).selectors, lister)
    assert [f"{each['Channel']} {each['Location']}" for each in selected.windows] == [
        "HHE ",
        "HHZ ",
        "HHN 10",
    ]
    assert selected.windows[0] == {
        "Network": "CI",
        "Station": "SOC",
        "Channel": "HHE",
        "Location": "",
        "Starttime": "2019-07-05T23:50:00",
        "Endtime": "2019-07-06T00:10:00",
    }
    assert selected.notes == ["dropped 1 duplicate window"]
