"""Availability's lines for a POST select the data that it describes, over a real HTTP server."""

import io
import urllib.request

import obspy
from obspy import UTCDateTime

from shared.waveforms.data_spans import DataSpan, join_spans
from tests.support.http_api import http_api

QUERY = "query?net=CI&start=2024-01-01&end=2024-01-05&merge=quality&format=request"


def test_its_lines_select_the_data(days, timewindow_handler):
    with http_api(timewindow_handler) as server:
        services = f"{server.url}/fdsnws"
        with urllib.request.urlopen(f"{services}/availability/1/{QUERY}") as answer:
            body = answer.read()
        with urllib.request.urlopen(f"{services}/dataselect/1/query", body) as answer:
            stream = obspy.read(io.BytesIO(answer.read()))
    described: dict[str, list[tuple[int, int]]] = {}
    for line in body.decode().splitlines():
        network, station, location, channel, start, end = line.split()
        span = UTCDateTime(start).ns, UTCDateTime(end).ns
        name = f"{network}.{station}.{location.strip('-')}.{channel}"
        described.setdefault(name, []).append(span)
    delivered: dict[str, list[tuple[int, int]]] = {}
    for name, rate in {(trace.id, trace.stats.sampling_rate) for trace in stream}:
        found = [
            trace.stats for trace in stream.select(id=name) if trace.stats.sampling_rate == rate
        ]
        spans = (DataSpan(each.starttime.ns, each.endtime.ns, "D", rate) for each in found)
        delivered.setdefault(name, []).extend(span[:2] for span in join_spans(spans))
    assert {name: sorted(spans) for name, spans in delivered.items()} == described
    assert {name: len(spans) for name, spans in described.items()} == {
        "CI.BOM..BHZ": 3,
        "CI.BOM.00.BHN": 2,
    }
