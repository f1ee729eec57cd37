"""Pyrocko's squirrel with this site as its source, in the environment that has Pyrocko."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from tests.clients.archive import MIDNIGHT, assert_same, nscl, stations, truth
from tests.support.builders import make_trace
from tests.support.commands import PROJECT, clients_program, run_command
from tests.support.http_api import ServedHandler

SCRIPT = PROJECT / "tests" / "clients" / "squirrel.py"
CHANNELS = ["CI.AAA..BHZ", "CI.BBB..BHZ"]


def squirrel(url: str, folder: Path) -> dict[str, Any]:
    """Return the script's result for half an hour around midnight; a folder gets its own files."""
    python = clients_program("python")
    if python is None:
        pytest.skip("Pyrocko is not installed; install it with: make clients")
    span = "2024-01-01 23:50:00", "2024-01-02 00:21:00"
    done = run_command("env", f"HOME={folder}", python, str(SCRIPT), url, str(folder), *span)
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_waveforms_and_responses(served: ServedHandler, tmp_path: Path) -> None:
    found = squirrel(served.url, tmp_path)
    assert found["channels"] == sorted([*CHANNELS, "CI.AAA.10.BHN"])
    stream = Stream()
    for seed_id, start, delta, data in found["traces"]:
        # It gives a time as a float of seconds, which has tenths of microseconds.
        time = UTCDateTime(round(start, 4))
        stream += make_trace(nscl(seed_id), str(time), data, 1 / delta)
    assert_same(stream, truth(MIDNIGHT - 600, MIDNIGHT + 1260, *CHANNELS))
    assert sorted(found["responses"]) == found["channels"]
    for seed_id, values in found["responses"].items():
        response = stations().get_response(seed_id, MIDNIGHT)
        expected = response.get_evalresp_response_for_frequencies(
            np.array(found["frequencies"]), output="VEL"
        )
        np.testing.assert_allclose([complex(*each) for each in values], expected, rtol=1e-6)
    # Its POST has no Content-Type, and so a body in base64.
    posts = [each for each in served.events if each["requestContext"]["http"]["method"] == "POST"]
    assert {each["rawPath"].split("/")[2] for each in posts} == {"dataselect", "station"}
    assert all(each["isBase64Encoded"] for each in posts)
