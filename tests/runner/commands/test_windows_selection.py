"""The command for time windows without JSON: channels, wildcards, files, several requests."""

import json

import obspy
import pytest

from tests.support.builders import make_trace, noise, put_day
from tests.support.window_options import END, SPAN, START, window

# The request


def test_channels_and_times(command, api):
    assert command("--nscl", "CI.SOC.HHZ.", "ci.bom..bhz", "CI.PAS.BHZ.10", *SPAN) == 0
    windows = [window("SOC", "HHZ"), window(), window("PAS", "BHZ", "10")]
    assert api.events == [{"Windows": windows}]
    assert api.calls[0].path.endswith("/timewindow-lambda/invocations")


@pytest.mark.parametrize(
    "times",
    [
        ["--start", "2024,001,00:00:10", "--end", "2024-01-01T01:00:20+01:00"],
        ["--start", "20240101T000010Z", "--duration", "10"],
        ["--start", START, "--duration", "10.0"],
    ],
)
def test_times_as_people_write_them(command, api, times):
    assert command("--nscl", "CI.BOM.BHZ.", *times) == 0
    assert api.events == [{"Windows": [window()]}]


def test_options_of_the_removal(command, api):
    options = ["--output", "vel", "--pre-filt", "auto", "--water-level", "30", "--read", "WHOLE"]
    assert command("--nscl", "CI.BOM.BHZ.", *SPAN, *options, "--no-zero-mean") == 0
    assert api.events == [
        {
            "Windows": [window()],
            "Output": "vel",
            "Read": "whole",
            "pre_filt": "auto",
            "water_level": 30.0,
            "zero_mean": False,
        }
    ]


def test_options_change_a_request_file(command, api, folder):
    (folder / "r.json").write_text(
        json.dumps({"Windows": [window()], "output": "ACC", "READ": "x"})
    )
    options = ["--output", "DISP", "--read", "whole", "--gaps", "split"]
    assert command("--request", "r.json", *options) == 0
    assert command("--request", "r.json", "--gaps", "split", "--read", "whole") == 0
    given = {"Windows": [window()], "Read": "whole", "gaps": "split"}
    assert api.events == [{**given, "Output": "DISP"}, {**given, "output": "ACC"}]


def test_files_and_channels(command, api, folder, capsys):
    (folder / "stations.txt").write_text("CI.SOC.HHZ.\nCI BOM -- BHZ\n")
    (folder / "events.csv").write_text(f"nscl,start,mag\nCI.PAS.BHZ.10,{START},7.1\n")
    options = ["--nscl", "CI.BOM.BHZ.", "--file", "stations.txt", "events.csv"]
    assert command(*options, "--start", START, "--duration", "10") == 0
    windows = [window(), window("SOC", "HHZ"), window("PAS", "BHZ", "10")]
    assert api.events == [{"Windows": windows}]
    said = capsys.readouterr().err
    assert "ignored: events.csv, line 1: the columns mag\n" in said
    assert "dropped 1 duplicate window\n" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--nscl", "CI.BOM.BHZ."], "--nscl needs the time: --start TIME, and --end TIME or"),
        (["--nscl", "CI.BOM.BHZ.", "--start", START], "--start needs --end TIME or --duration"),
        (["--nscl", "CI.BOM.BHZ.", *SPAN, "--duration", "3"], "--end and --duration: give one"),
        (["--start", START], "--start is for channels: name them with --nscl, or in a --file"),
        (["--request", "request.json", "--nscl", "CI.BOM.BHZ."], "give it without --nscl"),
        (["--request", "request.json", "--end", END], "give it without --end"),
        (["--nscl", "CI.BOM.BHZ.", *SPAN, "--edges", "taper"], "unrecognized arguments: --edges"),
        (["--nscl", "CI.BOM.BHZ.", *SPAN, "--read", "all"], "invalid choice: 'all'"),
    ],
)
def test_options_that_contradict_each_other(command, api, capsys, options, message):
    with pytest.raises(SystemExit) as ended:
        command(*options)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert api.calls == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--nscl", "CI.BOM", *SPAN], "nscl 'CI.BOM': must be network.station"),
        (
            ["--nscl", "CI.BOM.BHZ.", "--start", "now", "--end", END],
            "--start 'now': must be a time",
        ),
        (
            ["--nscl", "CI.BOM.BHZ.", "--start", END, "--end", START],
            "must not end before it starts",
        ),
        (
            ["--nscl", "CI.BOM.BHZ.", "--start", END, "--duration", "5m"],
            "duration '5m': must be a number of seconds",
        ),
        (
            ["--nscl", "CI.BOM.BHZ.", *SPAN, "--pre-filt", "auto"],
            "--pre-filt is for ground motion: give --output VEL, DISP, ACC or DEF",
        ),
        (["--nscl", "CI.BOM.BHZ.", *SPAN, "--output", "SPEED"], "output is 'SPEED': must be one"),
        (["--file", "none.txt"], "none.txt cannot be read"),
        (["-o", "request.json"], "-o request.json would write over request.json: give another"),
        (["-o", "./request"], "-o request would write over request.json: give another file"),
        (["--request", "none.json"], "none.json cannot be read"),
    ],
)
def test_invalid_options_send_nothing(command, api, capsys, options, message):
    assert command(*options) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert api.calls == []


def test_without_a_request(command, folder, capsys):
    (folder / "request.json").unlink()
    assert command() == 2
    assert "or give --nscl, --start and --end" in capsys.readouterr().err


# With the function and the archive


def test_wildcards_and_miniseed(real, folder, api, capsys):
    options = ["--output", "VEL", "--format", "mseed", "-o", "w.mseed"]
    assert real("--nscl", "CI.BOM.BH?.*", *SPAN, *options) == 0
    assert [each["Channel"] for each in api.events[0]["Windows"]] == ["BHE", "BHN", "BHZ"]
    captured = capsys.readouterr()
    assert captured.out.startswith("wrote w.mseed, ")
    assert captured.err.endswith("open it with: import obspy; stream = obspy.read('w.mseed')\n")
    stream = obspy.read(str(folder / "w.mseed"))
    assert [trace.id for trace in stream] == ["CI.BOM..BHE", "CI.BOM..BHN", "CI.BOM..BHZ"]
    described = json.loads((folder / "w.mseed.json").read_text())["windows"]
    assert [each["units"] for each in described] == ["m/s"] * 3
    assert all("data" not in each and len(each["pre_filt"]) == 4 for each in described)


def test_no_channel_matches(real, api, capsys):
    assert real("--nscl", "CI.PAS.BH?.*", *SPAN) == 2
    assert "no channel matches 'CI.PAS.BH?.*' on 2024,001" in capsys.readouterr().err
    assert api.calls == []


def test_gaps_and_errors_of_a_file_are_printed(real, day, folder, capsys):
    start = "2024-01-01T00:00:00"
    pieces = [make_trace("CI.BOM.BHZ.", f"{start}.{ms}", noise(n)) for ms, n in (("0", 480),)]
    pieces.append(make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:15", noise(1_000)))
    put_day(day, "CI.BOM.BHZ.", "2024,001", *pieces)
    options = ["--nscl", "CI.BOM.BHZ.", "CI.NONE.BHZ.", *SPAN, "--format", "mseed", "-o", "w.mseed"]
    assert real(*options) == 1
    captured = capsys.readouterr()
    assert captured.out.endswith(", without 1 window that had no data\n")
    assert "  the archive has no data of CI.NONE.BHZ." in captured.err
    assert "  1 window with gaps\n" in captured.err
    # 12 s to 15 s at 40 Hz
    assert "  CI.BOM.BHZ. 2024-01-01T00:00:10.000000Z: 1 gap, 120 samples missing\n" in captured.err
    found, missing = json.loads((folder / "w.mseed.json").read_text())["windows"]
    assert found["gaps"][0]["samples"] == 120
    assert missing["error"]["type"] == "NoWaveformError"
