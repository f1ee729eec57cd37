"""The cells of the memory sweep: one request, repeated at one memory size."""

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from benchmarks import events
from benchmarks.events import Event
from benchmarks.memory import obspy_day
from benchmarks.memory.lambda_container import (
    MB_PER_VCPU,
    Invocation,
    LambdaContainer,
    OutOfMemoryError,
    share_options,
)
from benchmarks.servers.generated_archive import day_keys
from benchmarks.servers.server_process import ServerProcess
from local.cloud.docker import docker
from local.cloud.s3_server import OUTPUT_BUCKET, function_environment
from shared.archive.scedc import SCEDC

Cell = dict[str, Any]
"""The measurements at one memory size, as the sweep writes them."""

_OBSPY_MB = 8192


@dataclass(frozen=True)
class Sweep:
    """The setup of a sweep.

    Attributes:
        images: the image of each function.
        archive: the S3 server.
        host: its address from containers.
        stations: the number of stations in the archive.
        rounds: the number of warm invocations at each size.
    """

    images: dict[str, str]
    archive: ServerProcess
    host: str
    stations: int
    rounds: int

    @property
    def environment(self) -> dict[str, str]:
        """The functions' environment variables."""
        endpoint_url = f"http://{self.host}:{self.archive.port}"
        return {**function_environment(endpoint_url), "AWS_DEFAULT_REGION": SCEDC.region}

    def response(self, memory_mb: int, sampling_rate: float) -> Cell:
        """Measure the response function at one memory size and sampling rate, in Hz.

        Raises:
            DockerError: the function failed for another reason than memory.
        """
        request, event = f"a day at {sampling_rate:g} Hz", events.channel_day(sampling_rate)
        cell = {"memory_mb": memory_mb, "request": request, "sampling_rate": sampling_rate}
        return {**cell, **self._measure("response", memory_mb, event)}

    def five_minutes(self, memory_mb: int) -> Cell:
        """Measure the time-window function with one window at one memory size.

        Raises:
            DockerError: the function failed for another reason than memory.
        """
        event = events.windows(events.FIVE_MINUTES, self.stations)
        return self._windows(memory_mb, "five minutes", event)

    def largest(self, memory_mb: int) -> Cell:
        """Measure the time-window function with the largest request for counts.

        Raises:
            DockerError: the function failed for another reason than memory.
        """
        event = events.windows(events.MOST_OF_A_DAY, self.stations, events.LARGEST_CHANNELS)
        return self._windows(memory_mb, "the largest", event)

    def largest_motion(self, memory_mb: int) -> Cell:
        """Measure the time-window function with the largest request for ground motion.

        Raises:
            DockerError: the function failed for another reason than memory.
        """
        channels = events.LARGEST_MOTION_CHANNELS
        event = events.windows(events.MOST_OF_A_DAY, self.stations, channels, Output="VEL")
        return self._windows(memory_mb, "the largest, as motion", event)

    def day(self, memory_mb: int, sampling_rate: float) -> Cell:
        """Measure object sizes, S3 requests and log lines of one corrected day.

        Raises:
            DockerError: the function failed.
        """
        event = events.channel_day(sampling_rate)
        with LambdaContainer(self.images["response"], memory_mb, self.environment) as container:
            container.measure(event(0))
            before = Counter(self.archive.counts())
            reply = container.measure(event(1)).reply
            requests = Counter(self.archive.counts()) - before
            log_bytes = round(container.log_bytes())
        return {
            "sampling_rate": sampling_rate,
            "samples": reply["samples"],
            "waveform_bytes": self._size(reply["waveform"]),
            "result_bytes": self._size(reply["output_key"]),
            "archive_requests": of_bucket(requests, SCEDC.bucket),
            "output_requests": of_bucket(requests, OUTPUT_BUCKET),
            "log_bytes": log_bytes,
        }

    def obspy(self, sampling_rate: float) -> Cell:
        """Correct days with ObsPy on one processor; the first one does not count.

        Raises:
            DockerError: it failed.
        """
        keys = [day_keys(sampling_rate, number) for number in range(self.rounds + 1)]
        job = json.dumps({"bucket": SCEDC.bucket, "keys": keys})
        options = ["--rm", "--volume", "/tmp", "--entrypoint", "python3", *one_processor()]
        options += ["--env", "PYTHONPATH=/var/task:/var/runtime"]  # the runtime has boto3
        for name, value in self.environment.items():
            options += ["--env", f"{name}={value}"]
        program = Path(obspy_day.__file__).read_text(encoding="utf-8")
        command = (self.images["response"], "-c", program, job)
        measured = json.loads(docker("run", *options, *command, timeout_s=600 * len(keys)))
        days = measured["days"][1:]
        seconds = [round(sum(day.values()), 3) for day in days]
        return {
            "sampling_rate": sampling_rate,
            "seconds": round(statistics.median(seconds), 3),
            "rounds": seconds,
            "steps": medians(days),
            "peak_memory_mb": round(measured["peak_mb"]),
            "versions": measured["versions"],
        }

    def _windows(self, memory_mb: int, request: str, event: Event) -> Cell:
        cell = {"memory_mb": memory_mb, "request": request, "sampling_rate": events.WINDOW_HZ}
        return {**cell, **self._measure("timewindow", memory_mb, event)}

    def _measure(self, function: str, memory_mb: int, event: Event) -> Cell:
        """Measure a cold start, then the rounds, in a new container."""
        try:
            with LambdaContainer(self.images[function], memory_mb, self.environment) as container:
                cold = container.measure(event(0))
                warm = [container.measure(event(number + 1)) for number in range(self.rounds)]
                return {
                    "out_of_memory": False,
                    **timing(cold, warm),
                    "init_seconds": round(container.init_seconds(), 3),
                    "peak_memory_mb": round(container.peak_memory_mb()),
                }
        except OutOfMemoryError:
            return {"out_of_memory": True}

    def _size(self, uri: str) -> int:
        """Return the size of the object s3://BUCKET/KEY, in bytes."""
        client = boto3.client(
            "s3",
            endpoint_url=self.environment["AWS_ENDPOINT_URL_S3"],
            region_name=SCEDC.region,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return client.head_object(Bucket=bucket, Key=key)["ContentLength"]


def one_processor() -> list[str]:
    """Return the options of `docker run` for one whole processor and enough memory for any day."""
    share = share_options(MB_PER_VCPU)
    memory = ["--memory", f"{_OBSPY_MB}m", "--memory-swap", f"{_OBSPY_MB}m"]
    return memory + share[share.index("--cpu-period") :]


def timing(cold: Invocation, warm: Sequence[Invocation]) -> Cell:
    """Return the billed seconds of a cold start and of warm invocations, with their median.

    If the function's replies have the seconds of its steps, the medians of these are included.
    """
    rounds = [invocation.billed_seconds for invocation in warm]
    replies = [invocation.reply for invocation in warm if isinstance(invocation.reply, dict)]
    return {
        "cold_seconds": cold.billed_seconds,
        "billed_seconds": round(statistics.median(rounds), 4),
        "rounds": rounds,
        "reply_bytes": warm[-1].reply_bytes,
        "steps": medians([reply["seconds"] for reply in replies if "seconds" in reply]),
    }


def medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the median of each step over several rounds, all with the same steps."""
    steps = rounds[0] if rounds else {}
    return {step: round(statistics.median(each[step] for each in rounds), 3) for step in steps}


def of_bucket(requests: Counter[str], bucket: str) -> dict[str, int]:
    """Return the number of requests to a bucket by HTTP method."""
    named = [(name.split(), number) for name, number in sorted(requests.items())]
    return {method: number for (method, target), number in named if target == bucket}
