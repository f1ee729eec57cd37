"""The time-window function's table: services, pages and unknown paths, by every front door."""

import json
import re
import subprocess
import sys
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from obspy.clients.fdsn.wadl_parser import WADLParser
from openapi_spec_validator import validate

from shared.fdsnws.parameters import KINDS
from shared.fdsnws.routes import ROUTES
from shared.fdsnws.services import SERVICES
from shared.invocation import lambda_handler
from shared.invocation.routes import ANY_PATH
from shared.windows.request import request_from_query
from tests.support.commands import PROJECT
from tests.support.front_door_events import DOORS, Asked, all_headers
from tests.support.invocations import CORS, decoded_body

each_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
PATHS = [f"/fdsnws/{name}/1" for name in SERVICES]


def ask(door, path, method="GET", query=(), **asked):
    handler = lambda_handler(
        lambda request: {"got": request}, query=request_from_query, routes=ROUTES
    )
    return handler(door.event(Asked(path, method, tuple(query), **asked)), None)


def text(reply):
    return decoded_body({**reply, "headers": all_headers(reply)}).decode()


# Version and WADL


@each_door
@each_service
def test_version(door, service):
    for query in ((), (("foo", "1"),)):  # parameters are ignored
        reply = ask(door, f"{service.path}/version", query=query)
        assert reply["statusCode"] == 200
        assert all_headers(reply)["Content-Type"] == "text/plain"
        assert re.fullmatch(r"1\.\d+\.\d+\n", text(reply))
    tags = {"If-None-Match": all_headers(reply)["ETag"]}
    assert ask(door, f"{service.path}/version", headers=tags)["statusCode"] == 304


@each_door
@each_service
def test_wadl_as_obspy_reads_it(door, service):
    for path in (f"{service.path}/application.wadl", f"/{service.path}/application.wadl"):
        reply = ask(door, path)
        assert all_headers(reply)["Content-Type"] == "application/xml"
    if service.name != "availability":  # which it does not know
        parsed = WADLParser(text(reply).encode()).parameters
        assert set(parsed) == {each.name for each in service.methods["query"]} - {"nodata"}
    root = ET.fromstring(text(reply))
    (resources,) = root.findall("{*}resources")
    assert resources.get("base") == f"{door.base_url}{service.path}/"
    types = {each.get("name"): each.get("type") for each in root.iter() if each.get("style")}
    for parameters in service.methods.values():
        assert {each.name: KINDS[each.kind] for each in parameters}.items() <= types.items()


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("dataselect", "starttime endtime network station location channel"),
        ("station", "starttime endtime network station location channel minlatitude maxlatitude"),
        ("station", "minlongitude maxlongitude level format nodata includerestricted"),
        ("availability", "starttime endtime network station location channel merge orderby"),
    ],
)
def test_what_the_specification_requires(name, required):
    assert set(required.split()) <= set(SERVICES[name].names("query"))


@each_service
def test_limits_are_in_the_wadl_and_on_the_page(service):
    for name in ("application.wadl", ""):
        limits = " ".join(unescape(text(ask(DOORS["HTTP API"], f"{service.path}/{name}"))).split())
        assert "5,000 lines of channels (MAX_SELECTIONS)" in limits
        assert "20,000 combinations of codes (MAX_CHANNEL_PATTERNS)" in limits
        assert service.limits
        assert service.limits in limits


# Errors


def sections(reply):
    return text(reply).rstrip("\n").split("\n\n")


@each_door
@pytest.mark.parametrize(
    ("path", "method", "status", "first"),
    [
        ("/fdsnws/event/1/query", "GET", 404, "Error 404: Not Found"),
        ("/fdsnws/event/1/application.wadl", "GET", 404, "Error 404: Not Found"),
        ("/fdsnws/event/1/query", "POST", 404, "Error 404: Not Found"),
        ("/fdsnws/dataselect/2/query", "GET", 404, "Error 404: Not Found"),
        ("/fdsnws/station/1/../../windows", "GET", 404, "Error 404: Not Found"),
        ("/fdsnws/station/1/queryauth", "GET", 404, "Error 404: Not Found"),
        ("/fdsnws/dataselect/1/version", "POST", 405, "Error 405: Method Not Allowed"),
        ("/fdsnws/dataselect/1/version", "PUT", 405, "Error 405: Method Not Allowed"),
    ],
)
def test_errors_of_paths_and_methods(door, path, method, status, first):
    reply = ask(door, path, method, body="CI BOM" if method != "GET" else None)
    assert reply["statusCode"] == status
    headers = all_headers(reply)
    assert headers.pop("Allow", "") == ("GET, HEAD, OPTIONS" if status == 405 else "")
    assert headers == {"Content-Type": "text/plain", **CORS}
    heading, detail, usage, asked, submitted, version = sections(reply)
    assert heading == first
    assert detail
    assert usage.startswith(f"Usage details are available from {door.base_url}/")
    assert asked == f"Request:\n{door.base_url}{path}"
    assert re.fullmatch(r"Request Submitted:\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", submitted)
    assert re.fullmatch(r"Service version:\n\d+\.\d+\.\d+", version)


@each_door
def test_usage_is_where_errors_say(door):
    reply = ask(door, "/fdsnws/station/1/version", "POST", body="x")
    (url,) = re.findall(r"Usage details are available from (\S+)", text(reply))
    reply = ask(door, url.removeprefix(door.base_url))
    assert reply["statusCode"] == 200
    assert "minlatitude, minlat " in text(reply)


@each_door
@pytest.mark.parametrize(
    "path", ["/fdsnws", "/favicon.ico", "/eidaws/x", "/a/b.xml", "/robots.txt"]
)
def test_other_paths_are_quick_and_no_xml(door, path):
    reply = ask(door, path)
    assert reply["statusCode"] == 404
    assert json.loads(reply["body"])["error"]["type"] == "NoSuchPathError"


# Time windows at any path, as users' own APIs have them

WINDOW = (
    ("net", "CI"), ("sta", "BOM"), ("cha", "BHZ"),
    ("start", "2024-01-01"), ("end", "2024-01-01T00:01:00"),
)  # fmt: skip


@each_door
@pytest.mark.parametrize("path", ["/windows", "/", "/timewindow", "/a/deep/path"])
def test_windows(door, path):
    got = json.loads(ask(door, path, "POST", body='{"Windows": [1]}')["body"])
    assert got == {"got": {"Windows": [1]}}
    (window,) = json.loads(ask(door, path, query=WINDOW)["body"])["got"]["Windows"]
    assert window["Station"] == "BOM"
    reply = ask(door, path, query=[("Station", "BOM")])
    assert (reply["statusCode"], json.loads(reply["body"])["error"]["field"]) == (400, "Network")
    reply = ask(door, path, "POST", body="no JSON")
    assert json.loads(reply["body"])["error"]["type"] == "BadRequestError"


@each_door
def test_windows_by_get_without_a_query(door):
    assert json.loads(ask(door, "/windows")["body"])["error"]["field"] == "Network"
    assert ask(door, "/timewindow")["statusCode"] == 404
    assert ask(door, "/timewindow", query=[("utm_source", "x")])["statusCode"] == 404
    assert all_headers(ask(door, "/windows", "PUT"))["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert all_headers(ask(door, "/", "PUT"))["Allow"] == "GET, HEAD, POST, OPTIONS"


# Pages


@each_door
def test_links_of_the_help_page(door):
    reply = ask(door, "/")
    assert all_headers(reply)["Content-Type"] == "text/html; charset=utf-8"
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', text(reply))]
    assert len(links) >= 3 * len(SERVICES) + 2
    for link in links:
        assert link.startswith(door.base_url)
    assert f'Client("{door.base_url}")' in unescape(text(reply))


def test_openapi_has_every_route_and_parameter():
    door = DOORS["HTTP API, stage"]
    value = json.loads(text(ask(door, "/openapi.json")))
    validate(value)
    assert value["openapi"].startswith("3.1.")
    assert value["servers"] == [{"url": door.base_url}]
    table = {each.path for each in ROUTES} - {ANY_PATH, "/fdsnws/*"}
    assert set(value["paths"]) == table
    for route in ROUTES:
        if route.answer and route.path in table:
            methods = {name.upper() for name in value["paths"][route.path]}
            assert methods == set(route.methods)
    assert set(value["paths"]["/windows"]) == {"get", "post"}
    for service in SERVICES.values():
        for method, parameters in service.methods.items() if service.module else ():
            listed = value["paths"][f"{service.path}/{method}"]["get"]["parameters"]
            assert [each["name"] for each in listed] == [each.name for each in parameters]


# Cold starts

PROGRAM = """
import json, sys
from timewindow_lambda.app import handler
for event in json.load(sys.stdin):
    print(handler(event, None)["statusCode"])
print(sorted({"obspy", "numpy", "boto3", "botocore"} & {*sys.modules}))
"""


def test_light_answers_load_neither_obspy_nor_boto3():
    light = [f"{path}/{name}" for path in PATHS for name in ("version", "application.wadl", "")]
    light += ["/", "/openapi.json", "/fdsnws/event/1/query", "/favicon.ico"]
    asked = [Asked(path) for path in light] + [
        Asked("/windows", "OPTIONS"),
        Asked("/windows", "PUT"),
        Asked(f"{PATHS[0]}/query", query=(("foo", "1"),)),
        Asked(f"{PATHS[1]}/query", "POST", body="no lines"),
    ]
    events = json.dumps([DOORS["function URL"].event(each) for each in asked])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, input=events, capture_output=True, text=True
    )
    *statuses, loaded = [line for line in done.stdout.splitlines() if line[0] != "{"]
    assert (loaded, done.stderr) == ("[]", "")
    assert statuses[: len(light)] == ["200"] * (len(light) - 2) + ["404", "404"]
