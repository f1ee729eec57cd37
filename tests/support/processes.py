"""Processes that a test's own processes start."""

import os
import time
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the child processes of a process, once there are any."""
    for _ in range(3_000):
        processes = [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
        processes += [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")
            if thread != str(pid)
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
        if processes:
            return processes
        time.sleep(0.1)
    return []
