"""Uploads and links: to a real server, and to servers that fail."""

import urllib.parse
import urllib.request

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.aws import _clients, s3_write
from shared.errors import S3Error
from tests.support.s3_failures import refused_upload
from tests.support.tiny_server import BODY, CREDENTIALS, s3_error


def test_upload(archive):
    metadata = {"units": "m/s", "parameters": '{"output":"VEL"}', "empty": ""}
    media_type = "application/vnd.fdsn.mseed"
    s3_write.upload(BODY, OUTPUT_BUCKET, "noresp/day.ms", media_type, metadata=metadata)
    stored = archive.client.get_object(Bucket=OUTPUT_BUCKET, Key="noresp/day.ms")
    assert stored["Body"].read() == BODY
    assert stored["ContentType"] == "application/vnd.fdsn.mseed"
    assert stored["Metadata"] == metadata


def test_upload_replaces(archive):
    for content, metadata in ((b"first", {"a": "1"}), (b"second", {"b": "2"})):
        s3_write.upload(content, OUTPUT_BUCKET, "key", "text/plain", metadata=metadata)
    stored = archive.client.get_object(Bucket=OUTPUT_BUCKET, Key="key")
    assert stored["Body"].read() == b"second"
    assert stored["Metadata"] == {"b": "2"}


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_upload_and_a_link(archive, encoding):
    key = "windows/a b+é.zip"
    s3_write.upload(BODY, OUTPUT_BUCKET, key, "application/zip", content_encoding=encoding)
    url = s3_write.presigned_url(OUTPUT_BUCKET, key, 60)
    with urllib.request.urlopen(url) as response:
        assert response.read() == BODY
        assert response.headers["Content-Type"] == "application/zip"
        assert response.headers["Content-Encoding"] == encoding


@pytest.mark.parametrize("status", [200, 301, 403])
def test_link_is_signed_for_the_region_of_the_bucket(tiny_server, status):
    def respond(exchange):
        at_home = "eu-central-1" in exchange.headers["Authorization"]
        exchange.reply(200 if at_home else status, x_amz_bucket_region="eu-central-1")

    with tiny_server(respond) as server:
        for _ in range(2):
            url = s3_write.presigned_url(f"elsewhere-{status}", "key", 60)
            assert "%2Feu-central-1%2Fs3%2Faws4_request" in url
        assert {request.command for request in server.requests} == {"HEAD"}
        assert len(server.requests) <= 3  # none for the second link


def test_link_is_signed_for_our_region_if_s3_does_not_give_the_bucket_s(tiny_server):
    with tiny_server(lambda exchange: exchange.reply(403)):
        assert "%2Fus-west-2%2Fs3%2Faws4_request" in s3_write.presigned_url("silent", "key", 60)


def test_link_carries_a_session_token(archive, monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-role")
    assert "X-Amz-Security-Token=of-the-role" in s3_write.presigned_url(OUTPUT_BUCKET, "key", 60)


def test_link_without_credentials():
    with pytest.raises(S3Error, match="sign a link to s3://b/k: Unable to locate credentials"):
        s3_write.presigned_url("b", "k", 60)


def test_upload_to_a_missing_bucket(archive):
    error = refused_upload(bucket="no-such-bucket")
    assert error.details["code"] == "NoSuchBucket"


def test_writing_is_signed_and_one_request(tiny_server, monkeypatch):
    monkeypatch.setattr(_clients, "_READ_TIMEOUT_S", 60)
    content = BODY * 1024 * 33  # boto3 would upload it in parts
    with tiny_server(lambda exchange: exchange.reply(200, ETag='"0"')) as server:
        s3_write.upload(
            content, OUTPUT_BUCKET, "noresp/day.ms", "text/plain", metadata={"units": "m/s"}
        )
    [request] = server.requests
    assert request.command == "PUT"
    assert urllib.parse.urlsplit(request.path).path == f"/{OUTPUT_BUCKET}/noresp/day.ms"
    assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=local/")
    assert "/us-west-2/s3/" in request.headers["Authorization"]
    assert request.headers["Content-Type"] == "text/plain"
    assert request.headers["x-amz-meta-units"] == "m/s"
    assert request.body == content


def test_upload_without_credentials(tiny_server, monkeypatch):
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    with tiny_server(lambda exchange: exchange.reply(200, ETag='"0"')) as server:
        assert "credentials" in refused_upload().message
        assert server.requests == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "NoSuchBucket"),
        (403, "AccessDenied"),
        (500, "InternalError"),
    ],
)
def test_upload_is_refused(tiny_server, status, code):
    with tiny_server(lambda exchange: exchange.reply(status, s3_error(code))):
        assert refused_upload().details["code"] == code


def test_upload_is_never_answered(tiny_server):
    def respond(exchange):
        exchange.server.over.wait(60)

    with tiny_server(respond):
        refused_upload()


def test_metadata_that_s3_cannot_hold(archive):
    with pytest.raises(S3Error):
        s3_write.upload(BODY, OUTPUT_BUCKET, "key", "text/plain", metadata={"units": "µm/s"})
