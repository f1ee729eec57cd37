"""Time windows by HTTP GET, which has the request in the URL's query."""

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import http_event
from tests.support.tutorial_windows import BHZ, REQUEST, content_of, get_event

Handler = Callable[[Any], Any]


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_get(day: S3Server, timewindow_handler: Handler, version: str) -> None:
    bhz = REQUEST["Windows"][0]
    reply = timewindow_handler(get_event(version, **bhz))
    assert reply["statusCode"] == 200
    assert json.loads(reply["body"]) == timewindow_handler({"Windows": [bhz]})
    reply = timewindow_handler(get_event(version, **bhz, Format="mseed"))
    (trace,) = obspy.read(io.BytesIO(content_of(reply)))
    np.testing.assert_array_equal(trace.data, BHZ[:12_000])
    assert timewindow_handler(get_event(version, **{**bhz, "Station": "X"}))["statusCode"] == 404


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_bad_gets(timewindow_handler: Handler, version: str) -> None:
    reply = timewindow_handler(get_event(version, Network="CI", Sation="BOM"))
    assert reply["statusCode"] == 400
    assert "'Sation'" in json.loads(reply["body"])["error"]["message"]
    reply = timewindow_handler(get_event(version))
    assert json.loads(reply["body"])["error"]["field"] == "Network"


def test_other_methods(timewindow_handler: Handler) -> None:
    reply = timewindow_handler(http_event(json.dumps(REQUEST), "1.0", httpMethod="PUT"))
    assert reply["statusCode"] == 405
    assert reply["headers"]["Allow"] == "GET, HEAD, POST, OPTIONS"
