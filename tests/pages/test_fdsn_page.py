"""The page about FDSN web services: its programs, and the example of every route."""

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest
import requests
from obspy.clients.fdsn import Client, mass_downloader

from shared.fdsnws.routes import ROUTES
from shared.fdsnws.services import SERVICES
from tests.pages.typed import post
from tests.support.commands import PROJECT
from tests.support.pages import code, page
from tests.support.served import Served

PAGE = page("docs/fdsn.md")
BLOCKS = PAGE.blocks
BASE = "http://localhost:8000"
SHELL = "From a shell"
CLIENTS = [(client, *code(line), test) for client, line, test in PAGE.table("Clients")]
OBSPY = {client: line for client, line, _ in CLIENTS if "Client(URL)" in line or "Mass" in line}

covers = PAGE.covers


@covers(("From ObsPy", "python", 0))
def test_from_obspy(served: Served) -> None:
    names: dict[str, Any] = {}
    program = BLOCKS["From ObsPy", "python", 0].replace(BASE, served.http_url)
    exec(compile(program, "fdsn.md", "exec"), names)
    assert sorted(trace.id for trace in names["counts"]) == ["CI.BOM..BHN", "CI.BOM..BHZ"]
    assert names["inventory"].get_response("CI.BOM..BHZ", names["start"]).response_stages
    (motion,) = names["motion"]
    assert (motion.stats.npts, str(motion.data.dtype)) == (2_400, "float32")
    assert 0 < abs(motion.data).max() < 1e-2  # m/s²; counts are thousands


@covers((SHELL, "sh", 0), (SHELL, "text", 0))
def test_from_a_shell(typed: Callable[..., str], tmp_path: Path) -> None:
    assert typed(BLOCKS[SHELL, "sh", 0]) == BLOCKS[SHELL, "text", 0]
    counts, lines_of_a_post = (
        obspy.read(str(tmp_path / name)) for name in ("counts.mseed", "lines.mseed")
    )
    assert {trace.id for trace in counts} == {"CI.BOM..BHN", "CI.BOM..BHZ"}
    (vertical,) = counts.select(channel="BHZ")
    assert np.array_equal(lines_of_a_post[0].data, vertical.data)
    assert "CI|BOM||BHZ|" in (tmp_path / "stations.txt").read_text()


def test_every_route_has_an_example_that_works(served: Served) -> None:
    rows = {code(route)[0]: row for route, *row in PAGE.table("Routes")}
    assert set(rows) == {route.path for route in ROUTES if "*" not in route.path}
    for path, (methods, _, example) in rows.items():
        (query,) = code(example)
        assert query.partition("?")[0] == path
        with urllib.request.urlopen(served.http_url + query, timeout=300) as reply:
            assert reply.status == 200
            assert reply.read()
        allowed = {name for route in ROUTES if route.path == path for name in route.methods}
        assert set(methods.split(", ")) <= allowed | {"POST"}


def test_parameters_of_dataselect() -> None:
    known = SERVICES["dataselect"].names("query")
    for name, default, _ in PAGE.table("dataselect"):
        assert known[code(name)[0]].default_text == "".join(code(default))
    named = set(re.findall(r"`(\w+)`", PAGE.sections["availability"]))
    methods = SERVICES["availability"].methods
    parameters = {each.name for method in methods.values() for each in method}
    assert {"merge", "mergegaps", "orderby", "show", "limit", "excludetoolarge"} <= named
    assert {"merge", "mergegaps", "orderby", "show", "limit", "excludetoolarge"} <= parameters


@pytest.mark.parametrize("client", OBSPY)
def test_lines_of_obspys_clients(
    client: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests of tests/clients compare the samples and the metadata with the archive's."""
    monkeypatch.chdir(tmp_path)
    start = obspy.UTCDateTime("2024-01-01")
    names = {"Client": Client, "URL": served.http_url, "t": start, "requests": requests}
    found = eval(OBSPY[client], {**vars(mass_downloader), **names})
    if "mass" in client:  # files, in place of a value
        found = obspy.read("waveforms/CI.BOM..BHZ*")
        assert [path.name for path in tmp_path.glob("stations/*")] == ["CI.BOM.xml"]
    ids = {each.id for each in found} if isinstance(found, obspy.Stream) else channels(found)
    assert "CI.BOM..BHZ" in ids


def channels(inventory: obspy.Inventory) -> set[str]:
    """Return the SEED ids of all channels."""
    return set(inventory.get_contents()["channels"])


def test_each_client_has_its_tests() -> None:
    assert len(OBSPY) == 8
    for _, _, tests in CLIENTS:
        for name in code(tests):
            assert (PROJECT / "tests" / "clients" / name).is_file()


@covers(("station", "json", 0))
def test_the_index_is_made_by_an_event(served: Served) -> None:
    report = post(served.url_of("timewindow"), BLOCKS["station", "json", 0].encode())
    assert report["files"] == 2


@covers(("station", "sh", 0))
def test_the_index_is_made_by_a_line(typed: Callable[..., str]) -> None:
    assert json.loads(typed(BLOCKS["station", "sh", 0]))["missing"] == 0
