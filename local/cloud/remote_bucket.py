"""A public bucket on AWS, whose objects are read unsigned and passed on."""

import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from werkzeug.wrappers import Request, Response

from local.cloud.object_reads import refuse

_TIMEOUT = urllib3.Timeout(connect=5, read=30)
_CHUNK = 256 * 1024
_CONNECTIONS = 32
_PASSED_ON = ("Range", "If-Match", "If-None-Match")
_LISTING = {
    *("list-type", "prefix", "delimiter", "continuation-token", "start-after", "max-keys"),
    "encoding-type",
}
_OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "server", "date"}


class UnreachableError(Exception):
    """The bucket does not answer, or does not exist."""


class RemoteBucket:
    """A bucket that others keep.

    Args:
        url: of the bucket, such as "https://scedc-pds.s3.us-west-2.amazonaws.com".
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        proxy = urllib.request.getproxies().get(urlsplit(url).scheme)
        if proxy and not urllib.request.proxy_bypass(urlsplit(url).hostname or ""):
            self._pool: urllib3.PoolManager = urllib3.ProxyManager(proxy, maxsize=_CONNECTIONS)
        else:
            self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS)

    def check(self) -> None:
        """Check that the bucket answers; it need not allow listings.

        Raises:
            UnreachableError: it does not.
        """
        try:
            answer = self._pool.request("HEAD", f"{self.url}/", timeout=_TIMEOUT, retries=False)
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(f"{self.url} cannot be reached: {error}") from error
        if answer.status == HTTPStatus.NOT_FOUND:
            raise UnreachableError(f"{self.url}: there is no such bucket")

    def answer(self, key: str, request: Request) -> Response | None:
        """Answer a request that reads, as the remote bucket does."""
        is_read = request.method in ("GET", "HEAD")
        if not key and not is_read:  # the local server makes its buckets
            return None
        if not is_read:
            return refuse(HTTPStatus.FORBIDDEN, "AccessDenied", "the archive is read-only", request)
        url = f"{self.url}/{quote(key)}"
        if not key:
            query = [item for item in request.args.items(multi=True) if item[0] in _LISTING]
            url = f"{url}?{urlencode(query)}"
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers["Accept-Encoding"] = "identity"
        try:
            answer = self._pool.request(
                request.method,
                url,
                headers=headers,
                timeout=_TIMEOUT,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            # Only a length shows whether a body is whole: without one, it is read before.
            is_long = request.method == "HEAD" or "Content-Length" in answer.headers
            content = None if is_long else answer.read(decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            message = f"{self.url} cannot be reached: {error}"
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", message, request)
        passed = [
            item for item in answer.headers.items() if item[0].lower() not in _OF_A_CONNECTION
        ]
        if content is not None:
            return Response(content, status=answer.status, headers=passed)
        body = None if request.method == "HEAD" else _body(answer)  # b"" would set the length
        response = Response(body, status=answer.status, headers=passed)
        response.automatically_set_content_length = False
        return response


def _body(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Yield a body; one that breaks off does so for the reader, too, who knows its length."""
    with suppress(urllib3.exceptions.HTTPError):
        yield from answer.stream(_CHUNK, decode_content=False)
    answer.release_conn()
