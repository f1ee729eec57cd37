"""ObsPy's client: waveforms, against ObsPy's own reading of the archive's objects."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from obspy import Stream, UTCDateTime
from obspy.clients.fdsn import Client
from obspy.clients.fdsn.header import FDSNNoDataException, FDSNRequestTooLargeException
from obspy.core.util.deprecation_helpers import ObsPyDeprecationWarning

from shared.archive import input_archive
from shared.archive.channel_id import ChannelId
from shared.response.parameters import RemovalParameters
from shared.windows import read_windows
from shared.windows.request import Window
from tests.clients.archive import (
    CHANNELS,
    END,
    MIDNIGHT,
    START,
    assert_same,
    nscl,
    stations,
    truth,
)
from tests.support.http_api import ServedHandler

BHZ = ("CI", "AAA", "", "BHZ")
ID = "CI.AAA..BHZ"


@pytest.fixture
def client(served: ServedHandler) -> Client:
    return Client(served.url, timeout=60)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (MIDNIGHT - 30, MIDNIGHT + 45.5),  # across midnight
        (MIDNIGHT - 700, MIDNIGHT + 1300),  # with a gap
        (START, END),
        (MIDNIGHT + 0.0195, MIDNIGHT + 0.0445),  # two samples at both ends
        (MIDNIGHT + 3, MIDNIGHT + 3),
    ],
)
def test_every_sample_and_time(client: Client, start: UTCDateTime, end: UTCDateTime) -> None:
    expected = truth(start, end, ID)
    if not expected:
        with pytest.raises(FDSNNoDataException):
            client.get_waveforms(*BHZ, start, end)
        return
    assert_same(client.get_waveforms(*BHZ, start, end), expected)


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (("*", "*", "*", "*"), CHANNELS),
        (("C?", "A*", "*", "BH?"), ("CI.AAA..BHZ", "CI.AAA.10.BHN")),
        (("CI,NC", "AAA,CCC", "", "BHZ"), ("CI.AAA..BHZ", "NC.CCC..BHZ")),
        (("CI", "AAA", "--,10", "BHZ,BHN"), ("CI.AAA..BHZ", "CI.AAA.10.BHN")),
        (("CI", "AAA", "1?", "*"), ("CI.AAA.10.BHN",)),
    ],
)
def test_wildcards_and_lists(client: Client, codes: Any, found: tuple[str, ...]) -> None:
    start, end = MIDNIGHT - 20, MIDNIGHT + 20
    assert_same(client.get_waveforms(*codes, start, end), truth(start, end, *found))


def test_no_data(client: Client) -> None:
    for codes, start in (
        (("CI", "AAA", "00", "BHZ"), MIDNIGHT),
        (("ZZ", "*", "*", "*"), MIDNIGHT),
        (BHZ, MIDNIGHT + 700),  # within the gap
        (BHZ, UTCDateTime("1999-01-01")),
    ):
        with pytest.raises(FDSNNoDataException):
            client.get_waveforms(*codes, start, start + 60)


def bulk_inputs(folder: Path) -> Iterator[tuple[Any, Stream]]:
    """Yield requests in each form that ObsPy takes, with the samples that are right."""
    start, end = MIDNIGHT - 30, MIDNIGHT + 30
    lines = [(*BHZ, start, end), ("CI", "AAA", "10", "BH*", start + 5, end - 5)]
    expected = truth(start, end, ID) + truth(start + 5, end - 5, "CI.AAA.10.BHN")
    yield lines, expected
    text = f"CI AAA -- BHZ {start} {end}\nCI AAA 10 BH* {start + 5} {end - 5}"
    yield text, expected
    yield f"quality=B\nminimumlength=30\nlongestonly=false\n{text}\n", expected
    file = folder / "bulk.txt"
    file.write_text(text.replace("Z\n", "\n").replace("\n", "\r\n"))
    yield str(file), expected
    yield io.StringIO(text), expected


def test_bulk_as_list_text_and_file(client: Client, tmp_path: Path) -> None:
    for given, expected in bulk_inputs(tmp_path):
        assert_same(client.get_waveforms_bulk(given), expected)
    whole = [(*BHZ, START, END)]
    longest = client.get_waveforms_bulk(whole, longestonly=True)
    assert_same(longest, truth(MIDNIGHT - 600, MIDNIGHT + 600, ID))
    assert_same(
        client.get_waveforms_bulk(whole, minimumlength=250, quality="M"),
        truth(MIDNIGHT - 600, MIDNIGHT + 1300, ID),
    )
    with pytest.raises(FDSNNoDataException):
        client.get_waveforms_bulk([("XX", "AAA", "", "BHZ", START, END)])


def test_the_response_is_attached(client: Client) -> None:
    start, end = MIDNIGHT - 20, MIDNIGHT + 20
    with pytest.warns(ObsPyDeprecationWarning, match="attach_response"):
        stream = client.get_waveforms("*", "*", "*", "BH?", start, end, attach_response=True)
    assert_same(stream, truth(start, end))
    for trace in stream:
        assert trace.stats.response == stations().get_response(trace.id, start)


@pytest.mark.parametrize(
    ("keywords", "removal"),
    [
        ({}, {"output": "VEL", "pre_filt": "auto"}),
        (
            {"units": "DISP", "prefilt": "0.05,0.1,8,10", "waterlevel": 50.0},
            {"output": "DISP", "pre_filt": (0.05, 0.1, 8.0, 10.0), "water_level": 50.0},
        ),
    ],
)
def test_extensions_as_keywords(client: Client, keywords: Any, removal: Any) -> None:
    start, end = MIDNIGHT - 60 + 0.0195, MIDNIGHT + 60 + 0.0195
    (trace,) = client.get_waveforms(*BHZ, start, end, correct=True, **keywords)
    window = Window(ChannelId.parse(nscl(ID)), start, end)
    (result,) = read_windows([window], input_archive(), RemovalParameters(**removal))
    (expected,) = result.segments
    assert trace.stats.starttime == expected.stats.starttime == start
    assert trace.stats.npts == expected.stats.npts == 120 * 40 + 1
    np.testing.assert_array_equal(trace.data, expected.data.astype(np.float32))
    head = "".join(f"{name}={value}\n" for name, value in {"correct": "true", **keywords}.items())
    (bulk,) = client.get_waveforms_bulk(f"{head}CI AAA -- BHZ {start} {end}")
    np.testing.assert_array_equal(bulk.data, trace.data)


def test_more_than_a_reply_holds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """GET is redirected to the stored answer; the refusal of a POST names a size that fits."""
    monkeypatch.setattr("shared.invocation.reply_size.MAX_REPLY_BYTES", 50_000)
    start, end = MIDNIGHT - 600, MIDNIGHT + 600
    assert_same(client.get_waveforms(*BHZ, start, end), truth(start, end, ID))
    halves = [(*BHZ, start, MIDNIGHT), (*BHZ, MIDNIGHT, end)]
    with pytest.raises(FDSNRequestTooLargeException, match=r"request at most about [\d,]+ .*sec"):
        client.get_waveforms_bulk(halves)


def test_a_request_for_too_much(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_OBJECTS", "5")
    with pytest.raises(FDSNRequestTooLargeException, match="need 12 day objects: at most 5"):
        client.get_waveforms("*", "*", "*", "*", START, END)
