"""The response function behind the emulator while S3 stalls."""

import json
import os
import signal
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.cloud.emulator import Emulator
from local.cloud.s3_server import S3Server
from tests.support.gate import Gate
from tests.support.processes import children

REQUEST = {"day": "2024,001", "nscl": "CI.BOM.BHZ."}


def post(emulator: Emulator) -> bytes:
    request = urllib.request.Request(emulator.url, json.dumps(REQUEST).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=300) as reply:
        return reply.read()


def test_a_killed_runtime_leaves_nothing_behind(day: S3Server, tmp_path: Path) -> None:
    """The next request in that container succeeds. S3 stalls, so that there is time to kill it."""
    with Gate(day) as gate:
        environment = {
            **day.function_environment,
            "TMPDIR": str(tmp_path),
            "AWS_ENDPOINT_URL_S3": gate.url,
        }
        with Emulator("response", environment) as emulator, ThreadPoolExecutor(1) as caller:
            call = caller.submit(post, emulator)
            assert gate.reached.wait(60)
            (runtime,) = children(emulator.process.pid)
            os.kill(runtime, signal.SIGKILL)
            with pytest.raises(urllib.error.HTTPError, match="502") as ended:
                call.result()
            ended.value.close()
            gate.opened.set()
            answer = post(emulator)
    assert "output_key" in json.loads(answer)
    assert list(tmp_path.iterdir()) == []


def test_a_stall_of_s3_is_answered_before_the_timeout(day: S3Server) -> None:
    with Gate(day) as gate:
        environment = {**day.function_environment, "AWS_ENDPOINT_URL_S3": gate.url}
        for timeout_s in (4, 8, 16, 32, 64):  # long enough for a slow machine to start reading
            with Emulator("response", environment, timeout_s=timeout_s) as emulator:
                answer = post(emulator)
            if b"timed out" not in answer:
                break
    error = json.loads(answer)
    assert error["errorType"] == "S3Error"
    assert "CIBOM__BHZ___2024001.ms: S3 took too long" in error["errorMessage"]
