"""A function's image in a container with what Lambda gives at a memory size: memory and processor.

AWS's emulator, which is in the image, takes the invocations and reports how long they took. Unlike
Lambda it enforces neither; the container does: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import http.client
import ipaddress
import json
import math
import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from local.cloud.emulator import INVOCATIONS, PROJECT

MB_PER_VCPU = 1769
"""With so much memory a function has one virtual processor; its share grows with its memory."""

TIMEOUT_S = 300
USER = "993:990"
"""Lambda runs functions as users like this one, which own nothing in the image."""

_QUOTA_PERIOD_US = 20_000  # a share of a processor is granted anew after so long
_START_S = 30
_BUILD_S = 1800
_REPORT = re.compile(r"^REPORT RequestId: (\S+)\t.*\bBilled Duration: (\d+) ms", re.MULTILINE)
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
_EXIT_BY_SIGNAL = b"Runtime.ExitError"
# By `shared.aws.memory`, before it comes to that.
_REFUSED = b"MB of memory, and the function has"

# Run in a container: the largest resident set that each of its other processes has had, in KB.
_PEAKS = """
import glob, re
peaks = []
for path in glob.glob("/proc/[0-9]*/status"):
    with open(path) as file:
        text = file.read()
    if int(re.search(r"^PPid:\\t(\\d+)", text, re.M)[1]) == 0 and "python" in text.split()[1]:
        continue
    peaks += map(int, re.findall(r"^VmHWM:\\s+(\\d+)", text, re.M))
print(sum(peaks))
"""


class DockerError(Exception):
    """No Docker engine answers, or it did not do what it was told."""


class OutOfMemoryError(Exception):
    """The container's memory was not enough, and its process was killed."""


def docker(*arguments: str, timeout_s: float = 60) -> str:
    """What a docker command prints.

    Raises:
        DockerError: there is no such command, it failed, or it did not end.
    """
    command = ["docker", *arguments]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DockerError(f"docker {arguments[0]}: {error}") from error
    if done.returncode:
        raise DockerError(f"docker {arguments[0]}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def build(function: str, python_version: str) -> str:
    """Build a function's image as `make images` does; returns its id.

    Raises:
        DockerError: it cannot be built, such as without AWS's base image.
    """
    arguments = ["--build-arg", f"PYTHON_VERSION={python_version}", "-f", f"Dockerfile.{function}"]
    return docker("build", "--quiet", *arguments, ".", timeout_s=_BUILD_S).split()[-1]


def base_digest(python_version: str) -> str:
    """The digest of AWS's base image, which the images are built on.

    Empty is an image of that name that comes from no registry: a stand-in, built on this machine.

    Raises:
        DockerError: the engine has no such image.
    """
    name = f"public.ecr.aws/lambda/python:{python_version}"
    digests = json.loads(docker("image", "inspect", "--format", "{{json .RepoDigests}}", name))
    return str(digests[0]).partition("@")[2] if digests else ""


def bridge_address() -> str:
    """This machine's address on the network that containers are in.

    Raises:
        DockerError: no engine answers, or it has no such network.
    """
    (network,) = json.loads(docker("network", "inspect", "bridge"))
    subnet = network["IPAM"]["Config"][0]
    # An engine that chose the network by itself does not always tell its own address: the first.
    return subnet.get("Gateway") or str(next(ipaddress.ip_network(subnet["Subnet"]).hosts()))


def share_options(memory_mb: int) -> list[str]:
    """Options of `docker run` for a memory size: its memory, without swap, and its processor share.

    The container gets the machine's last processors, as many as its share has use for, and leaves
    the first one to others where it can.
    """
    share = memory_mb / MB_PER_VCPU
    processors = sorted(os.sched_getaffinity(0))[-math.ceil(share) :]
    return [
        *("--memory", f"{memory_mb}m", "--memory-swap", f"{memory_mb}m"),
        *("--cpu-period", str(_QUOTA_PERIOD_US), "--cpu-quota", f"{share * _QUOTA_PERIOD_US:.0f}"),
        *("--cpuset-cpus", ",".join(map(str, processors))),
    ]


@dataclass(frozen=True)
class Invocation:
    """One invocation.

    Attributes:
        reply: what the function returned.
        reply_bytes: how much that is as JSON.
        billed_seconds: as the emulator reports it, in whole milliseconds; a first invocation's has
            the function's start in it, as Lambda bills it.
    """

    reply: Any
    reply_bytes: int
    billed_seconds: float


class LambdaContainer:
    """A function's container; a context manager.

    Args:
        image: the function's image.
        memory_mb: how much memory, and with it how much of a processor.
        environment: the function's environment variables.
    """

    def __init__(self, image: str, memory_mb: int, environment: Mapping[str, str]) -> None:
        self._image = image
        self._memory_mb = memory_mb
        self._environment = {
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S),
            **environment,
        }
        self._invocations = 0

    def __enter__(self) -> "LambdaContainer":
        # /tmp on disk, as on Lambda: what is written there is not memory.
        options = ["--read-only", "--volume", "/tmp", "--user", USER]
        options += share_options(self._memory_mb)
        for name, value in self._environment.items():
            options += ["--env", f"{name}={value}"]
        self._id = docker(
            "run", "--detach", "--publish", "127.0.0.1::8080", *options, self._image
        ).strip()
        try:
            self._port = int(docker("port", self._id, "8080").split(":")[-1])
            self._await_emulator()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        docker("rm", "--force", "--volumes", self._id)

    def invoke(self, event: Any) -> Invocation:
        """Invoke the function.

        Raises:
            OutOfMemoryError: the container's memory was not enough.
            DockerError: the function raised an exception, or did not end in time.
        """
        try:
            status, body = self._request("POST", INVOCATIONS, json.dumps(event))
        except (OSError, http.client.HTTPException) as error:
            self._raise_if_out_of_memory()
            raise DockerError(f"the emulator does not answer: {error}") from error
        if _EXIT_BY_SIGNAL in body or _REFUSED in body:
            raise OutOfMemoryError(f"{self._memory_mb} MB")
        reply = json.loads(body) if status == http.HTTPStatus.OK else body.decode()
        if status != http.HTTPStatus.OK or "errorType" in reply:
            raise DockerError(f"the function failed: {reply}")
        self._invocations += 1
        return Invocation(reply, len(body), self._last_billed_seconds())

    def init_seconds(self) -> float:
        """How long the function took to start, in s: its imports, as the emulator reports it."""
        return init_seconds(self._logs()[1])

    def log_bytes(self) -> float:
        """What an invocation writes to its log in the mean, in bytes."""
        return len(self._logs()[0].encode()) / self._invocations

    def peak_memory_mb(self) -> float:
        """The most memory that its processes have had resident, in MB."""
        command = ("exec", "--user", "0", self._id, "python3", "-c", _PEAKS)
        return int(docker(*command)) / 1024

    def _last_billed_seconds(self) -> float:
        """What the emulator reports after it has replied."""
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            found = billed_seconds(self._logs()[0])
            if len(found) == self._invocations:
                return found[-1]
            time.sleep(0.05)
        raise DockerError("the emulator has not reported an invocation")

    def _logs(self) -> tuple[str, str]:
        """The function's log, and the emulator's own."""
        done = subprocess.run(
            ["docker", "logs", self._id], capture_output=True, text=True, check=True
        )
        return done.stdout, done.stderr

    def _raise_if_out_of_memory(self) -> None:
        (state,) = json.loads(docker("inspect", self._id, "--format", "[{{json .State}}]"))
        if state["OOMKilled"]:
            raise OutOfMemoryError(f"{self._memory_mb} MB")

    def _await_emulator(self) -> None:
        """Wait for any answer: the engine accepts connections before the emulator does."""
        deadline = time.monotonic() + _START_S
        while True:
            try:
                self._request("GET", "/", "")
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() > deadline:
                    raise DockerError(f"the emulator does not start: {error}") from error
                time.sleep(0.1)
            else:
                return

    def _request(self, method: str, path: str, body: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S + 10)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def billed_seconds(log: str) -> list[float]:
    """The billed duration of every invocation that a function's log reports, in s."""
    return [int(found[2]) / 1000 for found in _REPORT.finditer(log)]


def init_seconds(log: str) -> float:
    """How long the first start took that the emulator's own log reports, in s.

    Raises:
        DockerError: it reports none.
    """
    found = _INIT.search(log)
    if not found:
        raise DockerError(f"the emulator has not reported a start: {log[-500:]!r}")
    return float(found[1]) / 1000
