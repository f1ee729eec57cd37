"""S3: against a real server, and against ones that fail in every way."""

import threading
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.scedc import SCEDC
from shared.aws import _config, s3_client, s3_read, s3_write
from shared.errors import NoSuchObjectError, S3Error, SettingsError

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
BODY = b"sixteen bytes !!" * 64


def s3_error(code):
    return f"<Error><Code>{code}</Code><Message>because</Message></Error>".encode()


class TinyServer(ThreadingHTTPServer):
    """An HTTP server whose answers a test decides, and which remembers what it was asked."""

    daemon_threads = False

    def __init__(self, respond):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.respond = respond
        self.requests = []
        self.over = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = SimpleNamespace(
            command=self.command, path=self.path, headers=self.headers, body=body
        )
        self.server.requests.append(request)
        self.close_connection = True
        self.server.respond(self)

    do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        length = headers.pop("length", len(body))
        self.send_header("Connection", "close")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_with_object(self, body=BODY, **headers):
        modified = "Tue, 02 Jul 2019 00:00:00 GMT"
        self.reply(200, body, ETag='"0"', Last_Modified=modified, **headers)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def tiny_server(monkeypatch):
    """Starts a server, as S3 of this test."""

    @contextmanager
    def running(respond):
        server = TinyServer(respond)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        s3_client.forget_clients()
        try:
            yield server
        finally:
            server.over.set()
            s3_client.forget_clients()
            server.shutdown()
            thread.join()
            server.server_close()

    for name, value in {
        **CREDENTIALS,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_RETRY_MODE": "standard",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_config, "_READ_TIMEOUT_S", 0.5)
    monkeypatch.setattr(_config, "_CONNECT_TIMEOUT_S", 0.5)
    return running


@pytest.fixture
def target(tmp_path):
    """A path to download to, in a folder of its own."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder / "day.ms"


def refused(error, target, bucket=SCEDC.bucket, key="folder/day.ms"):
    """The error of a download, which must leave nothing behind."""
    with pytest.raises(error) as caught:
        s3_read.download(replace(SCEDC, bucket=bucket).object(key), target)
    assert type(caught.value) is error
    assert list(target.parent.iterdir()) == []
    assert f"s3://{bucket}/{key}" in caught.value.message
    assert caught.value.details["object"] == f"s3://{bucket}/{key}"
    assert caught.value.__cause__ is not None
    return caught.value


def refused_upload(tmp_path, bucket=OUTPUT_BUCKET, key="noresp/day.ms"):
    path = tmp_path / "result.ms"
    path.write_bytes(BODY)
    with pytest.raises(S3Error) as caught:
        s3_write.upload(path, bucket, key, "text/plain", {})
    assert type(caught.value) is S3Error
    assert f"s3://{bucket}/{key}" in caught.value.message
    assert caught.value.details["object"] == f"s3://{bucket}/{key}"
    assert caught.value.__cause__ is not None
    return caught.value


def test_uri():
    assert s3_client.uri("scedc-pds", "a/b.ms") == "s3://scedc-pds/a/b.ms"


# A server that works


@pytest.mark.parametrize("size", [0, 1, 100_000, 33 * 1024**2], ids="{} bytes".format)
def test_download(archive, target, size):
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    archive.put("folder/day.ms", content)
    s3_read.download(SCEDC.object("folder/day.ms"), target)
    assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]


def test_download_takes_the_place_of_a_file(archive, target):
    archive.put("key", b"new")
    target.write_bytes(b"an older and longer one")
    s3_read.download(SCEDC.object("key"), target)
    assert target.read_bytes() == b"new"


def test_upload(archive, tmp_path):
    path = tmp_path / "result.ms"
    path.write_bytes(BODY)
    metadata = {"units": "m/s", "parameters": '{"output":"VEL"}', "empty": ""}
    s3_write.upload(path, OUTPUT_BUCKET, "noresp/day.ms", "application/vnd.fdsn.mseed", metadata)
    stored = archive.client.get_object(Bucket=OUTPUT_BUCKET, Key="noresp/day.ms")
    assert stored["Body"].read() == BODY
    assert stored["ContentType"] == "application/vnd.fdsn.mseed"
    assert stored["Metadata"] == metadata


def test_upload_replaces(archive, tmp_path):
    path = tmp_path / "result.ms"
    for content, metadata in ((b"first", {"a": "1"}), (b"second", {"b": "2"})):
        path.write_bytes(content)
        s3_write.upload(path, OUTPUT_BUCKET, "key", "text/plain", metadata)
    stored = archive.client.get_object(Bucket=OUTPUT_BUCKET, Key="key")
    assert stored["Body"].read() == b"second"
    assert stored["Metadata"] == {"b": "2"}


def test_missing_object(archive, target):
    refused(NoSuchObjectError, target)


def test_private_object(archive, target):
    archive.client.put_object(Bucket=SCEDC.bucket, Key="folder/day.ms", Body=b"private")
    refused(NoSuchObjectError, target)


def test_download_from_a_missing_bucket(archive, target, monkeypatch):
    """It is not the request's fault, nor is anything of the archive missing."""
    monkeypatch.setenv("S3_INPUT_BUCKET", "no-such-bucket")
    refused(SettingsError, target, bucket="no-such-bucket")
    with pytest.raises(SettingsError, match="no-such-bucket/key: there is no such bucket"):
        s3_read.read_part(replace(SCEDC, bucket="no-such-bucket").object("key"), 0)


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_upload_of_bytes_and_a_link_to_them(archive, encoding):
    s3_write.upload_bytes(BODY, OUTPUT_BUCKET, "windows/a b+é.zip", "application/zip", encoding)
    url = s3_write.presigned_url(OUTPUT_BUCKET, "windows/a b+é.zip", 60)
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
        assert len(server.requests) <= 3  # and none for the second link


def test_link_is_signed_for_our_region_where_s3_does_not_say(tiny_server):
    with tiny_server(lambda exchange: exchange.reply(403)):
        assert "%2Fus-west-2%2Fs3%2Faws4_request" in s3_write.presigned_url("silent", "key", 60)


def test_link_carries_a_session_token(archive, monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-role")
    assert "X-Amz-Security-Token=of-the-role" in s3_write.presigned_url(OUTPUT_BUCKET, "key", 60)


def test_link_without_credentials():
    with pytest.raises(S3Error, match="sign a link to s3://b/k: Unable to locate credentials"):
        s3_write.presigned_url("b", "k", 60)


def test_upload_to_a_missing_bucket(archive, tmp_path):
    error = refused_upload(tmp_path, bucket="no-such-bucket")
    assert error.details["code"] == "NoSuchBucket"


def test_a_failed_download_keeps_the_older_file(archive, target):
    target.write_bytes(b"older")
    with pytest.raises(NoSuchObjectError):
        s3_read.download(SCEDC.object("missing"), target)
    assert target.read_bytes() == b"older"


def test_client_is_made_once(archive):
    assert s3_client.client(signed=False) is s3_client.client(signed=False)
    assert s3_client.client(signed=False) is not s3_client.client(signed=True)


# Who signs


def test_reading_is_unsigned_even_where_there_are_credentials(tiny_server, target):
    with tiny_server(lambda exchange: exchange.reply_with_object()) as server:
        s3_read.download(SCEDC.object("folder/day.ms"), target)
    assert target.read_bytes() == BODY
    assert [request.command for request in server.requests] == ["HEAD", "GET"]
    for request in server.requests:
        assert request.path == f"/{SCEDC.bucket}/folder/day.ms"
        assert request.headers["Authorization"] is None
        assert not [name for name in request.headers if "security-token" in name.lower()]
        assert "X-Amz-Signature" not in request.path


def test_reading_needs_no_credentials(tiny_server, target, monkeypatch):
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    with tiny_server(lambda exchange: exchange.reply_with_object()):
        s3_read.download(SCEDC.object("folder/day.ms"), target)
    assert target.read_bytes() == BODY


def test_writing_is_signed_and_one_request(tiny_server, tmp_path, monkeypatch):
    monkeypatch.setattr(_config, "_READ_TIMEOUT_S", 60)
    path = tmp_path / "result.ms"
    path.write_bytes(BODY * 1024 * 33)  # longer than where boto3 would begin to split it
    with tiny_server(lambda exchange: exchange.reply(200, ETag='"0"')) as server:
        s3_write.upload(path, OUTPUT_BUCKET, "noresp/day.ms", "text/plain", {"units": "m/s"})
    [request] = server.requests
    assert request.command == "PUT"
    assert urllib.parse.urlsplit(request.path).path == f"/{OUTPUT_BUCKET}/noresp/day.ms"
    assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=local/")
    assert "/us-west-2/s3/" in request.headers["Authorization"]
    assert request.headers["Content-Type"] == "text/plain"
    assert request.headers["x-amz-meta-units"] == "m/s"
    assert request.body == path.read_bytes()


def test_region_of_the_environment_signs(tiny_server, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    path = tmp_path / "result.ms"
    path.write_bytes(BODY)
    with tiny_server(lambda exchange: exchange.reply(200, ETag='"0"')) as server:
        s3_write.upload(path, OUTPUT_BUCKET, "key", "text/plain", {})
    assert "/eu-central-1/s3/" in server.requests[0].headers["Authorization"]


def test_upload_without_credentials(tiny_server, tmp_path, monkeypatch):
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    with tiny_server(lambda exchange: exchange.reply(200, ETag='"0"')) as server:
        assert "credentials" in refused_upload(tmp_path).message
        assert server.requests == []


# Servers that fail


def test_nobody_listens(tiny_server, target, tmp_path):
    with tiny_server(lambda exchange: exchange.reply(200)):
        pass  # its port is free now
    refused(S3Error, target)
    refused_upload(tmp_path)


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
def test_download_is_refused(tiny_server, target, command, status, code, error):
    """At once, or after a HEAD that went well: an object may vanish in between."""

    def respond(exchange):
        if exchange.command == command:
            exchange.reply(status, s3_error(code))
        else:
            exchange.reply_with_object()

    with tiny_server(respond) as server:
        refused(error, target)
    assert server.requests[-1].command == command


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "NoSuchBucket"),
        (403, "AccessDenied"),
        (500, "InternalError"),
    ],
)
def test_upload_is_refused(tiny_server, tmp_path, status, code):
    with tiny_server(lambda exchange: exchange.reply(status, s3_error(code))):
        assert refused_upload(tmp_path).details["code"] == code


def test_slow_down_for_ever(tiny_server, target, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    with tiny_server(lambda exchange: exchange.reply(503, SLOW_DOWN)) as server:
        refused(S3Error, target)
        assert len(server.requests) == 2  # botocore's own variable is heeded
        assert refused_upload(tmp_path).details["code"] == "SlowDown"


def test_one_slow_down_is_got_over(tiny_server, target, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")

    def respond(exchange):
        if len(exchange.server.requests) == 1:
            exchange.reply(503, SLOW_DOWN)
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        s3_read.download(SCEDC.object("folder/day.ms"), target)
    assert target.read_bytes() == BODY


def test_body_breaks_off(tiny_server, target):
    def respond(exchange):
        if exchange.command == "HEAD":
            exchange.reply_with_object()
        else:
            exchange.reply_with_object(BODY[:100], length=len(BODY))

    with tiny_server(respond) as server:
        refused(S3Error, target)
    assert "GET" in {request.command for request in server.requests}


def test_body_that_breaks_off_once_is_got_over(tiny_server, target):
    def respond(exchange):
        if exchange.command == "GET" and len(exchange.server.requests) == 2:
            exchange.reply_with_object(BODY[:100], length=len(BODY))
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        s3_read.download(SCEDC.object("folder/day.ms"), target)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("command", ["HEAD", "GET"])
def test_answer_never_comes(tiny_server, target, command):
    def respond(exchange):
        if exchange.command == command:
            exchange.server.over.wait(60)
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        refused(S3Error, target)


def test_body_stops_without_an_end(tiny_server, target):
    def respond(exchange):
        if exchange.command == "HEAD":
            exchange.reply_with_object()
        else:
            exchange.reply_with_object(BODY[:100], length=len(BODY))
            exchange.wfile.flush()
            exchange.server.over.wait(60)

    with tiny_server(respond):
        refused(S3Error, target)


def test_upload_is_never_answered(tiny_server, tmp_path):
    def respond(exchange):
        exchange.server.over.wait(60)

    with tiny_server(respond):
        refused_upload(tmp_path)


def test_answer_is_not_http(tiny_server, target, tmp_path):
    def respond(exchange):
        exchange.wfile.write(b"220 mail.example.com ESMTP\r\n")

    with tiny_server(respond):
        refused(S3Error, target)
        refused_upload(tmp_path)


def test_connection_is_closed_without_an_answer(tiny_server, target, tmp_path):
    with tiny_server(lambda _exchange: None):
        refused(S3Error, target)
        refused_upload(tmp_path)


def test_metadata_that_s3_cannot_hold(archive, tmp_path):
    path = tmp_path / "result.ms"
    path.write_bytes(BODY)
    with pytest.raises(S3Error):
        s3_write.upload(path, OUTPUT_BUCKET, "key", "text/plain", {"units": "µm/s"})


@pytest.mark.parametrize("url", ["no-url", "http://"])
def test_endpoint_that_is_no_url(monkeypatch, target, url):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
    refused(S3Error, target)


# Parts of an object


CONTENT = bytes(range(256)) * 4


@pytest.fixture
def stored(archive):
    """An object of the archive, and a function that reads parts of it."""
    archive.put("folder/day.ms", CONTENT)
    return lambda *args, **kwargs: s3_read.read_part(SCEDC.object("folder/day.ms"), *args, **kwargs)


@pytest.mark.parametrize(
    ("first", "last", "begin", "end"),
    [
        (0, 0, 0, 1),
        (0, 99, 0, 100),
        (500, 599, 500, 600),
        (1000, None, 1000, 1024),
        (1000, 5000, 1000, 1024),
        (1023, 1023, 1023, 1024),
        (0, None, 0, 1024),
        (-1, None, 1023, 1024),
        (-100, None, 924, 1024),
        (-5000, None, 0, 1024),
    ],
)
@pytest.mark.parametrize("knows_ranges", [True, False])
def test_part(stored, tiny_server, first, last, begin, end, knows_ranges):
    if knows_ranges:
        part = stored(first, last)
    else:
        with tiny_server(lambda exchange: exchange.reply_with_object(CONTENT)):
            part = stored(first, last)
    assert part.content == CONTENT[begin:end]
    assert part.first == begin
    assert part.size == 1024
    assert part.etag.startswith('"')


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize(("size", "first", "last"), [(0, 0, 99), (0, -10, None), (7, 7, 99)])
def test_part_beyond_the_end_is_empty(archive, tiny_server, knows_ranges, size, first, last):
    archive.put("short", b"x" * size)
    if knows_ranges:
        part = s3_read.read_part(SCEDC.object("short"), first, last)
    else:
        with tiny_server(lambda exchange: exchange.reply_with_object(b"x" * size)):
            part = s3_read.read_part(SCEDC.object("short"), first, last)
    assert (part.content, part.first, part.size) == (b"", size, size)


def test_part_of_a_changed_object(stored, archive):
    etag = stored(0, 9).etag
    assert stored(0, 9, etag=etag).content == CONTENT[:10]
    archive.put("folder/day.ms", CONTENT[::-1])
    with pytest.raises(s3_read.ObjectChangedError, match=r"s3://scedc-pds/folder/day\.ms"):
        stored(0, 9, etag=etag)


def test_part_of_a_changed_object_where_conditions_are_ignored(stored, tiny_server):
    with (
        tiny_server(lambda exchange: exchange.reply_with_object()) as server,
        pytest.raises(s3_read.ObjectChangedError, match='is "0", was "1"'),
    ):
        stored(0, 9, etag='"1"')
    assert server.requests[0].headers["If-Match"] == '"1"'


def test_parts_are_read_unsigned_in_one_request(stored, tiny_server):
    def respond(exchange):
        exchange.reply(206, b"part", ETag='"0"', Content_Range="bytes 96-99/100")

    with tiny_server(respond) as server:
        assert stored(96, 200) == s3_read.ObjectPart(b"part", first=96, size=100, etag='"0"')
        assert stored(-4) == s3_read.ObjectPart(b"part", first=96, size=100, etag='"0"')
    assert [request.command for request in server.requests] == ["GET", "GET"]
    assert [request.headers["Range"] for request in server.requests] == ["bytes=96-200", "bytes=-4"]
    for request in server.requests:
        assert request.path.startswith(f"/{SCEDC.bucket}/folder/day.ms")
        assert request.headers["Authorization"] is None


def refused_part(error, *args):
    with pytest.raises(error) as caught:
        s3_read.read_part(SCEDC.object("folder/day.ms"), *args)
    assert type(caught.value) is error
    assert f"s3://{SCEDC.bucket}/folder/day.ms" in caught.value.message
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "NoSuchKey", NoSuchObjectError),
        (403, "AccessDenied", NoSuchObjectError),
        (500, "InternalError", S3Error),
        (503, "SlowDown", S3Error),
    ],
)
def test_part_is_refused(tiny_server, status, code, error):
    with tiny_server(lambda exchange: exchange.reply(status, s3_error(code))):
        refused_part(error, 0, 9)


def test_part_of_a_missing_object(archive):
    refused_part(NoSuchObjectError, 0, 9)


@pytest.mark.parametrize("status", [200, 206])
@pytest.mark.parametrize("stops", [True, False], ids=["stops", "breaks off"])
def test_part_breaks_off(tiny_server, status, stops):
    def respond(exchange):
        headers = {"Content_Range": "bytes 0-1023/1024"} if status == 206 else {}
        exchange.reply(status, BODY[:100], length=1024, ETag='"0"', **headers)
        if stops:
            exchange.wfile.flush()
            exchange.server.over.wait(60)

    with tiny_server(respond) as server:
        refused_part(S3Error, 0, 1000)
    assert len(server.requests) == 3


def test_part_that_breaks_off_once_is_got_over(tiny_server):
    def respond(exchange):
        if len(exchange.server.requests) == 1:
            exchange.reply_with_object(BODY[:100], length=len(BODY))
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        assert s3_read.read_part(SCEDC.object("folder/day.ms"), 0).content == BODY


def test_part_of_which_s3_does_not_say_where_it_is(tiny_server):
    with tiny_server(lambda exchange: exchange.reply(206, b"part", ETag='"0"')):
        refused_part(S3Error, 0, 9)


def test_whole_objects_unless_they_are_known(stored, archive):
    part = s3_read.read_unless(SCEDC.object("folder/day.ms"), "")
    assert part == s3_read.ObjectPart(CONTENT, first=0, size=1024, etag=part.etag)
    assert s3_read.read_unless(SCEDC.object("folder/day.ms"), part.etag) is None
    archive.put("folder/day.ms", CONTENT[::-1])
    assert s3_read.read_unless(SCEDC.object("folder/day.ms"), part.etag).content == CONTENT[::-1]


def test_what_is_not_known_is_asked_for_in_one_unsigned_request(tiny_server):
    def respond(exchange):
        if exchange.headers["If-None-Match"]:
            exchange.reply(304, ETag='"0"')
        else:
            exchange.reply_with_object()

    with tiny_server(respond) as server:
        assert s3_read.read_unless(SCEDC.object("folder/day.ms"), '"0"') is None
        assert s3_read.read_unless(SCEDC.object("folder/day.ms"), "").content == BODY
    assert [request.headers["If-None-Match"] for request in server.requests] == ['"0"', None]
    assert {request.headers["Authorization"] for request in server.requests} == {None}


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(404, "NoSuchKey", NoSuchObjectError), (403, "AccessDenied", NoSuchObjectError),
     (304, "NotModified", S3Error), (503, "SlowDown", S3Error)],
)  # fmt: skip
def test_whole_object_is_refused(tiny_server, status, code, error):
    body = b"" if status == 304 else s3_error(code)
    with (
        tiny_server(lambda exchange: exchange.reply(status, body)),
        pytest.raises(error, match=r"s3://scedc-pds/folder/day\.ms") as caught,
    ):
        s3_read.read_unless(SCEDC.object("folder/day.ms"), "")
    assert type(caught.value) is error


def test_whole_object_that_breaks_off(tiny_server):
    with (
        tiny_server(lambda exchange: exchange.reply_with_object(BODY[:100], length=1024)) as server,
        pytest.raises(S3Error),
    ):
        s3_read.read_unless(SCEDC.object("folder/day.ms"), "")
    assert len(server.requests) == 3
