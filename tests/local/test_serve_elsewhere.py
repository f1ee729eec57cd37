"""`make serve` with an archive that another server has."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from local.cloud.object_reads import refuse
from local.cloud.s3_front import Front
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.commands import run_command
from tests.support.served import serving
from tests.support.wsgi import listening

FIRST = "2024,001"


@dataclass
class PublicBucket:
    """The archive on AWS: read unsigned, not listed, and all other keys are forbidden.

    Attributes:
        url: of the bucket.
        requests: method and key of each request, and whether it was refused for itself.
    """

    url: str
    requests: list[tuple[str, str, bool]]


@pytest.fixture
def public_bucket(archive: S3Server) -> Iterator[PublicBucket]:
    trace = make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:00.0195", noise(40_000))
    there = {
        put_day(archive, "CI.BOM.BHZ.", FIRST, trace),
        SCEDC.stationxml_keys("CI", "BOM")[0],
    }
    put_station(archive, "CI", "BOM", BHZ=40.0)
    requests: list[tuple[str, str, bool]] = []

    def answer(key: str, request: Request) -> Response | None:
        is_wrong = request.method not in ("GET", "HEAD") or "Authorization" in request.headers
        requests.append((request.method, key, is_wrong))
        if is_wrong or key not in there:
            return refuse(HTTPStatus.FORBIDDEN, "AccessDenied", "Access Denied", request)
        return None

    behind = DomainDispatcherApplication(create_backend_app)
    with listening(Front(behind, {SCEDC.bucket: answer})) as url:
        yield PublicBucket(f"{url}/{SCEDC.bucket}", requests)


def test_a_bucket_elsewhere(public_bucket: PublicBucket, archive: S3Server, tmp_path: Path) -> None:
    """Its objects are read as on AWS, and results stay here."""
    command = [sys.executable, "run_lambda.py", "response", "--day", FIRST]
    with (
        (tmp_path / "serve.log").open("wb") as log,
        serving(log, ARCHIVE=public_bucket.url) as running,
    ):
        local = ["--local", str(running.port), "--nscl"]
        done = run_command(*command, *local, "CI.BOM.BHZ.")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["samples"] == 40_000
        assert "NoWaveformError" in run_command(*command, *local, "CI.BOM.BHN.").stderr
        wild = run_command(*command, *local, "CI.BOM.BH?.")
    assert wild.returncode == 1
    assert "could not list s3://scedc-pds/" in wild.stderr
    assert "AccessDenied" in wild.stderr
    assert {method for method, _, _ in public_bucket.requests} == {"GET", "HEAD"}
    assert not any(is_wrong for _, _, is_wrong in public_bucket.requests)
    assert "Contents" not in archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
    assert [path.name for path in tmp_path.rglob("*.ms")] == ["CIBOM__BHZ___2024001.ms"]
