"""The speed of the servers alone, to interpret the other figures."""

import http.client
import statistics
import time

from benchmarks.windows.archive import ORDINARY, object_name

_SMALL = 64 * 1024


def describe(port: int) -> str:
    """Measure small reads and whole days on one connection; return the medians in words.

    Args:
        port: the server's port on 127.0.0.1.
    """
    small, _ = _timed_get(port, f"bytes=0-{_SMALL - 1}", 50)
    whole, size = _timed_get(port, "bytes=0-", 9)
    return (
        f"{1e3 * small:.1f} ms for {_SMALL // 1024} KB,"
        f" {1e3 * whole:.0f} ms for {size / 1e6:.1f} MB, {size / whole / 1e6:,.0f} MB/s"
    )


def _timed_get(port: int, byte_range: str, rounds: int) -> tuple[float, int]:
    """Read part of a day several times; return the median seconds and the size in bytes."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    seconds, content = [], b""
    for _ in range(rounds):
        begun = time.perf_counter()
        client.request("GET", f"/{object_name(ORDINARY[0])}", headers={"Range": byte_range})
        content = client.getresponse().read()
        seconds.append(time.perf_counter() - begun)
    client.close()
    return statistics.median(seconds), len(content)
