"""The memory sweep's tables: cold and warm seconds, GB-seconds and dollars by memory size.

`python -m benchmarks.memory.tables` prints those of the stored measurement.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks.markdown import table
from runner.costs import measurement
from runner.costs.channel_day import request_dollars
from runner.costs.estimate import dollar_text
from runner.costs.memory import recommended_memory

Cell = Mapping[str, Any]

_FUNCTIONS = {
    "response": "Response removal, a channel day through the queue",
    "timewindow": "Time windows, a request to the HTTP API with its reply sent to the internet",
}


def main() -> None:
    """Print the tables of the stored measurement and the recommended memory sizes."""
    sys.stdout.write(tables(measurement.load()))
    for function in _FUNCTIONS:
        sys.stdout.write(f"{function}: {recommended_memory(function):,} MB recommended\n")


def tables(measured: Mapping[str, Sequence[Cell]]) -> str:
    """Return all tables, in Markdown.

    Cold seconds are those of the first invocation, the function's start included. All other
    figures are medians in a warm container. Dollars are per request, at list prices. The S3
    requests and log lines of a channel day are those of the stored measurement.

    Args:
        measured: the cells of "response" and "timewindow".
    """
    parts = []
    for function, title in _FUNCTIONS.items():
        cells = measured[function]
        dollars = by_size(cells, partial(_dollars, function))
        parts += [f"{title}\n", f"Seconds, cold:\n\n{seconds(cells, 'cold_seconds')}"]
        parts += [f"Seconds, warm:\n\n{seconds(cells)}"]
        parts += [f"GB-seconds:\n\n{by_size(cells, _gb_seconds)}", f"Dollars:\n\n{dollars}"]
    return "\n".join(parts) + "\n"


def seconds(cells: Sequence[Cell], member: str = "billed_seconds") -> str:
    """Return a member of each cell, in s, by memory size and request, in Markdown."""
    return by_size(cells, lambda cell: f"{cell[member]:.3f}")


def by_size(cells: Sequence[Cell], text: Callable[[Cell], str]) -> str:
    """Return a table with a row per memory size and a column per request, in Markdown.

    Args:
        cells: in the order of the columns.
        text: formats a cell. Cells that ran out of memory are "too little".
    """
    requests = list(dict.fromkeys(cell["request"] for cell in cells))
    rows: dict[int, dict[str, str]] = {}
    for cell in sorted(cells, key=lambda cell: int(cell["memory_mb"])):
        row = rows.setdefault(cell["memory_mb"], {})
        row[cell["request"]] = "too little" if cell["out_of_memory"] else text(cell)
    lines = [[f"{size:,}", *(row.get(name, "") for name in requests)] for size, row in rows.items()]
    return table(["MB", *requests], lines)


def _gb_seconds(cell: Cell) -> str:
    return f"{cell['billed_seconds'] * cell['memory_mb'] / 1024:.3f}"


def _dollars(function: str, cell: Cell) -> str:
    return dollar_text(request_dollars(function, cell))


if __name__ == "__main__":
    main()
