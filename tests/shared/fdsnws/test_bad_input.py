"""Bad requests: FDSN's error text with the right status, and not one request to S3."""

import gzip
from urllib.parse import urlencode

import pytest

from shared.fdsnws.routes import ROUTES
from shared.fdsnws.services import SERVICES
from shared.invocation import lambda_handler
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.http_api import http_api_event

HANDLER = lambda_handler(lambda _: "no window", query=dict, routes=ROUTES, large_folder="windows")
DATA, STATION, AVAILABILITY, EXTENT = (
    f"/fdsnws/{name}"
    for name in (
        "dataselect/1/query", "station/1/query", "availability/1/query", "availability/1/extent",
    )
)  # fmt: skip
ALL = (DATA, STATION, AVAILABILITY, EXTENT)
LINE = "CI BOM -- BHZ 2024-01-01 2024-01-02"
GOOD = "net=CI&sta=BOM&loc=--&cha=BHZ&start=2024-01-01&end=2024-01-02"

GETS = [
    (ALL, f"{GOOD}&colour=blue", 400, "there is no parameter 'colour'"),
    (ALL, "start=2024-13-01&end=2024-12-02&net=CI", 400, "start '2024-13-01'"),
    (ALL, "start=yesterday", 400, "start 'yesterday'"),
    (ALL, "net=CI&start=2024-01-02&end=2024-01-01", 400, "the end is before the start"),
    (ALL, f"{GOOD}&net=../../secret", 400, "net has the code '../../secret'"),
    (ALL, "net=CI&sta=..%2F..%2Fetc%2Fpasswd", 400, "sta has the code '../../etc/passwd'"),
    (ALL, "net=CI%0D%0AX-Evil:%201", 400, "net has the code"),
    (ALL, "net=%00", 400, "net has the code"),
    (ALL, "net=", 400, "net is empty"),
    (ALL, f"{GOOD}&nodata=500", 400, "nodata is '500': must be one of 204, 404"),
    (ALL, f"{GOOD}&format=exe", 400, "format is 'exe'"),
    (ALL, f"net={'A,' * 3000}&x={'B' * 11_000}", 414, "must have at most 16,384"),
    ((STATION,), "latitude=91&longitude=0&maxradius=1", 400, "latitude is 91: must be"),
    ((STATION,), "maxradius=5", 400, "maxradius needs the circle's centre"),
    ((STATION,), "minlat=5&maxlat=4", 400, "must be at most maxlatitude"),
    ((STATION,), "level=response&format=text", 400, "format=text has no responses"),
    ((DATA,), "net=CI&sta=BOM&loc=--&cha=BHZ&end=2024-01-02", 400, "starttime is missing"),
    ((DATA,), f"{GOOD}&correct=true&prefilt=1,2,3", 400, "prefilt is '1,2,3': must be four"),
    ((AVAILABILITY,), "start=2024-01-01&end=2024-01-02", 400, "give one of them or more"),
    ((AVAILABILITY, EXTENT), f"{GOOD}&limit=0", 400, "limit is 0: must be at least 1"),
]
MANY_LINES = "".join(f"{LINE}.{number:06d}\n" for number in range(10_000)).encode()
POSTS = [
    (b"", 400, "the body has no line that selects channels"),
    (b"\n# nothing\n", 400, "the body has no line that selects channels"),
    (b"level=channel\n", 400, "the body has no line that selects channels"),
    (bytes(range(256)) * 4, 400, "the body is no text in UTF-8"),
    (b"CI BOM\0-- BHZ 2024-01-01 2024-01-02", 400, "station has the code 'BOM\\x00--'"),
    (MANY_LINES, 413, "the body has 10,000 lines of channels: at most 5,000"),
    (b"CI BOM -- BHZ 2024-01-02 2024-01-01", 400, "line 1: the end is before the start"),
    (b"../.. BOM -- BHZ 2024-01-01 2024-01-02", 400, "line 1: network has the code '../..'"),
    (f"colour=blue\n{LINE}".encode(), 400, "there is no parameter 'colour'"),
    (f"net=CI\n{LINE}".encode(), 400, "network must be in the lines of a POST alone"),
    (b"a=b\n" * 300_000, 413, "the body has 1,200,000 bytes: at most 1,048,576"),
]


@pytest.fixture(scope="module")
def s3():
    """An S3 that lists the requests to it."""
    with MemoryS3().serving() as found:
        yield found


@pytest.fixture(autouse=True)
def _no_user_credentials(s3):
    """Keep the environment of `s3`."""


def refused(event, status, said, s3):
    """Ask; check the answer's form, and that S3 was not asked."""
    reply = HANDLER(event, None)
    body, headers = reply["body"], reply["headers"]
    assert reply["statusCode"] == status, body
    assert body.startswith(f"Error {status}: ")
    assert said in body
    assert "Usage details are available from http://localhost/" in body
    assert headers["Content-Type"] == "text/plain"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert not any(mark in f"{name}{value}" for name, value in headers.items() for mark in "\r\n\0")
    assert s3.asked == []


@pytest.mark.parametrize(("paths", "query", "status", "said"), GETS)
def test_bad_queries(s3, paths, query, status, said):
    for path in paths:
        refused(http_api_event("GET", path, query), status, said, s3)


@pytest.mark.parametrize(("body", "status", "said"), POSTS, ids=[each[2] for each in POSTS])
def test_bad_bodies(s3, body, status, said):
    for path in ALL:
        refused(http_api_event("POST", path, body=body), status, said, s3)


def test_bodies_that_are_not_as_their_headers_say(s3):
    for body, said in (
        (b"CI BOM", "the body is not gzip"),
        (gzip.compress(LINE.encode())[:-4], "one whole gzip stream"),
        (gzip.compress(bytes(11 * 1024**2)), "once it is decompressed"),
    ):
        event = http_api_event("POST", DATA, headers={"Content-Encoding": "gzip"}, body=body)
        refused(event, 400, said, s3)


def test_paths_that_lead_elsewhere(s3):
    for path in ("/fdsnws/../etc/passwd", "/fdsnws/station/1/../../x", "/fdsnws/event/1/query"):
        event = http_api_event("GET", path) | {"rawPath": path}
        refused(event, 404, "there is no path", s3)


def test_headers_with_line_breaks(s3):
    strange = {"host": "a\r\nX-Evil: 1", "if-none-match": "\r\n*", "accept-encoding": "\0gzip;q=\n"}
    event = http_api_event("GET", DATA, "colour=blue")
    refused(event | {"headers": strange, "requestContext": {}}, 400, "colour", s3)


def test_repeated_codes_of_a_post_are_refused_at_the_first(s3):
    """Joined one after another, 100,000 of them would take minutes."""
    codes = "".join(f"net=A{number}\n" for number in range(80_000))
    refused(http_api_event("POST", DATA, body=f"{codes}{LINE}".encode()), 400, "in the lines", s3)


def test_every_parameter_refuses_what_its_kind_does_not_have(s3):
    wrong = {
        "time": "soon", "float": "1e5", "int": "1.5", "bool": "perhaps", "choice": "none of them",
        "choices": "none,of,them", "codes": "a b",
    }  # fmt: skip
    for service in SERVICES.values():
        for method, parameters in service.methods.items():
            for each in parameters:
                for name in (each.name, *each.short) if each.kind in wrong else ():
                    query = urlencode({name: wrong[each.kind]})
                    event = http_api_event("GET", f"{service.path}/{method}", query)
                    refused(event, 400, name, s3)
