"""The command for time windows: large replies, which the function returns as a link."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.window_replies import DATA, FAILED


@pytest.fixture
def bucket():
    """A server that returns the same object for every request."""
    server_object = {"content": b"", "status": 200, "length": None}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = server_object["content"]
            self.send_response(server_object["status"])
            self.send_header("Content-Length", str(server_object["length"] or len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        server_object["url"] = f"http://127.0.0.1:{server.server_port}/windows/1"
        yield server_object
        server.shutdown()


def link(url, encoding, *errors):
    failures = {"errors": list(errors)} if errors else {}
    return {
        "url": url,
        "expires": "2024-01-01T00:15:00.000000Z",
        "object": "s3://bucket/windows/1",
        "bytes": 1,
        "content_type": "application/json",
        "content_encoding": encoding,
        **failures,
    }


def test_links_are_followed_and_unpacked(windows, bucket, folder, capsys):
    text = json.dumps([DATA, FAILED]).encode()
    for content, encoding in ((text, None), (gzip.compress(text), "gzip")):
        bucket["content"] = content
        assert windows(link(bucket["url"], encoding), "-o", "output.json") == 1
        assert json.loads((folder / "output.json").read_text()) == [DATA, FAILED]
        captured = capsys.readouterr()
        assert captured.out.endswith("1 of them without data\n")
        assert captured.err.startswith("  no data of CI.NONE\n")


def test_a_link_to_a_file(windows, bucket, folder, capsys):
    bucket["content"] = b"miniSEED"
    options = ["--format", "mseed", "-o", "windows.mseed"]
    assert windows(link(bucket["url"], None), *options) == 0
    assert (folder / "windows.mseed").read_bytes() == b"miniSEED"
    assert windows(link(bucket["url"], None, FAILED), *options) == 1
    assert "no data of CI.NONE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "encoding", "message"),
    [
        ({"status": 403}, None, "HTTP Error 403"),
        ({"content": b"[" * 10, "length": 100}, None, "could not download"),
        ({"content": b"no gzip"}, "gzip", "could not download"),
        ({"content": gzip.compress(b"[1, 2, 3]")[:-9]}, "gzip", "could not download"),
        ({"content": b"no JSON"}, None, "s3://bucket/windows/1 is not JSON"),
        ({"url": "file:///etc/hostname"}, None, "must be an http(s) address"),
        ({"url": "http://127.0.0.1:9/x"}, None, "Connection refused"),
    ],
)
def test_a_link_that_fails(windows, bucket, folder, capsys, changes, encoding, message):
    bucket.update(changes)
    assert windows(link(bucket["url"], encoding), "-o", "output.json") == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert message in said
    assert "s3://bucket/windows/1" in said
    assert not (folder / "output.json").exists()
