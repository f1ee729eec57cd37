"""The deployment page's lines for the HTTP API and for direct calls of the stack's functions."""

import json
import re
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from shared.corrected_days.request import CorrectedDayRequest
from tests.deployment.support.aws_account import REGION
from tests.deployment.support.deployed_stack import API_ID
from tests.deployment.support.page_lines import PAGE, WITH_SAM, Pasted, lines_of, outputs
from tests.support.commands import PROJECT, command_environment

RESPONSE = ("Using the stack", "sh", 2)

covers = PAGE.covers


@covers(("Using the stack", "sh", 0), ("Using the stack", "sh", 1))
def test_names_and_windows(stack: Pasted) -> None:
    values = outputs(stack.account)
    used = set(re.findall(r"\$\(output (\w+)\)", lines_of(*WITH_SAM)))
    assert used <= set(values)
    url = f"https://{API_ID}.execute-api.{REGION}.amazonaws.com"
    assert values["ApiUrl"] == url
    commands = stack.account.commands()
    assert f"curl --compressed -d @request.json {url}/windows -o output.json" in commands
    # moto's functions return the event, so the output shows the request.
    windows = json.loads((PROJECT / "request.json").read_text())
    assert json.loads((stack.folder / "output.json").read_text()) == windows
    assert set(re.findall(r"--function-name (\w\S+)", lines_of(*WITH_SAM))) == {
        values["ResponseFunctionName"],
        values["TimewindowFunctionName"],
    }


@covers(RESPONSE)
def test_response_of_one_day(stack: Pasted) -> None:
    request = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert json.dumps(request, indent=2) in stack.printed
    assert any("--aws-sigv4" in command for command in stack.account.commands())


class Listener(HTTPServer):
    """An HTTP server that keeps the one request that it gets."""

    headers: dict[str, str]
    body: bytes

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), KeepRequest)


class KeepRequest(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.path = self.path
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.mark.parametrize("token", ["", "a-session's-token"])
def test_signature_of_a_response_over_http(token: str) -> None:
    """The line for curl makes the signature that AWS's own library makes."""
    assert "curl 7.87" in PAGE.sections["Using the stack"]
    version = re.match(r"curl (\d+)\.(\d+)", subprocess.check_output(["curl", "-V"], text=True))
    if version is None or tuple(map(int, version.groups())) < (7, 87):
        pytest.skip("curl is older than 7.87")
    (line,) = re.findall(
        r"^curl --aws.*?\$URL/response$", PAGE.blocks[RESPONSE], re.MULTILINE | re.S
    )
    keys = Credentials("AKIDEXAMPLE", "secret", token or None)
    with Listener() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.handle_request)
        thread.start()
        environment = command_environment(
            URL=url, AWS_ACCESS_KEY_ID=keys.access_key, AWS_SECRET_ACCESS_KEY=keys.secret_key
        )
        if token:
            environment["AWS_SESSION_TOKEN"] = token
        subprocess.run(["bash", "-euc", line], env=environment, check=True, timeout=300)
        thread.join(timeout=300)
    scheme, scope, signed, signature = re.split(", *| ", server.headers["authorization"])
    assert (scheme, server.path) == ("AWS4-HMAC-SHA256", "/response")
    assert scope.endswith(f"/{REGION}/execute-api/aws4_request")
    names = signed.removeprefix("SignedHeaders=").split(";")
    assert ("x-amz-security-token" in names) == bool(token)
    request = AWSRequest("POST", f"{url}/response", data=server.body)
    for name in names:
        request.headers[name] = server.headers[name]
    request.context["timestamp"] = server.headers["x-amz-date"]
    auth = SigV4Auth(keys, "execute-api", REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert signature == f"Signature={auth.signature(text, request)}"
    CorrectedDayRequest.parse(json.loads(server.body))
