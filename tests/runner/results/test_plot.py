"""Plots of time windows."""

import datetime as dt
import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import dates
from matplotlib import pyplot as plt

import run_lambda
from runner.errors import InputError, RunError
from runner.results import plot
from tests.support.lambda_api import Answer, LambdaApi

CODES = {"network": "CI", "station": "BOM", "channel": "BHZ", "location": ""}
MOTION = {
    **CODES,
    "delta": 0.5,
    "starttime": "2024-01-01T23:59:55.000000Z",
    "endtime": "2024-01-02T00:00:05.000000Z",
    "units": "m/s",
    "gaps": [
        {
            "starttime": "2024-01-01T23:59:57.000000Z",
            "endtime": "2024-01-01T23:59:59.000000Z",
            "samples": 3,
        }
    ],
    "data": [1, 2, 3, 4, None, None, None, *range(8, 22)],
}
COUNTS = {**MOTION, "location": "00", "gaps": [], "data": list(range(21))}
del COUNTS["units"]
FAILED = {
    **CODES,
    "starttime": MOTION["starttime"],
    "endtime": MOTION["endtime"],
    "error": {"type": "NoWaveformError", "message": "the archive has no data of CI.BOM.BHZ."},
}


@pytest.fixture
def figures(monkeypatch):
    """Keep the figures open, to inspect them."""
    drawn = []
    monkeypatch.setattr(plt, "close", drawn.append)
    yield drawn
    monkeypatch.undo()
    plt.close("all")


def test_contents_of_the_picture(figures, tmp_path):
    assert plot.draw([MOTION, COUNTS, FAILED], tmp_path / "windows.png") == 3
    (figure,) = figures
    motion, counts, failed = figure.axes
    assert motion.get_title(loc="left") == "CI.BOM..BHZ   2024-01-01 23:59:55.000000 UTC"
    assert counts.get_title(loc="left").startswith("CI.BOM.00.BHZ ")
    assert (motion.get_ylabel(), counts.get_ylabel()) == ("m/s", "counts")

    (line,) = motion.lines
    times, samples = line.get_data()
    assert np.isnan(samples).tolist() == [False] * 4 + [True] * 3 + [False] * 14
    start = dt.datetime(2024, 1, 1, 23, 59, 55, tzinfo=dt.timezone.utc)
    seconds = [(time - start).total_seconds() for time in dates.num2date(times)]
    assert seconds == pytest.approx(np.arange(21) * 0.5, abs=1e-5)
    assert len(motion.patches) == 1  # the gap
    assert not counts.patches
    labels = [text.get_text() for text in motion.get_xticklabels()]
    assert any(":" in label for label in labels)

    assert not failed.lines
    (text,) = failed.texts
    assert text.get_text() == "the archive has no data of CI.BOM.BHZ."
    assert (tmp_path / "windows.png").read_bytes().startswith(b"\x89PNG")
    assert mpl.get_backend().lower() == "agg"


def test_a_malformed_window(figures, tmp_path):
    plot.draw([{**FAILED, "starttime": "yesterday"}, {**FAILED, "endtime": ""}], tmp_path / "w.png")
    first, second = figures[0].axes
    assert first.get_title(loc="left") == "CI.BOM..BHZ   yesterday"
    assert [text.get_text() for axis in (first, second) for text in axis.texts] == [
        "the archive has no data of CI.BOM.BHZ."
    ] * 2


def test_one_sample(tmp_path):
    window = {**COUNTS, "endtime": COUNTS["starttime"], "data": [1]}
    assert plot.draw([window], tmp_path / "windows.pdf") == 1
    assert (tmp_path / "windows.pdf").read_bytes().startswith(b"%PDF")


def test_number_of_panels_is_limited(figures, tmp_path, monkeypatch):
    monkeypatch.setattr(plot, "MAX_PANELS", 3)
    assert plot.draw([COUNTS] * 5, tmp_path / "windows.png") == 3
    assert len(figures[0].axes) == 3


def test_a_picture_that_cannot_be_drawn(tmp_path):
    with pytest.raises(RunError, match=r"windows\.doc cannot be drawn: Format 'doc'"):
        plot.draw([COUNTS], tmp_path / "windows.doc")
    with pytest.raises(RunError, match="cannot be drawn: .*No such file"):
        plot.draw([COUNTS], tmp_path / "nowhere" / "windows.png")
    assert plt.get_fignums() == []


def test_without_matplotlib(monkeypatch):
    plot.check_picture(Path("windows.png"))
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(InputError, match="pip install matplotlib"):
        plot.check_picture(Path("windows.png"))


def test_an_invalid_picture_is_refused_before_anything_is_sent(tmp_path):
    plot.check_picture(tmp_path / "a.PDF")
    (tmp_path / "folder.png").mkdir()
    for name in ("a.doc", "a", "folder.png", ""):
        with pytest.raises(
            InputError, match=r": must be a file, its name ending with .*\.eps, .*\.png"
        ):
            plot.check_picture(tmp_path / name)


@pytest.mark.parametrize("output", [[], ["-o", "output.json"]])
def test_the_command_draws(tmp_path, monkeypatch, capsys, output):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "request.json").write_text('{"Windows": []}')
    with LambdaApi() as api:
        api.reply = Answer(body=json.dumps([MOTION, FAILED]))
        where = ["--plot", "windows.png", "--endpoint-url", api.url]
        assert run_lambda.main(["windows", *output, *where]) == 1
        api.reply = Answer(body="[]")
        assert run_lambda.main(["windows", *where]) == 0  # nothing to draw
        captured = capsys.readouterr()
        assert "drew windows.png\n" in (captured.out if output else captured.err)
        assert (tmp_path / "windows.png").is_file()
        api.reply = Answer(body=json.dumps([MOTION]))
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        assert run_lambda.main(["windows", *output, *where]) == 0
    captured = capsys.readouterr()
    # A terminal is not filled with samples; a pipe has them.
    assert '"data"' not in captured.out
    assert ("-o FILE writes them" in captured.err) is (not output)


def test_a_terminal_gets_a_line_for_each_window(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "request.json").write_text('{"Windows": []}')
    with LambdaApi() as api:
        api.reply = Answer(body=json.dumps([MOTION, FAILED]))
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        assert run_lambda.main(["windows", "--endpoint-url", api.url]) == 1
        terminal = capsys.readouterr()
        monkeypatch.setattr("sys.stdout.isatty", lambda: False)
        assert run_lambda.main(["windows", "--endpoint-url", api.url]) == 1
    assert terminal.out == "  CI.BOM.BHZ. 2024-01-01T23:59:55.000000Z: 21 samples, m/s\n"
    assert "-o FILE writes them" in terminal.err
    assert "the archive has no data of CI.BOM.BHZ." in terminal.err
    assert json.loads(capsys.readouterr().out) == [MOTION, FAILED]
