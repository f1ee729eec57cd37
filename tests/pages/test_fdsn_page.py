"""The page about FDSN web services: its program, and the example of every route."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.fdsnws.routes import ROUTES
from tests.support.commands import load_app
from tests.support.front_server import served_handler
from tests.support.pages import code, page

PAGE = page("docs/fdsn.md")
BASE = "http://localhost:8000"

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
    program = PAGE.blocks["From ObsPy", "python", 0].replace(BASE, front)
    exec(compile(program, "fdsn.md", "exec"), names)
    assert sorted(trace.id for trace in names["counts"]) == ["CI.BOM..BHN", "CI.BOM..BHZ"]
    (motion,) = names["motion"]
    assert (motion.stats.npts, str(motion.data.dtype)) == (2_400, "float32")
    assert 0 < abs(motion.data).max() < 1e-2  # m/s²; counts are thousands


def test_every_route_has_an_example_that_works(front: str) -> None:
    rows = {code(route)[0]: code(example)[0] for route, _, _, example in PAGE.table("Routes")}
    named = {route.path for route in ROUTES if "*" not in route.path}
    assert set(rows) <= named
    for path, example in rows.items():
        assert example.partition("?")[0] == path
        with urllib.request.urlopen(front + example, timeout=300) as reply:
            assert reply.status == 200
            assert reply.read()


@covers(("station", "json", 0))
def test_the_index_is_made_by_an_event(front: str) -> None:
    report = load_app("timewindow").handler(json.loads(PAGE.blocks["station", "json", 0]), None)
    assert report["files"] == 1
