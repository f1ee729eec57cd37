"""A fast, read-only S3 server for the files of a folder.

It supports the requests that clients of a public bucket send: GET and HEAD by path, `Range`,
`If-Match`, and S3's errors. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
moto takes 6 to 8 ms per request and would make many small reads look slow; this server takes half
a millisecond.
"""

import argparse
import hashlib
import threading
from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

from benchmarks.servers import server_process
from local.cloud.object_reads import selected


@dataclass(frozen=True)
class _Object:
    path: Path
    size: int
    etag: str


class ObjectServer:
    """The server, in threads of this process; a context manager.

    Args:
        folder: has a file for each object, at BUCKET/KEY. The files are read once here, so that
            they come from the page cache later, and must not change.

    Attributes:
        port: where it listens on 127.0.0.1.
    """

    def __init__(self, folder: Path) -> None:
        self._objects = {
            path.relative_to(folder).as_posix(): _object(path)
            for path in folder.rglob("*")
            if path.is_file()
        }
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._lock = threading.Lock()
        self._server = _Server(self)
        self.port = self._server.server_port

    def __enter__(self) -> "ObjectServer":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def counts(self) -> dict[str, list[int]]:
        """Return the requests and the bytes of the reply bodies for each requested "BUCKET/KEY"."""
        with self._lock:
            return {name: list(counts) for name, counts in self._counts.items()}

    def find(self, name: str) -> _Object | None:
        """Return the object "BUCKET/KEY", or None."""
        return self._objects.get(name)

    def count(self, name: str, size: int) -> None:
        """Count a reply of `size` bytes to a request for an object."""
        with self._lock:
            self._counts[name][0] += 1
            self._counts[name][1] += size


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, objects: ObjectServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects = objects


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing, to save time."""

    def _answer(self) -> None:
        name = unquote(urlsplit(self.path).path).lstrip("/")
        stored = self.server.objects.find(name)
        if stored is None:
            self._refuse(name, HTTPStatus.NOT_FOUND, "NoSuchKey")
            return
        if self.headers.get("If-Match", stored.etag) != stored.etag:
            self._refuse(name, HTTPStatus.PRECONDITION_FAILED, "PreconditionFailed")
            return
        part = selected(self.headers.get("Range", ""), stored.size)
        if part is not None and not part:
            unsatisfiable = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            self._refuse(name, unsatisfiable, "InvalidRange", ActualObjectSize=stored.size)
            return
        self._send(name, stored, part)

    def _send(self, name: str, stored: _Object, part: range | None) -> None:
        sent = range(stored.size) if part is None else part
        with_body = self.command == "GET" and len(sent) > 0
        # Counted first: a client that has its reply may ask for the counts at once.
        self.server.objects.count(name, len(sent) if with_body else 0)
        self.send_response(HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT)
        if part is not None:
            self.send_header("Content-Range", f"bytes {part[0]}-{part[-1]}/{stored.size}")
        self.send_header("ETag", stored.etag)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", self.date_time_string(stored.path.stat().st_mtime))
        self.send_header("Content-Type", "binary/octet-stream")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        if with_body:
            try:
                with stored.path.open("rb") as file:
                    self.connection.sendfile(file, sent[0], len(sent))
            except ConnectionError:  # the client hung up
                self.close_connection = True

    def _refuse(self, name: str, status: HTTPStatus, code: str, **details: int) -> None:
        elements = {"Code": code, "Message": status.phrase, "Key": name, **details}
        inner = "".join(f"<{tag}>{value}</{tag}>" for tag, value in elements.items())
        content = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
        self.server.objects.count(name, 0)
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def _object(path: Path) -> _Object:
    content = path.read_bytes()
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return _Object(path, len(content), f'"{digest}"')


def main() -> None:
    """Serve a folder until standard input ends; see `server_process`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="has a file for each object, at BUCKET/KEY")
    with ObjectServer(parser.parse_args().folder) as server:
        server_process.report(server.port, server.counts)


if __name__ == "__main__":
    main()
