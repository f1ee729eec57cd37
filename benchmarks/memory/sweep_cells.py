"""What the memory sweep is made of: one request, again and again, at one memory size."""

import json
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from benchmarks.memory import obspy_day
from benchmarks.memory.sweep_archive import DAY, channel
from local.cloud.container import (
    MB_PER_VCPU,
    Invocation,
    LambdaContainer,
    OutOfMemoryError,
    docker,
    share_options,
)
from local.cloud.helper_process import Service
from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.scedc import SCEDC

Event = Callable[[int], dict[str, Any]]
"""Makes the event of the n-th invocation: each is of other stations, as far as there are any."""

Cell = dict[str, Any]
"""What was measured at one memory size, as it is written."""

WINDOW_HZ = 100.0
# Of 23 hours each: nearly all that `shared.windows.limits` allows.
LARGEST_CHANNELS = 4
LARGEST_MOTION_CHANNELS = 2

_FIVE_MINUTES = ("2024-01-01T10:00:00", "2024-01-01T10:05:00")
_MOST_OF_A_DAY = ("2024-01-01T00:30:00", "2024-01-01T23:30:00")
_OBSPY_MB = 8192


@dataclass(frozen=True)
class Sweep:
    """What a sweep measures with.

    Attributes:
        images: of each function.
        archive: the S3 server.
        host: where containers reach it.
        stations: how many the archive has.
        rounds: how many warm invocations at each size.
    """

    images: dict[str, str]
    archive: Service
    host: str
    stations: int
    rounds: int

    @property
    def environment(self) -> dict[str, str]:
        """The functions' environment variables."""
        return {
            "AWS_ENDPOINT_URL_S3": f"http://{self.host}:{self.archive.port}",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": SCEDC.region,
            "S3_OUTPUT_BUCKET": OUTPUT_BUCKET,
        }

    def response(self, memory_mb: int, sampling_rate: float) -> Cell:
        """Measure the response function at one memory size and sampling rate, in Hz.

        Raises:
            DockerError: the function failed, but not for want of memory.
        """
        request = f"a day at {sampling_rate:g} Hz"
        cell = {"memory_mb": memory_mb, "request": request, "sampling_rate": sampling_rate}
        return {
            **cell,
            **self._measured("response", memory_mb, self._response_event(sampling_rate)),
        }

    def five_minutes(self, memory_mb: int) -> Cell:
        """Measure the time-window function with one window at one memory size.

        Raises:
            DockerError: the function failed, but not for want of memory.
        """
        return self._windows(
            memory_mb, "five minutes", lambda number: [self._window(number, _FIVE_MINUTES)]
        )

    def largest(self, memory_mb: int) -> Cell:
        """Measure the time-window function with as many counts as one request may ask for.

        Raises:
            DockerError: the function failed, but not for want of memory.
        """
        return self._windows(memory_mb, "the largest", self._largest(LARGEST_CHANNELS))

    def largest_motion(self, memory_mb: int) -> Cell:
        """Measure the same with the response removed.

        Raises:
            DockerError: the function failed, but not for want of memory.
        """
        return self._windows(
            memory_mb,
            "the largest, as motion",
            self._largest(LARGEST_MOTION_CHANNELS),
            Output="VEL",
        )

    def day(self, memory_mb: int, sampling_rate: float) -> Cell:
        """What correcting a day takes beside time: the objects' sizes and the requests to S3.

        Raises:
            DockerError: the function failed.
        """
        event = self._response_event(sampling_rate)
        with LambdaContainer(self.images["response"], memory_mb, self.environment) as container:
            container.invoke(event(0))
            before = Counter(self.archive.counts())
            reply = container.invoke(event(1)).reply
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
        """Correct days by ObsPy on one processor, after a first one that is not counted.

        Raises:
            DockerError: it failed.
        """
        names = [channel(sampling_rate, number) for number in range(self.rounds + 1)]
        keys = [
            (SCEDC.waveform_key(name, DAY), SCEDC.stationxml_keys(name.network, name.station)[0])
            for name in names
        ]
        job = json.dumps({"bucket": SCEDC.bucket, "keys": keys})
        options = ["--rm", "--volume", "/tmp", "--entrypoint", "python3", *one_processor()]
        for name, value in self.environment.items():
            options += ["--env", f"{name}={value}"]
        program = Path(obspy_day.__file__).read_text(encoding="utf-8")
        command = (self.images["response"], "-c", program, job)
        found = json.loads(docker("run", *options, *command, timeout_s=600 * len(keys)))
        days = found["days"][1:]
        seconds = [round(sum(day.values()), 3) for day in days]
        return {
            "sampling_rate": sampling_rate,
            "seconds": round(statistics.median(seconds), 3),
            "rounds": seconds,
            "steps": medians(days),
            "peak_memory_mb": round(found["peak_mb"]),
            "versions": found["versions"],
        }

    def _measured(self, function: str, memory_mb: int, event: Event) -> Cell:
        """A cold start, then the rounds, in a container of their own."""
        try:
            with LambdaContainer(self.images[function], memory_mb, self.environment) as container:
                cold = container.invoke(event(0))
                warm = [container.invoke(event(number + 1)) for number in range(self.rounds)]
                return {
                    "out_of_memory": False,
                    **timing(cold, warm),
                    "init_seconds": round(container.init_seconds(), 3),
                    "peak_memory_mb": round(container.peak_memory_mb()),
                }
        except OutOfMemoryError:
            return {"out_of_memory": True}

    def _response_event(self, sampling_rate: float) -> Event:
        return lambda number: {"day": str(DAY), "nscl": channel(sampling_rate, number).nscl}

    def _windows(
        self,
        memory_mb: int,
        request: str,
        windows: Callable[[int], list[dict[str, str]]],
        **parameters: str,
    ) -> Cell:
        cell = {"memory_mb": memory_mb, "request": request, "sampling_rate": WINDOW_HZ}

        def event(number: int) -> dict[str, Any]:
            return {"Windows": windows(number), **parameters}

        return {**cell, **self._measured("timewindow", memory_mb, event)}

    def _largest(self, channels: int) -> Callable[[int], list[dict[str, str]]]:
        return lambda number: [
            self._window(number * channels + each, _MOST_OF_A_DAY) for each in range(channels)
        ]

    def _window(self, number: int, span: tuple[str, str]) -> dict[str, str]:
        name = channel(WINDOW_HZ, number % self.stations)
        codes = {"Network": name.network, "Station": name.station, "Channel": name.channel}
        return {**codes, "Location": name.location, "Starttime": span[0], "Endtime": span[1]}

    def _size(self, uri: str) -> int:
        """The size of an object s3://BUCKET/KEY, in bytes."""
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
    """Options of `docker run` for the processor that a function has, and memory for any day."""
    share = share_options(MB_PER_VCPU)
    memory = ["--memory", f"{_OBSPY_MB}m", "--memory-swap", f"{_OBSPY_MB}m"]
    return memory + share[share.index("--cpu-period") :]


def timing(cold: Invocation, warm: Sequence[Invocation]) -> Cell:
    """What some invocations took, in s: the first with its start, the median of the others.

    What the function says of its own steps is among it, if it does.
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
    """The median of each step over some rounds, which all have the same steps."""
    steps = rounds[0] if rounds else {}
    return {step: round(statistics.median(each[step] for each in rounds), 3) for step in steps}


def of_bucket(requests: Counter[str], bucket: str) -> dict[str, int]:
    """How many requests of each method went to a bucket."""
    named = [(name.split(), number) for name, number in sorted(requests.items())]
    return {method: number for (method, target), number in named if target == bucket}
