"""The first and the next invocation in a container, as the emulator bills them."""

import statistics

from benchmarks.memory.cells import Sweep
from benchmarks.memory.lambda_container import MB_PER_VCPU
from benchmarks.speed.function import archive
from benchmarks.speed.target import Row
from local.cloud.docker import bridge_address, build

_CONTAINERS, _NEXT = 3, 3


def first_call(python_version: str = "3.10") -> Row:
    """Measure containers of one processor, each with a first 100 Hz day and further ones.

    Raises:
        DockerError: no Docker engine answers, or the image cannot be built.
    """
    host, image = bridge_address(), build("response", python_version)
    with archive(_NEXT + 1, "--rates", "100", host=host) as server:
        sweep = Sweep({"response": image}, server, host, _NEXT + 1, _NEXT)
        cells = [sweep.response(MB_PER_VCPU, 100.0) for _ in range(_CONTAINERS)]
    first, later = (
        statistics.median(cell[name] for cell in cells)
        for name in ("cold_seconds", "billed_seconds")
    )
    compared = f"first / next in a container of {MB_PER_VCPU:,} MB, as the emulator bills"
    detail = f"{first:.2f} / {later:.2f} s"
    return Row("100 Hz day, first call", compared, (first / later,), (1.5,), detail=detail)
