"""Both functions behind AWS's Runtime Interface Emulator, with the runtime of Lambda."""

import base64
import gzip
import io
import json
import socket
import struct
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obspy
import pytest

from local.cloud.emulator import Emulator, EmulatorError
from local.cloud.invocations import INVOCATIONS, Runtime
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from tests.support.builders import http_event, make_trace, noise, put_day
from tests.support.front_door_events import DOORS, Asked
from tests.support.processes import children

NSCL = "CI.BOM.BHZ."
RESPONSE_REQUEST = {"day": "2024,001", "nscl": NSCL}
WINDOWS_REQUEST = {
    "Windows": [
        {
            "Network": "CI",
            "Station": station,
            "Channel": "BHZ",
            "Location": "--",
            "Starttime": "2024-01-01T00:00:00",
            "Endtime": "2024-01-01T00:00:10",
        }
        for station in ("BOM", "NONE")
    ]
}


@pytest.fixture(scope="module")
def timewindow(s3_server: S3Server) -> Iterator[Emulator]:
    with Emulator("timewindow", s3_server.function_environment) as emulator:
        yield emulator


def send(emulator: Emulator, event: Any) -> Any:
    """Send an event, and parse the reply as strict JSON, without NaN or infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(post(emulator, event), parse_constant=refuse)


def post(emulator: Emulator, event: Any) -> bytes:
    request = urllib.request.Request(emulator.url, json.dumps(event).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=300) as reply:
        return reply.read()


def test_response_removal(day: S3Server, response: Emulator) -> None:
    """A warm container gets direct and HTTP events, good and bad, in turn."""
    for _ in range(2):
        reply = send(response, RESPONSE_REQUEST)
        assert reply["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp/")
        assert len(day.get(reply["output_key"])) > 4_000

        for version in ("2.0", "1.0"):
            reply = send(response, http_event(json.dumps(RESPONSE_REQUEST), version))
            assert reply["statusCode"] == 200
            assert json.loads(reply["body"])["samples"] == 4_000

        raised = send(response, {"day": "2024,001"})
        assert raised["errorType"] == "BadRequestError"
        assert "nscl is missing" in raised["errorMessage"]

        reply = send(response, http_event("{}", "1.0"))
        assert reply["statusCode"] == 400


def test_time_windows(day: S3Server, timewindow: Emulator) -> None:
    for _ in range(2):
        answered, failed = send(timewindow, WINDOWS_REQUEST)
        assert answered["data"] == noise(4_000)[:400].tolist()
        assert failed["error"]["type"] == "NoWaveformError"

        for version in ("1.0", "2.0"):
            reply = send(timewindow, http_event(json.dumps(WINDOWS_REQUEST), version))
            assert reply["statusCode"] == 200
            assert json.loads(reply["body"]) == [answered, failed]

        reply = send(timewindow, http_event("not JSON"))
        assert reply["statusCode"] == 400
        assert send(timewindow, {})["errorType"] == "BadRequestError"


def test_files_pass_the_runtime(day: S3Server, timewindow: Emulator) -> None:
    """Bytes need base64, as the runtime passes text only."""
    for file_format in ("mseed", "sac"):
        request = {**WINDOWS_REQUEST, "Format": file_format}
        direct = send(timewindow, request)
        assert [entry["window"] for entry in direct["errors"]] == [1]
        for version in ("1.0", "2.0"):
            reply = send(timewindow, http_event(json.dumps(request), version))
            assert reply["statusCode"] == 200
            assert reply["isBase64Encoded"] is True
            assert reply["headers"]["X-Windows-Failed"] == "1"
            assert reply["body"] == direct["content_base64"]
        if file_format == "mseed":
            (trace,) = obspy.read(io.BytesIO(base64.b64decode(reply["body"])))
            assert trace.data.tolist() == noise(4_000)[:400].tolist()


def test_gzip_get_and_redirect(day: S3Server, timewindow: Emulator) -> None:
    zipped = http_event(json.dumps(WINDOWS_REQUEST), headers={"accept-encoding": "gzip"})
    reply = send(timewindow, zipped)
    assert reply["headers"]["Content-Encoding"] == "gzip"
    answers = json.loads(gzip.decompress(base64.b64decode(reply["body"])))
    assert answers == send(timewindow, WINDOWS_REQUEST)

    data = noise(1_500_000, scale=10_000_000.0)
    put_day(day, "CI.HEC.BHZ.", "2024,001", make_trace("CI.HEC.BHZ.", "2024-01-01", data))
    query = "Network=CI&Station=HEC&Channel=BHZ&Starttime=2024-01-01&Endtime=2024-01-01T10:00:00"
    context = {"http": {"method": "GET"}}
    event = http_event(None, rawQueryString=query, requestContext=context)
    redirect = send(timewindow, event)
    assert redirect["statusCode"] == 303
    with urllib.request.urlopen(redirect["headers"]["Location"]) as response:
        (answer,) = json.loads(response.read())
    assert answer["data"] == data[:1_440_001].tolist()

    event["rawQueryString"] += "&Station=BOM"
    assert send(timewindow, event)["statusCode"] == 400


def test_calls_at_the_same_time_queue(day: S3Server, timewindow: Emulator) -> None:
    """AWS's emulator itself dies of a second call during the first."""
    replies: list[Any] = []
    calls = [
        threading.Thread(target=lambda: replies.append(send(timewindow, WINDOWS_REQUEST)))
        for _ in range(4)
    ]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert [len(reply) for reply in replies] == [2] * 4


def test_a_caller_who_does_not_wait_is_no_fault(
    response: Emulator, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    called, gone = threading.Event(), threading.Event()

    def forward(*_: Any) -> tuple[int, str, bytes]:
        called.set()
        assert gone.wait(300)
        return 200, "application/json", b"{}"

    monkeypatch.setattr(Runtime, "call", forward)
    host, port = response.endpoint_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.sendall(f"POST {INVOCATIONS} HTTP/1.0\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        assert called.wait(300)
    gone.set()
    assert send(response, {}) == {}  # waits for the abandoned call to end
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


def test_the_emulator_ends_with_its_block(s3_server: S3Server) -> None:
    with Emulator("response", s3_server.function_environment) as emulator:
        process = emulator.process
        assert send(emulator, {})["errorType"] == "BadRequestError"  # starts the runtime
        (child,) = children(process.pid)
        port = int(emulator.endpoint_url.rpartition(":")[2])
    assert process.poll() is not None
    for _ in range(3_000):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()
    with Emulator("response", s3_server.function_environment, port):  # the port is free again
        pass


def test_a_taken_port_is_an_error(s3_server: S3Server, response: Emulator) -> None:
    port = int(response.endpoint_url.rpartition(":")[2])
    with (
        pytest.raises(EmulatorError, match=f"cannot listen on port {port}"),
        Emulator("response", {}, port),
    ):
        pass


def test_pages_for_fdsn_clients_pass_the_runtime(timewindow: Emulator) -> None:
    for path, status, start in (
        ("/fdsnws/dataselect/1/version", 200, "1.1."),
        ("/fdsnws/station/1/application.wadl", 200, "<?xml "),
        ("/fdsnws/event/1/application.wadl", 404, "Error 404: "),
    ):
        reply = send(timewindow, DOORS["function URL"].event(Asked(path)))
        assert (reply["statusCode"], reply["isBase64Encoded"]) == (status, False)
        assert reply["body"].startswith(start)
