"""Parts of objects, and whole objects unless their ETag is known."""

import pytest

from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.errors import NoSuchObjectError, S3Error, TooLargeError
from tests.support.s3_failures import OBJECT
from tests.support.tiny_server import BODY, s3_error

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def stored(archive):
    """Put an object into the archive; return a function that reads parts of it."""
    archive.put("folder/day.ms", CONTENT)
    return lambda *args, **kwargs: s3_read.read_part(OBJECT, *args, **kwargs)


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


@pytest.mark.parametrize(
    ("first", "headers", "size"),
    [(0, {}, 0), (-5, {}, 0), (9, {"Content_Range": "bytes */7"}, 7), (9, {}, None)],
)
def test_refused_range(tiny_server, first, headers, size):
    """Not every server that speaks S3 gives the size in the error."""

    def respond(exchange):
        exchange.reply(416, s3_error("InvalidRange"), **headers)

    with tiny_server(respond):
        if size is None:
            with pytest.raises(S3Error, match="S3's answer lacks the object's size"):
                s3_read.read_part(OBJECT, first)
        else:
            part = s3_read.read_part(OBJECT, first)
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
        s3_read.read_part(OBJECT, *args)
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


def test_part_that_breaks_off_once_is_read_again(tiny_server):
    def respond(exchange):
        if len(exchange.server.requests) == 1:
            exchange.reply_with_object(BODY[:100], length=len(BODY))
        else:
            exchange.reply_with_object()

    with tiny_server(respond):
        assert s3_read.read_part(OBJECT, 0).content == BODY


def test_part_without_a_content_range(tiny_server):
    with tiny_server(lambda exchange: exchange.reply(206, b"part", ETag='"0"')):
        refused_part(S3Error, 0, 9)


def test_whole_objects_unless_their_etag_is_known(stored, archive):
    part = s3_read.read_unless(OBJECT, "")
    assert part == s3_read.ObjectPart(CONTENT, first=0, size=1024, etag=part.etag)
    assert s3_read.read_unless(OBJECT, part.etag) is None
    archive.put("folder/day.ms", CONTENT[::-1])
    assert s3_read.read_unless(OBJECT, part.etag).content == CONTENT[::-1]


def test_whole_objects_take_one_unsigned_request(tiny_server):
    def respond(exchange):
        if exchange.headers["If-None-Match"]:
            exchange.reply(304, ETag='"0"')
        else:
            exchange.reply_with_object()

    with tiny_server(respond) as server:
        assert s3_read.read_unless(OBJECT, '"0"') is None
        assert s3_read.read_unless(OBJECT, "").content == BODY
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
        s3_read.read_unless(OBJECT, "")
    assert type(caught.value) is error


def test_whole_object_that_breaks_off(tiny_server):
    with (
        tiny_server(lambda exchange: exchange.reply_with_object(BODY[:100], length=1024)) as server,
        pytest.raises(S3Error),
    ):
        s3_read.read_unless(OBJECT, "")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "read",
    [
        lambda: s3_read.download(OBJECT),
        lambda: s3_read.read_part(OBJECT, 0, 99),
        lambda: s3_read.read_unless(OBJECT, ""),
    ],
    ids=["download", "part", "whole"],
)
def test_an_object_beyond_its_size_is_not_read(archive, monkeypatch, read):
    monkeypatch.setenv("MAX_STATIONXML_MIB", "1")
    archive.put("folder/day.ms", bytes(1 << 20))
    read()
    archive.put("folder/day.ms", bytes((1 << 20) + 1))
    with pytest.raises(TooLargeError, match=r"folder/day\.ms has 1,048,577 bytes.*1,048,576"):
        read()


def test_an_object_replaced_while_it_is_read_names_itself(tiny_server):
    with (
        tiny_server(lambda exchange: exchange.reply(412, s3_error("PreconditionFailed"))),
        pytest.raises(s3_read.ObjectChangedError, match=r"s3://scedc-pds/folder/day\.ms"),
    ):
        s3_read.read_unless(OBJECT, "")
