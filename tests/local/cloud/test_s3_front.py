"""The output bucket as a folder: whatever S3 accepts becomes a file."""

import io
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.cloud.results_folder import ResultsFolder
from local.cloud.s3_front import Front, kept
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from local.cloud.wsgi_server import PortError
from tests.support.wsgi import listening

ONCE = {"total_max_attempts": 1}


@pytest.fixture
def results(tmp_path: Path) -> ResultsFolder:
    return ResultsFolder(tmp_path / "results")


@pytest.fixture
def url(archive: S3Server, results: ResultsFolder) -> Iterator[str]:
    """A server whose other buckets are those of `archive`."""
    behind = DomainDispatcherApplication(create_backend_app)
    with listening(Front(behind, {OUTPUT_BUCKET: kept(OUTPUT_BUCKET, results, behind)})) as where:
        yield where


@pytest.fixture
def s3(url: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=url, config=Config(signature_version="s3v4", retries=ONCE)
    )


def test_an_object_becomes_a_file_and_leaves_memory(
    s3: Any, tmp_path: Path, archive: S3Server
) -> None:
    content, key = b"12345" * 1000, "a b/c+d.ms"
    # A stream is sent in chunks, with a checksum after them.
    written = s3.put_object(Bucket=OUTPUT_BUCKET, Key=key, Body=io.BytesIO(content))
    assert (tmp_path / "results" / key).read_bytes() == content
    assert "Contents" not in archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
    head = s3.head_object(Bucket=OUTPUT_BUCKET, Key=key)
    assert (head["ContentLength"], head["ETag"]) == (len(content), written["ETag"])
    s3.delete_object(Bucket=OUTPUT_BUCKET, Key=key)
    assert not list((tmp_path / "results").rglob("*.ms*"))


def test_many_may_write_one_object_at_once(s3: Any, tmp_path: Path) -> None:
    """As functions do that were asked for the same large reply; the server behind fails at it."""
    content = b"12345" * 100_000

    def put(_: int) -> str:
        etag: str = s3.put_object(Bucket=OUTPUT_BUCKET, Key="same", Body=content)["ETag"]
        return etag

    with ThreadPoolExecutor(8) as pool:
        etags = set(pool.map(put, range(32)))
    assert len(etags) == 1
    assert (tmp_path / "results" / "same").read_bytes() == content


def test_parts_become_one_file_when_they_are_complete(s3: Any, tmp_path: Path) -> None:
    place = {"Bucket": OUTPUT_BUCKET, "Key": "parts.ms"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    tag = s3.upload_part(**upload, PartNumber=1, Body=b"12")["ETag"]
    assert not list((tmp_path / "results").iterdir())
    s3.complete_multipart_upload(
        **upload, MultipartUpload={"Parts": [{"ETag": tag, "PartNumber": 1}]}
    )
    assert s3.get_object(**place)["Body"].read() == b"12"
    assert (tmp_path / "results" / "parts.ms").read_bytes() == b"12"


def test_results_are_private_but_for_signed_links(s3: Any, url: str) -> None:
    place = {"Bucket": OUTPUT_BUCKET, "Key": "a"}
    s3.put_object(**place, Body=b"12")
    config = Config(signature_version=UNSIGNED, retries=ONCE)
    with pytest.raises(ClientError, match="AccessDenied"):
        boto3.client("s3", endpoint_url=url, config=config).get_object(**place)
    link = s3.generate_presigned_url("get_object", Params=place)
    with urllib.request.urlopen(link) as reply:
        assert reply.read() == b"12"
    # A browser that was redirected to the link from another host's page.
    page = urllib.request.Request(link, headers={"Origin": "null"})
    with urllib.request.urlopen(page) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.read() == b"12"


def test_a_full_disk_is_an_error(
    s3: Any, results: ResultsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(results, "put", full)
    with pytest.raises(ClientError, match=r"InternalError.*No space left"):
        s3.put_object(Bucket=OUTPUT_BUCKET, Key="a", Body=b"12")


def test_a_taken_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"cannot listen on port {port}: .*in use"):
            S3Server(port=port).__enter__()
