"""Measure the speed of both functions and print one table with every target.

Each figure is measured in its own process, and ObsPy in the same run. S3 is a server on this
machine. The row `first_call` needs a Docker engine that has, or can pull, AWS's base image.
"""

import argparse
import sys
from collections.abc import Callable

from benchmarks.speed import (
    bulk_rows,
    container_row,
    fdsnws_rows,
    response_rows,
    station_rows,
    window_rows,
)
from benchmarks.speed.target import Row, result_table
from local.cloud.docker import DockerError

ROWS: dict[str, Callable[[], Row]] = {
    function.__name__: function
    for function in (
        response_rows.removal,
        response_rows.ffts,
        response_rows.whole_day,
        container_row.first_call,
        response_rows.memory,
        response_rows.one_core,
        window_rows.segments,
        window_rows.many_windows,
        response_rows.odd_order,
        window_rows.small_window,
        window_rows.files,
        window_rows.motion,
        fdsnws_rows.wadl,
        fdsnws_rows.dataselect,
        bulk_rows.bulk,
        station_rows.stations,
    )
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW", help=", ".join(ROWS)
    )
    sys.stdout.write(result_table([measured(name) for name in parser.parse_args().only]))


def measured(name: str) -> Row:
    """Return a row; one that needs a Docker engine has no figures where there is none."""
    sys.stderr.write(f"measuring {name} ...\n")
    try:
        row = ROWS[name]()
    except DockerError as error:
        sys.stderr.write(f"{error}\n")
        row = Row("100 Hz day, first call", "needs a Docker engine", (), (1.5,))
    sys.stderr.write(f"{' | '.join(row.cells())}\n")
    return row


if __name__ == "__main__":
    main()
