"""Row 4: a window in which anything goes wrong has an error in its place; the others are answered.

The truth is the samples of the other windows, which are known.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import http_event, make_trace, noise, put_day, put_station
from tests.support.injected_faults import FAULTS, INTERNALS, inject
from tests.support.timed_samples import MIDNIGHT, Handler, traces_of, window
from tests.support.tutorial_windows import get_event

DAY = "2024,001"
NAMES = ("CI.BOM.BHZ.", "CI.BOM.BHN.", "CI.BOM.BHE.")
COUNTS = dict(zip(NAMES, (noise(4_000, seed) for seed in (1, 2, 3)), strict=True))
SPAN = MIDNIGHT + 10, MIDNIGHT + 20
BROKEN = "BHN"

READING = (
    "shared.waveforms.day_reader:DayReader.read_first_records",
    "shared.waveforms.day_reader:DayReader.prefetch",
    "shared.waveforms.day_reader:DayReader.read",
    "shared.windows.plan:sample_bound",
    "shared.windows.read:read_days",
    "shared.windows.read:merge_segments",
    "shared.windows.merge:place",
)
COUNTING = ("shared.windows.read:window_counts",)
REMOVAL = (
    "shared.stations.inventories:download_stationxml",
    "shared.stations.inventories:read_stationxml",
    "shared.windows.ground_motion:plan_removal",
    "shared.windows.ground_motion:remove_channel_response",
    "shared.windows.ground_motion:ground_motion",
    "shared.response.rounding:describe_rounding",
)
DESCRIBING = "shared.windows.result:window_gaps"
WRITING = {
    "json": (DESCRIBING,),
    "mseed": (
        DESCRIBING,
        "shared.windows.reply:contiguous_parts",
        "shared.formats.miniseed:_records",
    ),
    "sac": (DESCRIBING, "shared.windows._rounding:_describe", "shared.formats.sac:_parts"),
}
SEAMS = [
    *(("json", "", seam) for seam in (*READING, *COUNTING)),
    *(("json", "VEL", seam) for seam in REMOVAL),
    *((form, "", seam) for form, writing in WRITING.items() for seam in writing),
    ("mseed", "VEL", READING[5]),
    ("sac", "VEL", "shared.formats.sac:_parts"),
]
"""A format, an output, and a function that fails."""


@pytest.fixture
def days(archive: S3Server) -> S3Server:
    for name, counts in COUNTS.items():
        put_day(archive, name, DAY, make_trace(name, str(MIDNIGHT), counts))
    put_station(archive, "CI", "BOM", BHZ=40.0, BHN=40.0, BHE=40.0)
    return archive


def request(form: str, output: str, names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    options = {"Output": output} if output else {}
    return {"Windows": [window(name, *SPAN) for name in names], "Format": form, **options}


def of_http(reply: dict[str, Any]) -> Any:
    """Return the JSON or the bytes of an HTTP reply."""
    body = reply["body"]
    return base64.b64decode(body) if reply["isBase64Encoded"] else json.loads(body)


def channels_of(content: bytes, form: str) -> dict[str, np.ndarray]:
    return {trace.stats.channel: trace.data for trace in traces_of(content, form)}


def check_error(error: dict[str, Any]) -> None:
    assert error["type"] == "InternalError"
    assert f"CI.BOM.{BROKEN}" in error["message"] or f"BOM__{BROKEN}" in error["message"]
    assert "our fault" in error["message"]


@pytest.mark.parametrize(
    ("form", "output", "seam", "fault"),
    [(*case, fault) for case, fault in zip(SEAMS, cycle(FAULTS))],
    ids=[f"{form}-{output}-{seam.partition(':')[2]}" for form, output, seam in SEAMS],
)
def test_one_window_is_one_error(
    form: str,
    output: str,
    seam: str,
    fault: Exception,
    days: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    event = http_event(json.dumps(request(form, output)))
    sound = of_http(timewindow_handler(event))
    inject(monkeypatch, seam, fault, BROKEN)
    reply = timewindow_handler(event)
    assert reply["statusCode"] == 200
    assert not any(text in json.dumps(reply) for text in INTERNALS)
    if form == "json":
        first, broken, last = of_http(reply)
        assert (first, last) == (sound[0], sound[2])
        check_error(broken["error"])
        assert broken["channel"] == BROKEN
    else:
        samples, truth = channels_of(of_http(reply), form), channels_of(sound, form)
        assert sorted(samples) == ["BHE", "BHZ"]
        assert all((samples[name] == truth[name]).all() for name in samples)
        (failed,) = json.loads(reply["headers"]["X-Windows-Errors"])
        assert failed["window"] == 1
        check_error(failed)
    (logged,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert logged.exc_info[1] is fault


@pytest.mark.parametrize("form", WRITING)
def test_a_direct_call_has_the_same(
    form: str, days: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, "shared.waveforms.day_reader:DayReader.read", FAULTS[0], BROKEN)
    reply = timewindow_handler(request(form, ""))
    assert not any(text in json.dumps(reply) for text in INTERNALS)
    failed = reply[1] if form == "json" else reply["errors"][0]
    check_error(failed["error"])
    if form == "sac":
        content = io.BytesIO(base64.b64decode(reply["content_base64"]))
        with zipfile.ZipFile(content) as file:
            assert json.loads(file.read("errors.json")) == [failed]
            check_error(json.loads(file.read("windows.json"))[1]["error"])


@pytest.mark.parametrize("form", WRITING)
@pytest.mark.parametrize("seam", [READING[5], DESCRIBING])
def test_get_of_the_broken_window(
    form: str,
    seam: str,
    days: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = get_event("2.0", **window(NAMES[1], *SPAN), Format=form)
    inject(monkeypatch, seam, FAULTS[0], BROKEN)
    reply = timewindow_handler(event)
    assert reply["statusCode"] == 500
    (broken,) = of_http(reply)
    check_error(broken["error"])


def test_a_status_of_500_is_for_bugs_alone(
    days: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, "shared.windows.read:merge_segments", FAULTS[0], BROKEN)
    names = (NAMES[1], "CI.NONE.BHZ.")
    event = http_event(json.dumps(request("json", "", names)))
    reply = timewindow_handler(event)
    types = [entry["error"]["type"] for entry in of_http(reply)]
    assert types == ["InternalError", "NoWaveformError"]
    assert reply["statusCode"] == 404


@pytest.mark.parametrize("seam", [READING[2], "shared.windows.read:merge_segments"])
def test_memory_that_runs_out_is_named(
    seam: str, days: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, seam, MemoryError(), BROKEN)
    first, broken, _ = timewindow_handler(request("json", ""))
    assert first["data"] == COUNTS[NAMES[0]][400:801].tolist()
    assert broken["error"]["type"] == "TooLargeError"
    assert "memory" in broken["error"]["message"]


def test_one_object_of_many_windows_is_logged_once(
    days: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    inject(monkeypatch, READING[2], FAULTS[0], BROKEN)
    replies = timewindow_handler(request("json", "", NAMES[1:2] * 20))
    for reply in replies:
        check_error(reply["error"])
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1


def test_no_coordinates_lose_no_samples(
    days: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, REMOVAL[1], FAULTS[0], BROKEN)
    reply = timewindow_handler(request("sac", ""))
    assert reply["errors"] == []
    assert "no coordinates" in reply["windows"][1]["warnings"][-1]
    assert not any(text in json.dumps(reply) for text in INTERNALS)


@pytest.mark.parametrize("passing", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("seam", [READING[0], READING[2], "shared.windows.read:merge_segments"])
def test_interruptions_pass(
    passing: Callable[[], Exception],
    seam: str,
    days: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inject(monkeypatch, seam, passing(), BROKEN)
    with pytest.raises(passing):
        timewindow_handler(request("json", ""))


def test_a_format_that_fails_for_all_fails_the_request(
    days: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(blocks: Any, record_bytes: Any, traces: Any) -> None:
        if len(list(traces)) > 1:
            raise FAULTS[0]

    monkeypatch.setattr("shared.formats.miniseed._check", faulty)
    reply = timewindow_handler(http_event(json.dumps(request("mseed", ""))))
    assert reply["statusCode"] == 500
    assert not any(text in json.dumps(reply) for text in INTERNALS)
