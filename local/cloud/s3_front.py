"""Buckets of files or of a remote archive, in front of an S3 server that keeps all others."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timezone
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID
from werkzeug.wrappers import Request, Response

from local.cloud.object_reads import list_objects, read_object, refuse
from local.cloud.results_folder import ResultsFolder
from local.cloud.stored_object import Bucket, Piece, StoredObject

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Answer = Callable[[str, Request], Response | None]
"""Answers a request for a key of a bucket, "" for the bucket itself; None leaves it to others."""

_INVOKE_API = "/2015-03-31/functions/"
_OTHER_PORT = "this is the port of S3 and SQS: the functions listen on the one before"

_LOCKS = 64
_READS = ("GET", "HEAD")
_SIGNED_LINK = {"X-Amz-Signature", "Signature"}  # by version 4 and by version 2


class Front:
    """A WSGI application that answers requests for some buckets and passes on all others.

    Args:
        behind: the application that gets all others.
        answers: by bucket.
    """

    def __init__(self, behind: "WSGIApplication", answers: Mapping[str, Answer]) -> None:
        self._behind = behind
        self._answers = answers

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if request.path.startswith(_INVOKE_API):
            return _other_port(environ, start_response)
        name, _, key = request.path.lstrip("/").partition("/")
        answer = self._answers.get(name)
        response = answer(key, request) if answer else None
        return (response or self._behind)(environ, start_response)


class KeptInMemory:
    """A bucket that the server behind keeps in this process.

    Args:
        name: the bucket's name.
    """

    def __init__(self, name: str) -> None:
        backend = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]
        self._objects = backend.buckets[name].keys if name in backend.buckets else {}

    def find(self, key: str) -> StoredObject | None:
        """Return an object; None if there is none."""
        found = self._objects.get(key)
        if found is None:
            return None
        modified = found.last_modified.replace(tzinfo=timezone.utc).timestamp()
        return StoredObject((Piece.whole(found.value),), found.etag.strip('"'), modified)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix, in order."""
        return sorted(key for key in list(self._objects) if key.startswith(prefix))


def _other_port(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Refuse a call of a function as Lambda refuses an unknown one."""
    response = Response(
        json.dumps({"Type": "User", "Message": _OTHER_PORT}),
        HTTPStatus.NOT_FOUND,
        {"x-amzn-ErrorType": "ResourceNotFoundException"},
        content_type="application/json",
    )
    return response(environ, start_response)


def read_only(name: str, bucket: Bucket) -> Answer:
    """Return the answers of a public bucket that nobody can write to."""

    def answer(key: str, request: Request) -> Response | None:
        if key and request.method not in _READS:
            return refuse(HTTPStatus.FORBIDDEN, "AccessDenied", "the archive is read-only", request)
        return _read(name, bucket, key, request)

    return answer


def kept(name: str, folder: ResultsFolder, behind: "WSGIApplication") -> Answer:
    """Return the answers of a private bucket whose objects are files.

    The server behind reads all that is written, with all of S3's encodings and checksums. Once it
    has an object, the object becomes a file. It does not bear two writes of one object at once. As
    in the stack's bucket, the pages of other hosts may follow a link to an object.
    """
    lock, of_keys = Lock(), [Lock() for _ in range(_LOCKS)]

    def answer(key: str, request: Request) -> Response | None:
        if request.method in _READS:
            if key and not (
                "Authorization" in request.headers or _SIGNED_LINK & request.args.keys()
            ):
                return refuse(HTTPStatus.FORBIDDEN, "AccessDenied", "not signed", request)
            read = _read(name, folder, key, request)
            if read and "Origin" in request.headers:
                read.headers["Access-Control-Allow-Origin"] = "*"
            return read
        with of_keys[hash(key) % _LOCKS]:
            response = Response.from_app(behind, request.environ, buffered=True)
            if not key or response.status_code >= HTTPStatus.BAD_REQUEST:
                return response
            try:
                with lock:
                    if request.method == "DELETE":
                        folder.delete(key)
                    else:
                        _keep(name, key, folder)
            except OSError as error:  # a full disk
                return refuse(
                    HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", str(error), request
                )
        return response

    return answer


def _read(name: str, bucket: Bucket, key: str, request: Request) -> Response | None:
    if key:
        return read_object(bucket, key, request)
    if request.method == "GET" and request.args.get("list-type") == "2":
        return list_objects(bucket, name, request)
    return None


def _keep(name: str, key: str, folder: ResultsFolder) -> None:
    """Move an object of the server behind, if it is complete, into a folder."""
    backend = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]
    written = backend.get_object(name, key)
    if written is None:  # a part of one
        return
    headers: dict[str, str] = {}
    metadata: dict[str, str] = {}
    for header, value in written.metadata.items():
        user, is_user, meta = header.lower().partition("x-amz-meta-")
        if is_user and not user:
            metadata[meta] = value
        elif header.lower() in ("content-type", "content-encoding"):
            headers[header.title()] = value
    folder.put(key, written.value, written.etag.strip('"'), headers, metadata)
    backend.delete_object(name, key)
