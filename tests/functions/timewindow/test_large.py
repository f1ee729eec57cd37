"""Large replies of time windows: a link, gzip, a refusal, and the limit of samples."""

import gzip
import io
import json
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest

from shared.windows import answer
from tests.support.builders import http_event
from tests.support.tutorial_windows import REQUEST, content_of, get_event

Handler = Callable[[Any], Any]
LARGE = {**REQUEST["Windows"][0], "Endtime": "2024-01-01T12:00:00"}


def test_a_large_reply_is_a_link(large_day: Any, timewindow_handler: Handler) -> None:
    direct = timewindow_handler({"Windows": [LARGE]})
    posted = json.loads(timewindow_handler(http_event(json.dumps({"Windows": [LARGE]})))["body"])
    for link in (direct, posted):
        with urllib.request.urlopen(link["url"]) as response:
            (answer,) = json.loads(response.read())
        assert answer["data"] == large_day[:1_728_001].tolist()
    assert direct["object"] == posted["object"]

    redirect = timewindow_handler(get_event("2.0", **LARGE))
    assert redirect["statusCode"] == 303
    with urllib.request.urlopen(redirect["headers"]["Location"]) as response:
        assert json.loads(response.read()) == [answer]


def test_a_large_reply_in_gzip(large_day: Any, timewindow_handler: Handler) -> None:
    body = json.dumps({"Windows": [{**LARGE, "Endtime": "2024-01-01T05:00:00"}]})
    plain = timewindow_handler(http_event(body))
    assert "url" in json.loads(plain["body"])
    packed = timewindow_handler(http_event(body, headers={"accept-encoding": "gzip"}))
    (answer,) = json.loads(gzip.decompress(content_of(packed)))
    assert answer["data"] == large_day[:720_001].tolist()


def test_a_large_reply_as_miniseed(large_day: Any, timewindow_handler: Handler) -> None:
    request = {"Windows": [LARGE, {**LARGE, "Station": "NONE"}], "Format": "mseed"}
    link = timewindow_handler(request)
    assert link["content_type"] == "application/vnd.fdsn.mseed"
    assert link["object"].endswith(".mseed")
    assert [entry["station"] for entry in link["errors"]] == ["NONE"]
    assert [entry["station"] for entry in link["windows"]] == ["BOM", "NONE"]
    assert "data" not in link["windows"][0]
    with urllib.request.urlopen(link["url"]) as response:
        (trace,) = obspy.read(io.BytesIO(response.read()))
    np.testing.assert_array_equal(trace.data, large_day[:1_728_001])


def test_a_refusal_says_what_would_fit(
    large_day: Any, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    reply = timewindow_handler(get_event("2.0", **LARGE))
    assert reply["statusCode"] == 413
    error = json.loads(reply["body"])["error"]
    assert error["samples"] == 1_728_001
    assert error["seconds"] == 43_200.025
    end = obspy.UTCDateTime(LARGE["Starttime"]) + error["fits"]["seconds"]
    smaller = {**LARGE, "Endtime": str(end)}
    assert timewindow_handler(get_event("2.0", **smaller))["statusCode"] == 200


@pytest.mark.parametrize(
    ("members", "bucket", "mebisamples"),
    [
        ({}, "results", 32),
        ({"Output": "VEL"}, "results", 16),  # more JSON would not fit into the function's memory
        ({"Output": "VEL", "Format": "mseed"}, "results", 32),
        ({"Format": "sac"}, "results", 32),
        ({}, None, 12),
        ({"Output": "VEL"}, None, 12),
    ],
)
def test_how_many_samples_may_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, members: dict[str, str], bucket: str | None, mebisamples: int
) -> None:
    passed: list[Any] = []
    monkeypatch.setattr(answer, "read_windows", lambda *arguments: passed.extend(arguments) or [])
    if bucket:
        monkeypatch.setenv("S3_OUTPUT_BUCKET", bucket)
    else:
        monkeypatch.delenv("S3_OUTPUT_BUCKET", raising=False)
    answer.answer_windows({**REQUEST, **members})
    assert passed[-1] == mebisamples * 1024**2
