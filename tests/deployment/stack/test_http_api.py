"""The pages' lines for the HTTP API and for direct calls of the stack's functions."""

import json
import re
import shutil
import subprocess
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import obspy
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from shared.corrected_days.request import CorrectedDayRequest
from shared.fdsnws.updates import UPDATES
from shared.windows.request import WindowsRequest
from tests.deployment.support.aws_account import REGION
from tests.deployment.support.deployed_stack import API_ID
from tests.deployment.support.page_lines import BY_HAND, DEPLOYMENT, WITH_SAM, Pasted, outputs
from tests.support.commands import PROJECT, command_environment, curl_signs

HTTP = ("Over HTTP", "sh", 0)


@DEPLOYMENT.covers(("Using the stack", "sh", 0), HTTP)
def test_names_and_windows(stack: Pasted) -> None:
    values = outputs(stack.account)
    used = set(re.findall(r"\$\(output (\w+)\)", WITH_SAM))
    assert used <= set(values)
    url = f"https://{API_ID}.execute-api.{REGION}.amazonaws.com"
    assert values["ApiUrl"] == url
    commands = stack.account.commands()
    (signed,) = (line for line in commands if f"{url}/windows" in line)
    assert signed.startswith(f"curl --aws-sigv4 aws:amz:{REGION}:execute-api --user testing:")
    assert signed.endswith(f" --compressed -d @request.json {url}/windows -o output.json")
    # moto's functions return the event, so the output shows the request.
    windows = json.loads((PROJECT / "request.json").read_text())
    assert json.loads((stack.folder / "output.json").read_text()) == windows
    assert set(re.findall(r"--function-name (\w\S+)", WITH_SAM)) == {
        values["ResponseFunctionName"],
        values["TimewindowFunctionName"],
    }


@DEPLOYMENT.covers(("Using the stack", "sh", 1))
def test_response_of_one_day(stack: Pasted) -> None:
    request = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert json.dumps(request, indent=2) in stack.printed
    (signed,) = (line for line in stack.account.commands() if line.endswith("/response"))
    assert "--aws-sigv4" in signed


@DEPLOYMENT.covers(("Using the stack", "sh", 2))
def test_reading_the_result(stack: Pasted) -> None:
    """The fixture put it into the bucket, since moto's functions write none."""
    path = "noresp/2019/2019_183/CISOC__HHZ___2019183.ms"
    (trace,) = obspy.read(str(stack.folder / "here" / path))
    assert (trace.id, trace.stats.npts) == ("CI.SOC..HHZ", 1_000)
    assert "1 Trace(s) in Stream:\nCI.SOC..HHZ | 2019-07-02T00:00:00.008400Z" in stack.printed


@DEPLOYMENT.covers(("FDSN clients", "sh", 0))
def test_update_of_the_station_index(stack: Pasted) -> None:
    event = json.loads((stack.folder / "report.json").read_text())
    assert event["update"] in UPDATES


class Listener(HTTPServer):
    """An HTTP server that keeps the one request that it gets."""

    headers: dict[str, str]
    body: bytes

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), KeepRequest)


class KeepRequest(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.path = self.path
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


BLOCKS = DEPLOYMENT.blocks[HTTP], BY_HAND.blocks["7. The HTTP API", "sh", 1]
SIGNED = [
    (block, line) for block in BLOCKS for line in re.findall(r"^signed .*$", block, re.MULTILINE)
]


def test_every_line_for_the_http_api_is_signed() -> None:
    assert [line.split()[-1] for _, line in SIGNED[:2]] == ["output.json", "$URL/response"]
    assert len(SIGNED) == 5
    assert sum(page.text.count("$URL/") for page in (DEPLOYMENT, BY_HAND)) == 5


@pytest.mark.parametrize("token", ["", "a-session's-token"])
@pytest.mark.parametrize(("block", "line"), SIGNED, ids=lambda value: str(value)[:40])
def test_signature(block: str, line: str, token: str, tmp_path: Path) -> None:
    """The line for curl makes the signature that AWS's own library makes."""
    assert "7.87" in DEPLOYMENT.sections["Over HTTP"]
    if not curl_signs():
        pytest.skip("curl is older than 7.87")
    (function,) = re.findall(r"^signed\(\).*?^}$", block, re.MULTILINE | re.DOTALL)
    keys = Credentials("AKIDEXAMPLE", "secret", token or None)
    shutil.copy(PROJECT / "request.json", tmp_path)
    with Listener() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.handle_request)
        thread.start()
        environment = command_environment(
            URL=url,
            AWS_DEFAULT_REGION=REGION,
            AWS_ACCESS_KEY_ID=keys.access_key,
            AWS_SECRET_ACCESS_KEY=keys.secret_key,
        )
        if token:
            environment["AWS_SESSION_TOKEN"] = token
        command = ["bash", "-euc", f"{function}\n{line}"]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=300)
        thread.join(timeout=300)
    assert_signed(server, url, keys)
    if server.path.endswith("/response"):
        CorrectedDayRequest.parse(json.loads(server.body))
    elif server.body:
        WindowsRequest.parse(json.loads(server.body))


def assert_signed(server: Listener, url: str, keys: Credentials) -> None:
    """Check the signature of the request that a server got, as AWS does."""
    scheme, scope, signed, signature = re.split(", *| ", server.headers["authorization"])
    assert scheme == "AWS4-HMAC-SHA256"
    assert scope.endswith(f"/{REGION}/execute-api/aws4_request")
    names = signed.removeprefix("SignedHeaders=").split(";")
    assert ("x-amz-security-token" in names) == bool(keys.token)
    path, _, query = server.path.partition("?")
    request = AWSRequest(
        "POST" if server.body else "GET",
        f"{url}{path}",
        data=server.body,
        params=dict(urllib.parse.parse_qsl(query)),
    )
    for name in names:
        request.headers[name] = server.headers[name]
    request.context["timestamp"] = server.headers["x-amz-date"]
    auth = SigV4Auth(keys, "execute-api", REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert signature == f"Signature={auth.signature(text, request)}"
