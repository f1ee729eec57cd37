"""The benchmarks' S3 server answers boto3 as S3 does."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.servers.object_server import ObjectServer
from benchmarks.servers.server_process import ServerProcess
from shared.archive.scedc import SCEDC
from shared.aws import s3_read

CONTENT = bytes(range(256)) * 40
ETAG = f'"{hashlib.md5(CONTENT).hexdigest()}"'
OBJECT = {"Bucket": "a-bucket", "Key": "a folder/object.ms"}
NAME = "a-bucket/a folder/object.ms"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "served" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (path.parent / "empty").write_bytes(b"")
    return tmp_path / "served"


@pytest.fixture
def server(folder: Path) -> Iterator[ObjectServer]:
    with ObjectServer(folder) as server:
        yield server


def client_of(port: int) -> Any:
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 1})
    return boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-west-2", config=config
    )


@pytest.fixture
def client(server: ObjectServer) -> Any:
    return client_of(server.port)


def test_a_whole_object(client: Any, server: ObjectServer) -> None:
    answer = client.get_object(**OBJECT)
    assert answer["Body"].read() == CONTENT
    assert answer["ContentLength"] == len(CONTENT)
    assert answer["ETag"] == ETAG
    assert "ContentRange" not in answer
    assert server.counts() == {NAME: [1, len(CONTENT)]}


@pytest.mark.parametrize(
    ("byte_range", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=512-1023", 512, 1024),
        ("bytes=10000-", 10_000, 10_240),
        ("bytes=10000-99999", 10_000, 10_240),
        ("bytes=-512", 9_728, 10_240),
        ("bytes=-99999", 0, 10_240),
    ],
)
def test_a_part(client: Any, server: ObjectServer, byte_range: str, first: int, end: int) -> None:
    answer = client.get_object(**OBJECT, Range=byte_range)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["Body"].read() == CONTENT[first:end]
    assert answer["ContentRange"] == f"bytes {first}-{end - 1}/{len(CONTENT)}"
    assert answer["ETag"] == ETAG
    assert server.counts() == {NAME: [1, end - first]}


@pytest.mark.parametrize("byte_range", ["bytes=0-1,4-5", "bytes=-", "lines=1-2", "bytes=5-2"])
def test_anything_but_a_single_range_is_ignored(client: Any, byte_range: str) -> None:
    assert client.get_object(**OBJECT, Range=byte_range)["Body"].read() == CONTENT


@pytest.mark.parametrize("byte_range", ["bytes=10240-", "bytes=99999-100000", "bytes=-0"])
def test_a_part_beyond_the_end(client: Any, server: ObjectServer, byte_range: str) -> None:
    with pytest.raises(ClientError) as caught:
        client.get_object(**OBJECT, Range=byte_range)
    error = caught.value.response["Error"]
    assert (error["Code"], error["ActualObjectSize"]) == ("InvalidRange", str(len(CONTENT)))
    assert server.counts() == {NAME: [1, 0]}


def test_a_condition(client: Any) -> None:
    assert client.get_object(**OBJECT, IfMatch=ETAG)["Body"].read() == CONTENT
    with pytest.raises(ClientError) as caught:
        client.get_object(**OBJECT, IfMatch='"other"', Range="bytes=0-1")
    assert caught.value.response["Error"]["Code"] == "PreconditionFailed"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412


def test_no_such_object(client: Any) -> None:
    with pytest.raises(ClientError) as caught:
        client.get_object(Bucket="a-bucket", Key="other")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"
    with pytest.raises(ClientError) as caught:
        client.head_object(Bucket="a-bucket", Key="other")
    assert caught.value.response["Error"]["Code"] == "404"
    assert client.get_object(**OBJECT)["Body"].read() == CONTENT  # the connection is still good


def test_the_head_of_an_object(client: Any, server: ObjectServer) -> None:
    answer = client.head_object(**OBJECT)
    assert (answer["ContentLength"], answer["ETag"]) == (len(CONTENT), ETAG)
    assert server.counts() == {NAME: [1, 0]}


def test_an_empty_object(client: Any) -> None:
    assert client.get_object(Bucket="a-bucket", Key="a folder/empty")["Body"].read() == b""


def test_a_download_in_parts(client: Any, folder: Path, tmp_path: Path) -> None:
    content = bytes(20 * 1024**2)
    (folder / "a-bucket" / "large").write_bytes(content)
    with ObjectServer(folder) as server:
        client_of(server.port).download_file("a-bucket", "large", str(tmp_path / "file"))
        requests, size = server.counts()["a-bucket/large"]
    assert (tmp_path / "file").read_bytes() == content
    assert (requests, size) == (4, len(content))  # a HEAD, and parts of 8 MB


def test_our_reader_reads_it(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.port}")
    source = replace(SCEDC, bucket=OBJECT["Bucket"]).object(OBJECT["Key"])
    part = s3_read.read_part(source, 100, 199)
    assert part == s3_read.ObjectPart(CONTENT[100:200], first=100, size=len(CONTENT), etag=ETAG)
    with pytest.raises(s3_read.ObjectChangedError):
        s3_read.read_part(source, 100, 199, etag='"other"')


def test_in_a_process_of_its_own(folder: Path) -> None:
    with ServerProcess("benchmarks.servers.object_server", str(folder)) as server:
        assert client_of(server.port).get_object(**OBJECT)["Body"].read() == CONTENT
        assert server.counts() == {NAME: [1, len(CONTENT)]}


def test_a_server_that_does_not_start() -> None:
    with (
        pytest.raises(RuntimeError, match="has ended"),
        ServerProcess("benchmarks.servers.object_server", "--unknown"),
    ):
        pass
