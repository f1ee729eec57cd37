"""Fetch an object of S3 into a file: whole and checked, or not at all.

Beside each file lies its description, FILE.json: where it came from, and the object's metadata.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)

from runner.errors import CallError
from runner.sending.retry import call_error
from shared.aws.s3_codes import (
    ABSENT,
    FORBIDDEN,
    NO_BUCKET,
    NOT_MODIFIED,
    PASSING,
    error_code,
    http_status,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1024**2
_SERVER_ERROR = 500
_MD5 = re.compile("[0-9a-f]{32}")
_NO_MORE_FILES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def split_uri(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of s3://BUCKET/KEY.

    Raises:
        CallError: the text is none.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise CallError("BadUri", f"{uri!r}: must be s3://BUCKET/KEY")
    return bucket, key


def description_of(path: Path) -> Path:
    """Return where the description of a fetched file lies."""
    return path.with_name(f"{path.name}.json")


def fetch(client: "S3Client", uri: str, path: Path) -> bool:
    """Fetch an object, unless the file has it already by its length and its ETag.

    The file appears once it is complete. Its content must have the object's length, and its MD5
    where the ETag is one: that of a multipart upload, with a dash, or of some encryptions is not.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html

    Args:
        client: S3 client whose credentials may read the object.
        uri: the object, s3://BUCKET/KEY.
        path: the file; its folders are created.

    Returns:
        Whether it was fetched; False if the file has it.

    Raises:
        CallError: the object is not there, S3 failed or refused, the content is damaged, or the
            file cannot be written or is not of this object.
    """
    bucket, key = split_uri(uri)
    try:
        etag = _etag_of_file(uri, path)
        condition: Any = {"IfNoneMatch": f'"{etag}"'} if etag else {}
        _save(client.get_object(Bucket=bucket, Key=key, **condition), uri, path)
    except ClientError as error:
        if error_code(error) in NOT_MODIFIED:
            return False
        raise _refusal(error, uri) from error
    except (FlexibleChecksumError, HTTPClientError, IncompleteReadError) as error:
        failure = call_error(error)
        raise CallError(
            failure.kind, f"{uri}: {failure.message}", transient=True, fatal=failure.fatal
        ) from error
    except BotoCoreError as error:
        raise call_error(error) from error
    except OSError as error:
        is_fatal = error.errno in _NO_MORE_FILES
        raise CallError("CannotWrite", f"{path}: {error}", fatal=is_fatal) from error
    return True


def _etag_of_file(uri: str, path: Path) -> str | None:
    """Return the ETag of the object that a file has; None if it must be fetched.

    Raises:
        CallError: the file came from elsewhere, and would be overwritten.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return None
    try:
        described = json.loads(description_of(path).read_text(encoding="utf-8"))
        source, length, etag = described["uri"], described["bytes"], described["etag"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        source, length, etag = "a file from elsewhere", 0, None
    if source != uri:
        raise CallError(
            "FileInTheWay", f"{path} is {source}, not {uri}: move it, or choose another folder"
        )
    return str(etag) if size == length else None


def _save(answer: Mapping[str, Any], uri: str, path: Path) -> None:
    """Write the content and the description of an object."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    described = f"{json.dumps(_description(answer, uri), indent=2)}\n".encode()
    try:
        with closing(answer["Body"]):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_checked(answer, uri, part)
        # In this order: no file ever lacks its description, or has another's.
        path.unlink(missing_ok=True)
        _write(description_of(path), described)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_checked(answer: Mapping[str, Any], uri: str, part: Path) -> None:
    digest, length = hashlib.md5(usedforsecurity=False), 0
    with part.open("wb") as file:
        for chunk in answer["Body"].iter_chunks(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
            length += len(chunk)
    if length != answer["ContentLength"]:
        found = f"{length:,} of {answer['ContentLength']:,} bytes"
        raise CallError("DamagedDownload", f"{uri}: {found} arrived", transient=True)
    if _has_md5(answer) and digest.hexdigest() != _unquoted(answer):
        raise CallError(
            "DamagedDownload",
            f"{uri}: the MD5 is {digest.hexdigest()}, by its ETag {_unquoted(answer)}",
            transient=True,
        )


def _has_md5(answer: Mapping[str, Any]) -> bool:
    is_plain = answer.get("ServerSideEncryption", "AES256") == "AES256"
    is_plain = is_plain and not answer.get("SSECustomerAlgorithm")
    return is_plain and _MD5.fullmatch(_unquoted(answer)) is not None


def _unquoted(answer: Mapping[str, Any]) -> str:
    return str(answer["ETag"]).strip('"')


def _description(answer: Mapping[str, Any], uri: str) -> dict[str, Any]:
    """Return the description of an object; members are named as in the function's reply."""
    metadata = answer.get("Metadata", {})
    return {
        "uri": uri,
        "etag": _unquoted(answer),
        "bytes": answer["ContentLength"],
        "modified": answer["LastModified"].isoformat(),
        "metadata": {name.replace("-", "_"): _value(text) for name, text in metadata.items()},
    }


def _value(text: str) -> Any:
    """Return the value of a text, which is JSON unless it is a string."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _refusal(error: ClientError, uri: str) -> CallError:
    """Return the CallError of S3's refusal to give an object."""
    code, status = error_code(error), http_status(error)
    if code in ABSENT:
        return CallError("NoResult", f"{uri} does not exist: correct the day first")
    if code in FORBIDDEN:
        reason = "it may be missing, or you may lack permission to read it"
        return CallError("AccessDenied", f"{uri}: S3 denies access: {reason}")
    if code == NO_BUCKET:
        return CallError(code, f"there is no bucket {split_uri(uri)[0]}", fatal=True)
    if code in PASSING or status >= _SERVER_ERROR:
        return CallError(code, f"{uri}: {error}", transient=True)
    return call_error(error)
