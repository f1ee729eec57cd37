"""A bucket that another server has, read as if it were here."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ResponseStreamingError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from local.cloud.remote_bucket import RemoteBucket, UnreachableError
from local.cloud.s3_front import Front, read_only
from local.cloud.stored_object import FixedBucket, Piece, StoredObject
from tests.support.commands import free_port
from tests.support.wsgi import listening

BUCKET = "scedc-pds"
CONTENT = bytes(range(256)) * 10
KEYS = [f"a b/{number}+.ms" for number in range(5)]


def client(url: str) -> Any:
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return boto3.client("s3", endpoint_url=url, region_name="us-west-2", config=config)


def answered(ask: Callable[[], Any]) -> tuple[Any, ...]:
    """Return all that a client has of an answer or of an error, apart from its date."""
    try:
        answer = ask()
    except ClientError as error:
        answer = error.response
    metadata = answer.pop("ResponseMetadata")
    body = answer.pop("Body").read() if "Body" in answer else b""
    headers = {
        name: value
        for name, value in metadata["HTTPHeaders"].items()
        if name not in ("date", "server", "connection")
    }
    return metadata["HTTPStatusCode"], headers, body, answer


@pytest.fixture(scope="module")
def both() -> Iterator[list[Any]]:
    """A client of a bucket, and one of a server that passes the bucket on."""
    objects = {key: StoredObject((Piece.whole(CONTENT),), "tag", 1.5e9) for key in KEYS}
    there = Front(Response(), {BUCKET: read_only(BUCKET, FixedBucket(objects))})
    with listening(there) as url:
        remote = RemoteBucket(f"{url}/{BUCKET}")
        remote.check()
        with listening(Front(NotFound(), {BUCKET: remote.answer})) as here:
            yield [client(url), client(here)]


@pytest.mark.parametrize(
    ("status", "method", "arguments"),
    [
        (200, "get_object", {"Key": KEYS[0]}),
        (206, "get_object", {"Key": KEYS[0], "Range": "bytes=10-19"}),
        (206, "get_object", {"Key": KEYS[0], "Range": "bytes=-7", "IfMatch": '"tag"'}),
        (416, "get_object", {"Key": KEYS[0], "Range": "bytes=99999-"}),
        (412, "get_object", {"Key": KEYS[0], "IfMatch": '"other"'}),
        (304, "get_object", {"Key": KEYS[0], "IfNoneMatch": '"tag"'}),
        (404, "get_object", {"Key": "none"}),
        (200, "head_object", {"Key": KEYS[4]}),
        (404, "head_object", {"Key": "none"}),
        (403, "put_object", {"Key": "new", "Body": b"x"}),
        (403, "delete_object", {"Key": KEYS[0]}),
        (200, "list_objects_v2", {"Prefix": "a b/", "MaxKeys": 2}),
        (200, "list_objects_v2", {"StartAfter": KEYS[2], "Delimiter": "/", "Prefix": "a b/"}),
    ],
)
def test_it_answers_as_the_bucket_does(
    both: list[Any], status: int, method: str, arguments: dict[str, Any]
) -> None:
    there, here = (
        answered(lambda each=each: getattr(each, method)(Bucket=BUCKET, **arguments))
        for each in both
    )
    assert here == there
    assert here[0] == status


def test_all_pages_of_a_listing(both: list[Any]) -> None:
    for each in both:
        pages = each.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, PaginationConfig={"PageSize": 2}
        )
        assert [item["Key"] for page in pages for item in page["Contents"]] == KEYS


def test_a_body_that_breaks_off_is_not_taken_for_whole(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def cut(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "8")])
        return [b"half"]

    with (
        listening(cut) as url,
        listening(Front(NotFound(), {BUCKET: RemoteBucket(f"{url}/{BUCKET}").answer})) as here,
        pytest.raises(ResponseStreamingError),
    ):
        client(here).get_object(Bucket=BUCKET, Key="x")["Body"].read()
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_body_without_a_length_is_read_first(is_whole: bool) -> None:
    """S3's listings are such."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwhat\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:

        def send() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(answer + (b"0\r\n\r\n" if is_whole else b""))

        sent = pool.submit(send)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/{BUCKET}"
        got = RemoteBucket(url).answer("key", Request.from_values("/"))
        sent.result()
    assert got is not None
    assert (got.status_code, got.data == b"what") == ((200, True) if is_whole else (503, False))


def test_a_bucket_that_does_not_answer() -> None:
    remote = RemoteBucket(f"http://127.0.0.1:{free_port()}/{BUCKET}")
    with pytest.raises(UnreachableError, match="cannot be reached"):
        remote.check()
    with (
        listening(Front(NotFound(), {BUCKET: remote.answer})) as here,
        pytest.raises(ClientError, match=r"ServiceUnavailable.*cannot be reached"),
    ):
        client(here).get_object(Bucket=BUCKET, Key="x")


def test_a_bucket_that_does_not_exist() -> None:
    with (
        listening(NotFound()) as url,
        pytest.raises(UnreachableError, match="there is no such bucket"),
    ):
        RemoteBucket(f"{url}/none").check()
