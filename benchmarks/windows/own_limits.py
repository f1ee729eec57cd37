"""What a server takes by itself for parts of a day, so that no more is made of other figures."""

import http.client
import statistics
import time

from benchmarks.windows.window_archive import ORDINARY, object_name

_SMALL = 64 * 1024


def of(port: int) -> str:
    """Medians of small reads and of whole days on one connection, in words."""
    small, _ = _timed_get(port, f"bytes=0-{_SMALL - 1}", 50)
    whole, size = _timed_get(port, "bytes=0-", 9)
    return (
        f"{1e3 * small:.1f} ms for {_SMALL // 1024} KB,"
        f" {1e3 * whole:.0f} ms for {size / 1e6:.1f} MB, {size / whole / 1e6:,.0f} MB/s"
    )


def _timed_get(port: int, part: str, times: int) -> tuple[float, int]:
    """Median seconds, and bytes."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    seconds, content = [], b""
    for _ in range(times):
        begun = time.perf_counter()
        client.request("GET", f"/{object_name(ORDINARY[0])}", headers={"Range": part})
        content = client.getresponse().read()
        seconds.append(time.perf_counter() - begun)
    client.close()
    return statistics.median(seconds), len(content)
