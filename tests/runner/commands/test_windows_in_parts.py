"""Time windows in more requests than one, as each has a limit."""

import json
import zipfile

import numpy as np
import pytest

from tests.support.lambda_api import Answer, failed
from tests.support.window_options import END, SAMPLES, SPAN, START, window

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
