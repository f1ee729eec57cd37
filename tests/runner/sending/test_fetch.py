"""Fetching an object of S3 into a file: whole and checked, or not at all."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from runner.errors import CallError
from runner.sending import fetch as module
from runner.sending.fetch import description_of, fetch
from runner.sending.target import Target
from tests.support.faulty_s3 import FaultyS3, Respond, faulty_s3
from tests.support.s3_faults import half, reset_in_body

KEY = "noresp/2024/2024_001/CIBOM__BHZ___2024001.ms"
URI = f"s3://{OUTPUT_BUCKET}/{KEY}"
CONTENT = bytes(range(256)) * 40
METADATA = {"units": "m/s", "sampling-rate": "40.0", "gaps": "[]", "parameters": '{"output":"VEL"}'}


@pytest.fixture(scope="module")
def proxy(s3_server: S3Server) -> Iterator[FaultyS3]:
    with faulty_s3(s3_server) as proxy:
        yield proxy


@pytest.fixture
def bucket(
    archive: S3Server, proxy: FaultyS3, monkeypatch: pytest.MonkeyPatch
) -> Iterator[S3Server]:
    """The server with one result, which the runner reaches through the proxy."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
    archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=KEY, Body=CONTENT, Metadata=METADATA)
    proxy.begin()
    yield archive
    proxy.end()


def get(path: Path, uri: str = URI) -> bool:
    return fetch(Target("fetch").download_client(1), uri, path)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_content_and_its_description(bucket: S3Server, tmp_path: Path) -> None:
    path = tmp_path / "some" / "day.ms"
    assert get(path)
    assert path.read_bytes() == CONTENT
    described = json.loads((tmp_path / "some" / "day.ms.json").read_text())
    assert described.pop("modified").endswith("+00:00")
    assert described == {
        "uri": URI,
        "etag": hashlib.md5(CONTENT).hexdigest(),
        "bytes": len(CONTENT),
        "metadata": {
            "units": "m/s",
            "sampling_rate": 40.0,
            "gaps": [],
            "parameters": {"output": "VEL"},
        },
    }
    assert files(tmp_path) == ["day.ms", "day.ms.json"]


def test_a_file_of_the_object_is_kept(bucket: S3Server, proxy: FaultyS3, tmp_path: Path) -> None:
    path = tmp_path / "day.ms"
    get(path)
    path.touch()
    before = path.stat()
    assert not get(path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [method for method, _ in proxy.requests] == ["GET", "GET"]


@pytest.mark.parametrize("change", ["content", "shorter", "removed", "half description"])
def test_it_is_fetched_again(bucket: S3Server, tmp_path: Path, change: str) -> None:
    path, wanted = tmp_path / "day.ms", CONTENT
    get(path)
    if change == "content":
        wanted = CONTENT[::-1]  # of the same length
        bucket.client.put_object(Bucket=OUTPUT_BUCKET, Key=KEY, Body=wanted)
    elif change == "shorter":
        os.truncate(path, 100)
    elif change == "removed":
        path.unlink()
    else:
        os.truncate(path, 100)
        described = json.loads(description_of(path).read_text())
        description_of(path).write_text(json.dumps({**described, "bytes": 7}))
    assert get(path)
    assert path.read_bytes() == wanted
    assert json.loads(description_of(path).read_text())["etag"] == hashlib.md5(wanted).hexdigest()


def test_an_etag_with_a_dash_is_no_md5(bucket: S3Server, tmp_path: Path) -> None:
    """As of objects that were uploaded in parts."""
    client, names = bucket.client, {"Bucket": OUTPUT_BUCKET, "Key": KEY}
    upload = client.create_multipart_upload(**names)["UploadId"]
    part = client.upload_part(**names, UploadId=upload, PartNumber=1, Body=CONTENT)
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    client.complete_multipart_upload(**names, UploadId=upload, MultipartUpload={"Parts": parts})
    path = tmp_path / "day.ms"
    assert get(path)
    assert path.read_bytes() == CONTENT
    assert json.loads(description_of(path).read_text())["etag"].endswith("-1")
    assert not get(path)
    bucket.client.put_object(Bucket=OUTPUT_BUCKET, Key=KEY, Body=CONTENT)  # another ETag
    assert get(path)


def flipped(exchange, forward):
    """Send the object with a flipped bit, and without the checksum that would show it."""
    reply = forward()
    body = bytes([reply.body[0] ^ 1]) + reply.body[1:]
    reply.headers = {n: t for n, t in reply.headers.items() if "checksum" not in n.lower()}
    exchange.send(reply.head() + body)


def encrypted(exchange, forward):
    """Send the object as if a key of KMS encrypted it: then the ETag is no MD5."""
    reply = forward()
    kms = {"x-amz-server-side-encryption": "aws:kms", "ETag": f'"{"0" * 32}"'}
    reply.headers = {n: t for n, t in reply.headers.items() if n.lower() != "etag"} | kms
    exchange.send(reply.head() + reply.body)


@pytest.mark.parametrize("fault", [flipped, reset_in_body])
def test_a_damaged_or_interrupted_download_leaves_nothing(
    bucket: S3Server, proxy: FaultyS3, tmp_path: Path, fault: Respond
) -> None:
    proxy.add(fault, times=1)
    path = tmp_path / "day.ms"
    with pytest.raises(CallError) as caught:
        get(path)
    assert caught.value.transient
    assert not caught.value.fatal
    assert URI in str(caught.value)
    assert files(tmp_path) == []
    assert get(path)
    assert path.read_bytes() == CONTENT


def test_an_interrupted_download_keeps_the_earlier_file(
    bucket: S3Server, proxy: FaultyS3, tmp_path: Path
) -> None:
    path = tmp_path / "day.ms"
    get(path)
    described = description_of(path).read_text()
    bucket.client.put_object(Bucket=OUTPUT_BUCKET, Key=KEY, Body=CONTENT[::-1])
    proxy.add(half, times=1)
    with pytest.raises(CallError):
        get(path)
    assert path.read_bytes() == CONTENT
    assert description_of(path).read_text() == described
    assert files(tmp_path) == ["day.ms", "day.ms.json"]


def test_the_etag_of_an_encrypted_object_is_no_md5(
    bucket: S3Server, proxy: FaultyS3, tmp_path: Path
) -> None:
    proxy.add(encrypted)
    assert get(tmp_path / "day.ms")


@pytest.mark.parametrize(
    ("uri", "kind", "is_fatal"),
    [
        (f"s3://{OUTPUT_BUCKET}/noresp/none.ms", "NoResult", False),
        ("s3://no-such-bucket-of-mine/x", "NoSuchBucket", True),
        ("s3://nothing", "BadUri", False),
        ("https://example.com/x", "BadUri", False),
    ],
)
def test_results_that_are_not_there(
    bucket: S3Server, tmp_path: Path, uri: str, kind: str, is_fatal: bool
) -> None:
    with pytest.raises(CallError) as caught:
        get(tmp_path / "day.ms", uri)
    assert (caught.value.kind, caught.value.fatal) == (kind, is_fatal)
    assert not caught.value.transient
    assert files(tmp_path) == []


@pytest.mark.parametrize("described", ["", "{}", '{"uri": "s3://b/other", "bytes": 3, "etag": ""}'])
def test_files_from_elsewhere_are_not_overwritten(
    bucket: S3Server, tmp_path: Path, described: str
) -> None:
    """In SDS, a result has the name of its recording."""
    path = tmp_path / "day.ms"
    path.write_bytes(b"raw")
    if described:
        description_of(path).write_text(described)
    with pytest.raises(CallError, match=r"day\.ms is .*: move it, or choose another folder"):
        get(path)
    assert path.read_bytes() == b"raw"


def test_a_full_disk_ends_the_run(
    bucket: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_checked", full)
    with pytest.raises(CallError, match="No space left") as caught:
        get(tmp_path / "day.ms")
    assert caught.value.fatal
