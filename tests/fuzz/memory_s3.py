"""An S3 in this process's memory: neither sockets nor threads, so that a fork has all of it."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import md5
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from shared.aws import s3_client
from tests.fuzz.listing import listing
from tests.support.builders import forget_objects

OUTPUT_BUCKET = "corrected-waveforms"
ENVIRONMENT = {
    "AWS_ENDPOINT_URL_S3": "http://s3.test",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
    "S3_OUTPUT_BUCKET": OUTPUT_BUCKET,
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class ServedTooMuchError(BaseException):
    """The function fetches more of an object than it could ever use.

    Not an `Exception`: no handler of the project or of boto3 may swallow it.
    """


@dataclass(frozen=True)
class Zeros:
    """An object of zeros that takes no memory.

    Attributes:
        head: its first bytes.
        size: in bytes.
    """

    head: bytes
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, part: slice) -> bytes:
        first, last, _ = part.indices(self.size)
        return self.head[first:last].ljust(last - first, b"\0")


class _Body:
    """A body that urllib3 would stream, made as it is read."""

    def __init__(self, content: "bytes | Zeros", first: int, last: int, s3: "MemoryS3") -> None:
        self._content, self._place, self._last, self._s3 = content, first, last, s3

    def read(self, amount: int | None = None, **_: Any) -> bytes:
        """Return the next bytes; all that are left without an amount."""
        rest = self._last - self._place
        count = rest if amount is None or amount < 0 else min(amount, rest)
        self._s3.count(count)
        part = self._content[self._place : self._place + count]
        self._place += count
        return part

    def stream(self, amount: int = 65_536, **_: Any) -> Iterator[bytes]:
        """Yield the rest in parts."""
        while part := self.read(amount):
            yield part

    def close(self) -> None:
        """Do nothing: there is no connection."""


class MemoryS3:
    """The objects of all buckets.

    Attributes:
        objects: the content by "/BUCKET/KEY".
        served: bytes that were read so far.
        most: bytes that may be read; more is a fault of the function.
        asked: the method and path of each request so far.
        failing: the status that answers each request whose path has the key.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes | Zeros] = {}
        self.served = 0
        self.most = 1 << 40
        self.asked: list[tuple[str, str]] = []
        self.failing: dict[str, int] = {}

    def put(self, key: str, body: "bytes | Zeros", bucket: str = "scedc-pds") -> None:
        """Put an object, by default into the archive."""
        self.objects[f"/{bucket}/{key}"] = body

    def get(self, uri: str) -> bytes:
        """Return the content of s3://BUCKET/KEY."""
        content = self.objects[uri.removeprefix("s3:/")]
        assert isinstance(content, bytes)
        return content

    def count(self, amount: int) -> None:
        """Count bytes that are read."""
        self.served += amount
        if self.served > self.most:
            raise ServedTooMuchError(f"fetched {self.served:,} bytes of objects")

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer a request as S3 does."""
        url = urlsplit(request.url)
        path = unquote(url.path)
        self.asked.append((str(request.method), path))
        if status := next((self.failing[part] for part in self.failing if part in path), 0):
            return self._refuse(request, status, _CODES.get(status, "InternalError"))
        if "list-type=2" in url.query:
            bucket = f"/{path.strip('/')}/"
            sizes = {name: len(body) for name, body in self.objects.items()}
            own = {name[len(bucket) :]: sizes[name] for name in sizes if name.startswith(bucket)}
            return self._answer(request, 200, {}, listing(own, url.query))
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        if request.method == "PUT":
            self.objects[path] = _uploaded(request.body, headers)
            return self._answer(request, 200, {"ETag": _etag(self.objects[path])}, b"")
        if path not in self.objects:
            return self._refuse(request, 404, "NoSuchKey")
        content = self.objects[path]
        etag = _etag(content)
        if headers.get("if-none-match") == etag:
            return self._answer(request, 304, {"ETag": etag}, b"")
        if headers.get("if-match", etag) != etag:
            return self._refuse(request, 412, "PreconditionFailed")
        size = len(content)
        given = {"ETag": etag, "Content-Length": str(size), "Last-Modified": _DATE}
        first, last, status = 0, size, 200
        if place := _RANGE.fullmatch(headers.get("range", "")):
            begin, end = place.groups()
            first = int(begin) if begin else max(0, size - int(end))
            last = min(size, int(end) + 1) if begin and end else size
            if first >= size:
                return self._refuse(request, 416, "InvalidRange", f"<A>{size}</A>".replace("A", _A))
            status = 206
            given["Content-Range"] = f"bytes {first}-{last - 1}/{size}"
            given["Content-Length"] = str(last - first)
        if request.method == "HEAD":
            return self._answer(request, status, given, b"")
        return self._answer(request, status, given, content, first, last)

    def _refuse(
        self, request: AWSPreparedRequest, status: int, code: str, more: str = ""
    ) -> AWSResponse:
        text = f"<Error><Code>{code}</Code><Message>{code}</Message>{more}</Error>".encode()
        return self._answer(request, status, {}, b"" if request.method == "HEAD" else text)

    def _answer(
        self,
        request: AWSPreparedRequest,
        status: int,
        headers: dict[str, str],
        content: "bytes | Zeros",
        first: int = 0,
        last: int | None = None,
    ) -> AWSResponse:
        body = _Body(content, first, len(content) if last is None else last, self)
        answer = AWSResponse(request.url, status, headers, body)
        if not request.stream_output:
            _ = answer.content  # botocore reads it at once
        return answer

    @contextmanager
    def serving(self) -> Iterator["MemoryS3"]:
        """Serve all requests of botocore in this process, and set the function's environment."""

        def send(_session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
            return self.send(request)

        with (
            mock.patch.dict("os.environ", _environment(), clear=True),
            mock.patch.object(URLLib3Session, "send", send),
        ):
            s3_client.forget_clients()
            forget_objects()
            yield self
        s3_client.forget_clients()
        forget_objects()


def _environment() -> dict[str, str]:
    """Return this process's environment with the function's settings, and no others of AWS."""
    others = ("AWS_", "S3_", "ARCHIVE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, **ENVIRONMENT}


_CODES = {403: "AccessDenied", 404: "NoSuchKey", 503: "SlowDown"}
_A = "ActualObjectSize"
_DATE = "Mon, 01 Jan 2024 00:00:00 GMT"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _etag(content: "bytes | Zeros") -> str:
    known = content if isinstance(content, bytes) else f"{len(content)}".encode() + content.head
    return f'"{md5(known, usedforsecurity=False).hexdigest()}"'


def _uploaded(body: Any, headers: dict[str, str]) -> bytes:
    """Return the bytes of an upload, without the chunks of a trailing checksum."""
    content = body if isinstance(body, bytes) else body.read()
    if "aws-chunked" not in headers.get("content-encoding", ""):
        return bytes(content)
    stream, parts = io.BytesIO(content), []
    while size := int(stream.readline().split(b";")[0], 16):
        parts.append(stream.read(size))
        stream.readline()
    return b"".join(parts)
