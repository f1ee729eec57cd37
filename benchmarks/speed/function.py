"""Invocations of a function in a new process, and the S3 server that it reads from."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.processes import run_module
from benchmarks.servers.generated_archive import fill
from benchmarks.servers.server_process import ServerProcess
from local.cloud.s3_server import function_environment
from shared.archive.scedc import SCEDC

Measured = dict[str, float]


def archive(stations: int, *options: str, host: str = "127.0.0.1") -> ServerProcess:
    """Return an S3 server with generated days; see `generated_archive` for the options."""
    module = "benchmarks.servers.generated_archive"
    return ServerProcess(module, host, str(stations), *options)


@contextmanager
def lasting_archive(stations: int, sampling_rate: float) -> Iterator[ServerProcess]:
    """Serve generated days by a server that keeps connections open, as S3 does and moto does not.

    Args:
        stations: the number of stations.
        sampling_rate: of their days, in Hz.
    """
    with TemporaryDirectory() as folder:

        def put(key: str, content: bytes) -> None:
            path = Path(folder, SCEDC.bucket, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

        fill(put, stations, [sampling_rate])
        with ServerProcess("benchmarks.servers.object_server", folder) as server:
            yield server


def odd_archive() -> ServerProcess:
    """Return an S3 server with the days of `odd_days`."""
    return archive(1, "--rates", "1", "--odd")


def environment(server: ServerProcess) -> dict[str, str]:
    """Return the variables with which a program on this machine uses an S3 server."""
    return {**function_environment(server.url), "AWS_DEFAULT_REGION": SCEDC.region}


def invoke(
    function: str, events: Sequence[Any], server: ServerProcess, **settings: str
) -> list[Measured]:
    """Invoke a function with each event in turn, in a new process on one processor.

    Args:
        function: "response" or "timewindow".
        events: one for each invocation.
        server: the archive.
        settings: further environment variables.

    Returns:
        The result of `one_container.invoke` for each event.

    Raises:
        CalledProcessError: an invocation failed.
    """
    module, content = "benchmarks.speed.one_container", json.dumps(list(events))
    variables = {**environment(server), **settings}
    measured: list[Measured] = run_module(module, function, content=content, **variables)
    return measured
