"""A function's container with the memory and processor share that Lambda gives at a memory size.

The emulator in the image enforces neither, so the container does. The emulator's log has the
billed durations. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import http.client
import json
import math
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.cloud.container import Container
from local.cloud.docker import DockerError, docker

MB_PER_VCPU = 1769
"""At this memory size a function has one vCPU; its share is proportional to its memory."""

TIMEOUT_S = 300

_QUOTA_PERIOD_US = 20_000  # the period of the processor quota
_REPORT_S = 30
_REPORT = re.compile(r"^REPORT RequestId: (\S+)\t.*\bBilled Duration: (\d+) ms", re.MULTILINE)
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
# The process was killed, or `shared.aws.memory` refused the work beforehand.
_OUT_OF_MEMORY = b"Runtime.ExitError", b"MB of memory, and the function has"

# Runs in the container: the sum of the peak resident set sizes of its processes, in KB, without
# that of the Python process that runs this.
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


class OutOfMemoryError(Exception):
    """The function needs more memory than the container has."""


@dataclass(frozen=True)
class Invocation:
    """One invocation.

    Attributes:
        reply: the function's reply.
        reply_bytes: the size of the reply as JSON.
        billed_seconds: as the emulator reports it, in whole milliseconds. The first invocation
            includes the function's start, as Lambda bills it.
    """

    reply: Any
    reply_bytes: int
    billed_seconds: float


class LambdaContainer(Container):
    """A function's container at one memory size; a context manager.

    Args:
        image: the image's name or ID.
        memory_mb: the memory size, which also sets the processor share.
        environment: the function's environment variables.
    """

    def __init__(self, image: str, memory_mb: int, environment: Mapping[str, str]) -> None:
        # /tmp on disk, as on Lambda: files there do not count as memory.
        options = ["--volume", "/tmp", *share_options(memory_mb)]
        variables = {
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S),
            **environment,
        }
        super().__init__(image, variables, options)
        self._memory_mb = memory_mb
        self._invocations = 0

    def __enter__(self) -> "LambdaContainer":
        super().__enter__()
        return self

    def measure(self, event: Any) -> Invocation:
        """Invoke the function and read its billed duration.

        Raises:
            OutOfMemoryError: the container's memory was not enough.
            DockerError: the function raised an exception or timed out.
        """
        try:
            status, body = self.post(event)
        except (OSError, http.client.HTTPException) as error:
            self._raise_if_out_of_memory()
            raise DockerError(f"the emulator does not answer: {error}") from error
        if any(sign in body for sign in _OUT_OF_MEMORY):
            raise OutOfMemoryError(f"{self._memory_mb} MB")
        reply = json.loads(body) if status == http.HTTPStatus.OK else body.decode()
        if status != http.HTTPStatus.OK or "errorType" in reply:
            raise DockerError(f"the function failed: {reply}")
        self._invocations += 1
        return Invocation(reply, len(body), self._last_billed_seconds())

    def init_seconds(self) -> float:
        """Return the duration of the function's start, in s: its imports."""
        return init_seconds(self.logs()[1])

    def log_bytes(self) -> float:
        """Return the mean size of an invocation's log lines, in bytes."""
        return len(self.logs()[0].encode()) / self._invocations

    def peak_memory_mb(self) -> float:
        """Return the sum of the peak resident set sizes of its processes, in MB."""
        return int(self.execute(_PEAKS, user="0")) / 1024

    def _last_billed_seconds(self) -> float:
        """Wait for the emulator's report, which follows the reply."""
        deadline = time.monotonic() + _REPORT_S
        while time.monotonic() < deadline:
            reported = billed_seconds(self.logs()[0])
            if len(reported) == self._invocations:
                return reported[-1]
            time.sleep(0.05)
        raise DockerError("the emulator has not reported an invocation")

    def _raise_if_out_of_memory(self) -> None:
        (state,) = json.loads(docker("inspect", self.id, "--format", "[{{json .State}}]"))
        if state["OOMKilled"]:
            raise OutOfMemoryError(f"{self._memory_mb} MB")


def share_options(memory_mb: int) -> list[str]:
    """Return the options of `docker run` for a memory size: memory without swap, processor share.

    The container runs on the machine's last processors, as many as its share can use, so that the
    first ones stay free for the S3 server where possible.
    """
    share = memory_mb / MB_PER_VCPU
    processors = sorted(os.sched_getaffinity(0))[-math.ceil(share) :]
    return [
        *("--memory", f"{memory_mb}m", "--memory-swap", f"{memory_mb}m"),
        *("--cpu-period", str(_QUOTA_PERIOD_US), "--cpu-quota", f"{share * _QUOTA_PERIOD_US:.0f}"),
        *("--cpuset-cpus", ",".join(map(str, processors))),
    ]


def billed_seconds(log: str) -> list[float]:
    """Return the billed duration of each invocation in a function's log, in s."""
    return [int(report[2]) / 1000 for report in _REPORT.finditer(log)]


def init_seconds(log: str) -> float:
    """Return the duration of the first start in the emulator's own log, in s.

    Raises:
        DockerError: the log has none.
    """
    report = _INIT.search(log)
    if not report:
        raise DockerError(f"the emulator has not reported a start: {log[-500:]!r}")
    return float(report[1]) / 1000
