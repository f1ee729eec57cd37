"""The command for time windows without JSON: channels, wildcards, files, several requests."""

import io
import json
import zipfile
from contextlib import redirect_stdout

import numpy as np
import obspy
import pytest

import run_lambda
from shared.errors import ServiceError
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.lambda_api import Answer, failed

START, END = "2024-01-01T00:00:10", "2024-01-01T00:00:20"
SPAN = ["--start", START, "--end", END]
SAMPLES = noise(4_000)[399:800]  # the day's first sample is 19.5 ms after midnight


def window(station="BOM", channel="BHZ", location="", start=START, end=END):
    return {
        "Network": "CI",
        "Station": station,
        "Channel": channel,
        "Location": location,
        "Starttime": start,
        "Endtime": end,
    }


@pytest.fixture
def command(api, no_pauses, folder, credentials):
    """Return a function that runs the command, with replies of samples for all windows."""

    def reply(event, _):
        data = [{"data": [1], "network": "CI"}] * len(event["Windows"])
        return Answer(body=json.dumps(data))

    api.answer = reply
    return lambda *options: run_lambda.main(["windows", *options])


@pytest.fixture
def real(command, api, listable, day, timewindow_handler):
    """Let the real function answer, with three channels in the archive."""
    for nscl in ("CI.BOM.BHN.", "CI.BOM.BHE."):
        put_day(day, nscl, "2024,001", make_trace(nscl, "2024-01-01T00:00:00.0195", noise(4_000)))
    put_station(day, "CI", "BOM", BHZ=40.0, BHN=40.0, BHE=40.0)

    def handled(event, _):
        with redirect_stdout(io.StringIO()):  # the function's log
            try:
                return Answer(body=json.dumps(timewindow_handler(event)))
            except ServiceError as error:
                return failed(type(error).__name__, error.message)

    api.answer = handled
    return command


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


# More windows than one request may have


NSCLS = ["CI.BOM.BHE.", "CI.NONE.BHZ.", "CI.BOM.BHN.", "CI.BOM.BHZ."]


@pytest.fixture
def few_windows(monkeypatch):
    """Allow two windows in a request."""
    monkeypatch.setenv("MAX_WINDOWS", "2")


@pytest.mark.parametrize("limit", ["few_windows", None])
def test_json_of_several_requests(real, api, folder, capsys, request, monkeypatch, limit):
    """The client's limit is the function's, or the function refuses for another reason."""
    if limit:
        request.getfixturevalue(limit)
    else:
        monkeypatch.setenv("MAX_OBJECTS", "2")
    assert real("--nscl", *NSCLS, *SPAN, "-o", "joined.json") == 1
    assert [len(event["Windows"]) for event in api.events] == ([2, 2] if limit else [4, 2, 2])
    said = capsys.readouterr()
    assert said.out == "wrote 4 windows to joined.json, 1 of them without data\n"
    note = "too large for one request: sending parts of 2 windows or fewer\n"
    assert (note in said.err) == (limit is None)
    assert "4 of 4 windows\n" in said.err
    joined = json.loads((folder / "joined.json").read_text())
    monkeypatch.delenv("MAX_WINDOWS", raising=False)
    monkeypatch.delenv("MAX_OBJECTS", raising=False)
    assert real("--nscl", *NSCLS, *SPAN, "-o", "whole.json") == 1
    assert joined == json.loads((folder / "whole.json").read_text())


def test_miniseed_of_several_requests(real, folder, few_windows, monkeypatch):
    options = ["--nscl", *NSCLS, *SPAN, "--format", "mseed", "-o"]
    assert real(*options, "joined.mseed") == 1
    monkeypatch.delenv("MAX_WINDOWS")
    assert real(*options, "whole.mseed") == 1
    assert (folder / "joined.mseed").read_bytes() == (folder / "whole.mseed").read_bytes()
    descriptions = [(folder / f"{name}.mseed.json").read_text() for name in ("joined", "whole")]
    assert descriptions[0] == descriptions[1]


def test_sac_of_several_requests(real, folder, few_windows, monkeypatch, capsys):
    """The same window in two requests has two files."""
    (folder / "w.json").write_text(
        json.dumps({"Windows": [window("NONE"), window(), window(), window("NONE")]})
    )
    options = ["--request", "w.json", "--format", "sac", "-o"]
    assert real(*options, "joined.zip") == 1
    opening = capsys.readouterr().err.splitlines()[-1].removeprefix("open it with: ")
    names = {}
    exec(opening, names)  # the line that is printed
    assert [trace.data.tolist() for trace in names["stream"]] == [SAMPLES.tolist()] * 2
    monkeypatch.delenv("MAX_WINDOWS")
    assert real(*options, "whole.zip") == 1
    joined, whole = (_contents(folder / f"{name}.zip") for name in ("joined", "whole"))
    assert joined == whole
    assert [each["window"] for each in joined["errors.json"]] == [0, 3]


def _contents(path):
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return {
        name: json.loads(content) if name.endswith(".json") else content
        for name, content in contents.items()
    }


def test_a_malformed_window_keeps_its_place(real, folder, few_windows, capsys):
    windows = [window(), window(), window(), {**window(), "Starttime": "yesterday"}]
    (folder / "w.json").write_text(json.dumps({"Windows": windows}))
    assert real("--request", "w.json", "-o", "w.out") == 1
    assert "  Windows[3].Starttime 'yesterday': must be a time" in capsys.readouterr().err


def test_a_request_that_fails_after_another(command, api, folder, few_windows, capsys):
    """No reply is lost."""
    good, windows = api.answer, [f"CI.S{number}.BHZ." for number in range(5)]

    def answer(event, before):
        bad = any(each["Station"] == "S2" for each in event["Windows"])
        return failed("ZeroDivisionError", "oops") if bad else good(event, before)

    api.answer = answer
    assert command("--nscl", *windows, *SPAN, "-o", "w.json") == 1
    written = json.loads((folder / "w.json").read_text())
    assert ["data" in each for each in written] == [True, True, False, False, True]
    assert written[2]["error"] == {"type": "ZeroDivisionError", "message": "oops"}
    assert written[2]["station"] == "S2"
    assert capsys.readouterr().err.count("  oops\n") == 2


def test_windows_without_a_reply_are_drawn(command, api, folder, few_windows):
    """However the request names its channels and times."""
    drawn = {"network": "CI", "station": "BOM", "location": "", "channel": "BHZ", "delta": 1.0}
    drawn |= {"starttime": f"{START}.000000Z", "endtime": f"{END}.000000Z", "data": [1] * 11}
    odd = [{"nscl": "CI.SOC..HHZ", "start": START}, {"net": "CI", "Sta": "PAS", "loc": None}, 3]
    (folder / "w.json").write_text(json.dumps({"Windows": [window(), window(), *odd]}))
    api.answer = lambda event, _: (
        Answer(body=json.dumps([drawn, drawn]))
        if event["Windows"][0] == window()
        else failed("ZeroDivisionError", "oops")
    )
    assert command("--request", "w.json", "-o", "out.json", "--plot", "w.png") == 1
    written = json.loads((folder / "out.json").read_text())
    names = ("network", "station", "location", "channel", "starttime")
    assert [tuple(each[name] for name in names) for each in written[2:]] == [
        ("CI", "SOC", "", "HHZ", START),
        ("CI", "PAS", "", "", ""),
        ("", "", "", "", ""),
    ]
    assert (folder / "w.png").is_file()


def test_samples_as_numpy_reads_them(real, folder):
    """The line that is printed for JSON."""
    assert real("--nscl", "CI.BOM.BHZ.", *SPAN, "-o", "w.json") == 0
    (found,) = json.loads((folder / "w.json").read_text())
    assert np.array_equal(found["data"], SAMPLES)
