"""Downloads into memory: from a real server, and from servers that fail."""

from dataclasses import replace

import pytest

from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.aws.s3_read import ObjectPart
from shared.errors import NoSuchObjectError, S3Error, SettingsError
from tests.support.s3_failures import OBJECT, refused
from tests.support.tiny_server import BODY, CREDENTIALS, SLOW_DOWN, s3_error


@pytest.mark.parametrize("size", [0, 1, 100_000, 33 * 1024**2], ids="{} bytes".format)
def test_download(archive, size):
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    archive.put("folder/day.ms", content)
    head = archive.client.head_object(Bucket=SCEDC.bucket, Key="folder/day.ms")
    assert s3_read.download(OBJECT) == ObjectPart(content, 0, size, head["ETag"])


def test_missing_object(archive):
    refused(NoSuchObjectError)


def test_private_object(archive):
    """The bucket can be listed, so a missing object would answer 404."""
    archive.client.put_object(Bucket=SCEDC.bucket, Key="folder/day.ms", Body=b"private")
    assert "S3 refused it with 403" in refused(S3Error).message


def test_download_from_a_missing_bucket(archive, monkeypatch):
    """The setting is at fault, not the request."""
    monkeypatch.setenv("S3_INPUT_BUCKET", "no-such-bucket")
    refused(SettingsError, bucket="no-such-bucket")
    with pytest.raises(SettingsError, match="no-such-bucket/key: there is no such bucket"):
        s3_read.read_part(replace(SCEDC, bucket="no-such-bucket").object("key"), 0)


def test_reading_is_unsigned_even_where_there_are_credentials(tiny_server):
    with tiny_server(lambda exchange: exchange.reply_with_object()) as server:
        assert s3_read.download(OBJECT).content == BODY
    assert sorted(request.command for request in server.requests) == ["GET", "HEAD"]
    for request in server.requests:
        assert request.path == f"/{SCEDC.bucket}/folder/day.ms"
        assert request.headers["Authorization"] is None
        assert not [name for name in request.headers if "security-token" in name.lower()]
        assert "X-Amz-Signature" not in request.path


def test_reading_needs_no_credentials(tiny_server, monkeypatch):
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    with tiny_server(lambda exchange: exchange.reply_with_object()):
        assert s3_read.download(OBJECT).content == BODY


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "NoSuchKey", NoSuchObjectError),
        (403, "AccessDenied", NoSuchObjectError),
        (412, "PreconditionFailed", S3Error),
        (500, "InternalError", S3Error),
    ],
)
@pytest.mark.parametrize("command", ["HEAD", "GET"])
def test_download_is_refused(tiny_server, command, status, code, error):
    """At the HEAD, or at the GET alone: an object may be removed in between."""

    def respond(exchange):
        if exchange.command == command or "list-type" in exchange.path:
            exchange.reply(status, s3_error(code))
        else:
            exchange.reply_with_object()

    with tiny_server(respond) as server:
        refused(error)
    objects = [request for request in server.requests if "list-type" not in request.path]
    assert sorted(request.command for request in objects) == ["GET", "HEAD"]
    assert len(server.requests) - len(objects) == (status == 403)


def test_one_slow_down_is_retried(tiny_server, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")

    def respond(exchange):
        if len(exchange.server.requests) == 1:
            exchange.reply(503, SLOW_DOWN)
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        assert s3_read.download(OBJECT).content == BODY


def test_body_breaks_off(tiny_server):
    def respond(exchange):
        if exchange.command == "HEAD":
            exchange.reply_with_object()
        else:
            exchange.reply_with_object(BODY[:100], length=len(BODY))

    with tiny_server(respond) as server:
        refused(S3Error)
    assert "GET" in {request.command for request in server.requests}


def test_body_that_breaks_off_once_is_read_again(tiny_server):
    def respond(exchange):
        if exchange.command == "GET" and len(exchange.server.requests) == 2:
            exchange.reply_with_object(BODY[:100], length=len(BODY))
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        assert s3_read.download(OBJECT).content == BODY


@pytest.mark.parametrize("command", ["HEAD", "GET"])
def test_answer_never_comes(tiny_server, command):
    def respond(exchange):
        if exchange.command == command:
            exchange.server.over.wait(60)
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        refused(S3Error)


def test_body_stops_without_an_end(tiny_server):
    def respond(exchange):
        if exchange.command == "HEAD":
            exchange.reply_with_object()
        else:
            exchange.reply_with_object(BODY[:100], length=len(BODY))
            exchange.wfile.flush()
            exchange.server.over.wait(60)

    with tiny_server(respond):
        refused(S3Error)
