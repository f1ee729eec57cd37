"""Copies of a snapshot share no connection, no credentials and no random numbers.

A program imports a function as Lambda does for a snapshot. Forks stand in for the containers that
are restored from it, and AWS's own runtime calls the hooks in each.
"""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.commands import PROJECT, command_environment

PROGRAM = """
import json, os, random, sys
from awslambdaric.lambda_runtime_hooks_runner import run_after_restore, run_before_snapshot
from tests.support.commands import load_app

app = load_app(sys.argv[1])
from shared.aws import _attempts, s3_client, s3_write
loaded = {name for name in sys.modules if name.startswith("shared")} | {"obspy"} & {*sys.modules}
before = s3_client.client(signed=True)
s3_write.upload(b"before", "a-bucket", "key", "text/plain")
shared_state = random.getstate()
run_before_snapshot()
for copy in range(2):
    reader, writer = os.pipe()
    if os.fork() == 0:
        random.setstate(shared_state)  # a fork, unlike a snapshot, seeds again
        run_after_restore()
        after = s3_client.client(signed=True)
        s3_write.upload(b"after", "a-bucket", "key", "text/plain")
        found = {
            "pauses": [_attempts._pause_s(5) for _ in range(3)],
            "same_client": after is before,
        }
        os.write(writer, json.dumps(found).encode())
        os._exit(0)
    os.close(writer)
    os.wait()
    with open(reader, "rb") as pipe:
        print(pipe.read().decode())
print(json.dumps(sorted(loaded)))
"""


class Aws(ThreadingHTTPServer):
    """S3, and the endpoint from which a restored container gets its credentials."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.credentials = 0
        self.uploads = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.credentials += 1
        self.reply(
            json.dumps(
                {
                    "AccessKeyId": f"KEY{self.server.credentials}",
                    "SecretAccessKey": "secret",
                    "Token": "token",
                    "Expiration": "2099-01-01T00:00:00Z",
                }
            ).encode()
        )

    def do_PUT(self):
        key = self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.uploads.append((self.client_address, key, b"before" in body))
        self.reply(b"")

    def reply(self, body):
        self.send_response(200)
        self.send_header("ETag", '"0"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def aws():
    server = Aws()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def copies(aws):
    """The findings of two copies, and the modules that were loaded before the snapshot."""
    *found, loaded = run(
        AWS_LAMBDA_INITIALIZATION_TYPE="snap-start",
        AWS_ENDPOINT_URL_S3=aws.url,
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{aws.url}/credentials",
    )
    return found, loaded


def run(**environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "timewindow"],
        cwd=PROJECT,
        env=command_environment(**environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_random_numbers(copies):
    (first, second), _ = copies
    assert first["pauses"] != second["pauses"]


def test_clients_are_made_anew(copies):
    assert [copy["same_client"] for copy in copies[0]] == [False, False]


def test_no_copy_uses_an_older_connection(copies, aws):
    before, *after = aws.uploads
    assert [is_before for *_, is_before in aws.uploads] == [True, False, False]
    assert len({address for address, *_ in aws.uploads}) == 3
    assert before[0] not in {address for address, *_ in after}


def test_each_copy_gets_its_own_credentials(copies, aws):
    assert aws.credentials == 3
    assert [key for _, key, _ in aws.uploads] == ["KEY1", "KEY2", "KEY3"]


def test_a_snapshot_has_all_modules(copies):
    modules = {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for path in (PROJECT / "shared").rglob("*.py")
    }
    assert set(copies[1]) == modules | {"obspy"}


def test_without_snapstart_copies_are_alike(aws):
    """As the tests above must be able to fail: nothing else makes the copies differ."""
    keys = {"AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "secret"}
    first, second, loaded = run(AWS_ENDPOINT_URL_S3=aws.url, **keys)
    assert first == second
    assert first["same_client"]
    assert "shared.invocation.s3_batch" in loaded


def test_containers_started_ahead_of_requests_have_all_modules(aws):
    keys = {"AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "secret"}
    ahead = {"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"}
    *_, loaded = run(AWS_ENDPOINT_URL_S3=aws.url, **keys, **ahead)
    assert {"obspy", "shared.windows.answer"} <= set(loaded)
