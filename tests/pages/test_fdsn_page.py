"""The page about FDSN web services: its programs, and the example of every route."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.fdsnws.routes import ROUTES
from shared.fdsnws.services import SERVICES
from tests.support.commands import load_app, run_command
from tests.support.front_server import served_handler
from tests.support.pages import code, page

PAGE = page("docs/fdsn.md")
BLOCKS = PAGE.blocks
BASE = "http://localhost:8000"
SHELL = "From a shell"

covers = PAGE.covers


@pytest.fixture
def front(with_demo_days: S3Server) -> Iterator[str]:
    """The URL of the services over the demo's days of CI.BOM."""
    client = with_demo_days.client
    client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")  # for wildcards
    with served_handler(load_app("timewindow").handler) as server:
        yield server.url
    client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")


@covers(("From ObsPy", "python", 0))
def test_from_obspy(front: str) -> None:
    names: dict[str, Any] = {}
    program = BLOCKS["From ObsPy", "python", 0].replace(BASE, front)
    exec(compile(program, "fdsn.md", "exec"), names)
    assert sorted(trace.id for trace in names["counts"]) == ["CI.BOM..BHN", "CI.BOM..BHZ"]
    assert names["inventory"].get_response("CI.BOM..BHZ", names["start"]).response_stages
    (motion,) = names["motion"]
    assert (motion.stats.npts, str(motion.data.dtype)) == (2_400, "float32")
    assert 0 < abs(motion.data).max() < 1e-2  # m/s²; counts are thousands


@covers((SHELL, "sh", 0), (SHELL, "text", 0))
def test_from_a_shell(front: str, tmp_path: Path) -> None:
    lines = BLOCKS[SHELL, "sh", 0].replace(BASE, front)
    done = run_command("bash", "-euc", lines.replace("curl", "curl -sSf"), cwd=tmp_path)
    assert done.stdout == BLOCKS[SHELL, "text", 0], done.stderr
    counts, lines_of_a_post = (
        obspy.read(str(tmp_path / name)) for name in ("counts.mseed", "lines.mseed")
    )
    assert {trace.id for trace in counts} == {"CI.BOM..BHN", "CI.BOM..BHZ"}
    (vertical,) = counts.select(channel="BHZ")
    assert np.array_equal(lines_of_a_post[0].data, vertical.data)
    assert "CI|BOM||BHZ|" in (tmp_path / "stations.txt").read_text()


def test_every_route_has_an_example_that_works(front: str) -> None:
    rows = {code(route)[0]: row for route, *row in PAGE.table("Routes")}
    assert set(rows) == {route.path for route in ROUTES if "*" not in route.path}
    for path, (methods, _, example) in rows.items():
        (query,) = code(example)
        assert query.partition("?")[0] == path
        with urllib.request.urlopen(front + query, timeout=300) as reply:
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


@covers(("station", "json", 0))
def test_the_index_is_made_by_an_event(front: str) -> None:
    report = load_app("timewindow").handler(json.loads(BLOCKS["station", "json", 0]), None)
    assert report["files"] == 1


@covers(("station", "sh", 0))
def test_the_index_is_made_by_a_line(typed: Any) -> None:
    assert json.loads(typed(BLOCKS["station", "sh", 0]))["missing"] == 0
