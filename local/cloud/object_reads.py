"""S3's answers to requests that read a bucket: objects whole or in part, and listings.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

import re
from datetime import datetime, timezone
from http import HTTPStatus
from urllib.parse import quote
from xml.sax.saxutils import escape

from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from local.cloud.stored_object import Bucket, ChangedFileError, StoredObject
from local.console import say

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_MAX_KEYS = 1000
_XML = "application/xml"
_LISTED_TIME = "%Y-%m-%dT%H:%M:%S.000Z"


def read_object(bucket: Bucket, key: str, request: Request) -> Response:
    """Answer a GET or HEAD of an object."""
    try:
        stored = bucket.find(key)
        if stored:
            stored.check()
    except (ChangedFileError, OSError) as error:
        say(f"{error}: start the server again")
        return refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", str(error), request)
    if not stored:
        return refuse(HTTPStatus.NOT_FOUND, "NoSuchKey", key, request)
    etag = f'"{stored.etag}"'
    if request.headers.get("If-Match", etag) not in (etag, "*"):
        return refuse(HTTPStatus.PRECONDITION_FAILED, "PreconditionFailed", key, request)
    if request.headers.get("If-None-Match") in (etag, "*"):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    part = selected(request.headers.get("Range", ""), stored.size)
    if part is not None and not part:
        unsatisfiable = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        response = refuse(unsatisfiable, "InvalidRange", key, request)
        response.headers["Content-Range"] = f"bytes */{stored.size}"
        return response
    return _content(stored, part, request)


def list_objects(bucket: Bucket, name: str, request: Request) -> Response:
    """Answer a listing, of at most a thousand keys and common prefixes."""
    wanted = request.args
    prefix, delimiter = wanted.get("prefix", ""), wanted.get("delimiter", "")
    after = wanted.get("continuation-token") or wanted.get("start-after", "")
    most = min(wanted.get("max-keys", _MAX_KEYS, int), _MAX_KEYS)
    entries: dict[str, str | None] = {}  # a key, or a common prefix with no key
    is_cut = False
    for key in bucket.keys(prefix):
        rest, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = f"{prefix}{rest}{delimiter}" if found else key
        if entry <= after or entry in entries:
            continue
        if len(entries) >= most:
            is_cut = True
            break
        entries[entry] = None if found else key
    encode = quote if wanted.get("encoding-type") == "url" else escape
    parts = [_tag("Name", name), _tag("Prefix", encode(prefix)), _tag("MaxKeys", str(most))]
    parts += [_tag("KeyCount", str(len(entries))), _tag("IsTruncated", str(is_cut).lower())]
    if encode is quote:
        parts.append(_tag("EncodingType", "url"))
    if is_cut and entries:
        parts.append(_tag("NextContinuationToken", escape(list(entries)[-1])))
    for entry, whole in entries.items():
        if whole is None:
            parts.append(_tag("CommonPrefixes", _tag("Prefix", encode(entry))))
        elif stored := bucket.find(whole):
            parts.append(_tag("Contents", _tag("Key", encode(whole)) + _described(stored)))
    return Response(_document("ListBucketResult", "".join(parts)), content_type=_XML)


def refuse(status: HTTPStatus, code: str, message: str, request: Request) -> Response:
    """Return S3's error."""
    content = _document("Error", _tag("Code", code) + _tag("Message", escape(message)))
    body = b"" if request.method == "HEAD" else content
    return Response(body, status=status, content_type=_XML)


def selected(header: str, size: int) -> range | None:
    """Return the bytes that a `Range` header selects, perhaps none; None is the whole object.

    Like S3, ignore a header that is not a single range.
    """
    match = _RANGE.fullmatch(header)
    if not match or match[0] == "bytes=-":
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size)
    if match[2] and int(match[2]) < int(match[1]):
        return None
    return range(int(match[1]), min(size, int(match[2]) + 1) if match[2] else size)


def _content(stored: StoredObject, part: range | None, request: Request) -> Response:
    sent = range(stored.size) if part is None else part
    headers = {
        "Content-Type": "binary/octet-stream",
        **stored.headers,
        "ETag": f'"{stored.etag}"',
        "Accept-Ranges": "bytes",
        "Last-Modified": http_date(stored.modified),
        "Content-Length": str(len(sent)),
    }
    status = HTTPStatus.OK
    if part is not None:
        headers["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{stored.size}"
        status = HTTPStatus.PARTIAL_CONTENT
    has_body = request.method == "GET" and sent
    body = stored.read(sent[0], sent[-1]) if has_body else None
    response = Response(body, status=status, headers=headers)
    response.automatically_set_content_length = False
    return response


def _described(stored: StoredObject) -> str:
    modified = datetime.fromtimestamp(stored.modified, timezone.utc).strftime(_LISTED_TIME)
    return (
        _tag("LastModified", modified)
        + _tag("ETag", f"&quot;{stored.etag}&quot;")
        + _tag("Size", str(stored.size))
        + _tag("StorageClass", "STANDARD")
    )


def _tag(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _document(name: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_tag(name, content)}'.encode()
