"""The page about time windows: its requests and replies, and the tables of its options."""

import io
import json
import re
import urllib.parse
from pathlib import Path

import obspy

from shared.formats import format_names
from shared.response.margins import MARGIN_PERIODS
from shared.response.parameters import UNITS, WINDOW_NAMES
from shared.windows import limits
from shared.windows.request import MANIFEST, READS, WindowsRequest, request_from_query
from tests.pages.typed import planned, post
from tests.support.pages import code, page
from tests.support.served import Served

PAGE = page("docs/windows.md")
BLOCKS, SECTIONS = PAGE.blocks, PAGE.sections
REPLY, OPTIONS, SPEED = "The reply", "Options of a request", "Speed of time windows"

covers = PAGE.covers


@covers((REPLY, "json", 0), (REPLY, "json", 1))
def test_reply(served: Served) -> None:
    windows = post(served.url_of("timewindow"), BLOCKS[REPLY, "json", 0].encode())
    for window in windows:
        if "data" in window:
            assert window["data"].count(None) == sum(gap["samples"] for gap in window["gaps"])
            window["data"] = [f"... {len(window['data'])} samples"]
    shown = json.loads(BLOCKS[REPLY, "json", 1])
    assert json.dumps(windows, indent=2) == json.dumps(shown, indent=2)


@covers((OPTIONS, "json", 0))
def test_ground_motion_of_a_window(served: Served) -> None:
    (reply,) = post(served.url_of("timewindow"), BLOCKS[OPTIONS, "json", 0].encode())
    assert reply["units"] == "m/s"
    assert reply["pre_filt"] == [0.05, 0.1, 15.0, 18.0]
    assert len(reply["data"]) == 60 * 40 + 1


@covers(("Manifest", "json", 0), ("Manifest", "json", 1))
def test_manifest(served: Served, demo_days: Path) -> None:
    """Sizes and places depend on the version of the encoder, so only their names are shown."""
    (window,) = post(served.url_of("timewindow"), BLOCKS["Manifest", "json", 0].encode())
    (shown,) = json.loads(BLOCKS["Manifest", "json", 1])
    (found,), (shown_range,) = window.pop("ranges"), shown.pop("ranges")
    assert window == shown
    assert list(found) == list(shown_range)
    for name in ("bucket", "region", "key"):
        assert found[name] == shown_range[name]
    day = (demo_days / found["key"]).read_bytes()
    assert len(day) == found["size"]
    part = io.BytesIO(day[found["offset"] : found["offset"] + found["bytes"]])
    (trace,) = obspy.read(part, format="MSEED")
    assert (str(trace.stats.starttime), str(trace.stats.endtime)) == (
        found["starttime"],
        found["endtime"],
    )


def test_options() -> None:
    rows = {code(name)[0]: values for name, _, values in PAGE.table(OPTIONS)}
    assert list(rows) == ["Format", "Output", "pre_filt", "Read"]
    formats = [json.loads(name) for name in code(rows["Format"])]
    assert formats == [*format_names(), MANIFEST]
    assert [json.loads(name) for name in code(rows["Read"])] == list(READS)
    assert {json.loads(name) for name in code(rows["Output"])} == {*UNITS, "DEF"}
    assert {"Output", *code(rows["pre_filt"])[1:], "pre_filt"} == {"Output", *WINDOW_NAMES[1:]}
    assert f"{MARGIN_PERIODS} periods" in " ".join(SECTIONS["Ground motion"].split())


def test_one_window_by_get() -> None:
    (query,) = [text for text in code(SECTIONS["One window by GET"]) if text.startswith("?")]
    request = request_from_query(dict(urllib.parse.parse_qsl(query[1:])))
    assert WindowsRequest.parse(request).format == "mseed"


def test_samples_of_one_request() -> None:
    """The limits, and the channel days at 100 Hz that fit into each."""
    day = 100 * 86_400
    section = " ".join(SECTIONS["Large replies"].split())
    assert f"{limits.MAX_SAMPLES:,} samples (32 Mi)" in section
    assert limits.MAX_SAMPLES // day == 3
    assert "three channel days at 100 Hz, not four" in section
    assert limits.MAX_MOTION_SAMPLES_AS_JSON == limits.MAX_SAMPLES // 2
    assert limits.MAX_MOTION_SAMPLES_AS_JSON // day == 1
    assert "half of that, one such day" in section
    assert f"{limits.MAX_SAMPLES_WITHOUT_BUCKET:,} samples (12 Mi), one such day" in section
    assert limits.MAX_SAMPLES_WITHOUT_BUCKET // day == 1


@covers((SPEED, "sh", 0))
def test_speed() -> None:
    """The line measures the table."""
    assert "-m benchmarks.windows.against_tutorial" in planned(
        BLOCKS[SPEED, "sh", 0].removeprefix("make ")
    )
    ratios = [row[1] for row in PAGE.table(SPEED)]
    assert all(re.fullmatch(r"[\d.]+( at least)?", ratio) for ratio in ratios)
