"""Options of the command `windows`."""

import argparse
from pathlib import Path

from runner.commands._parameter_options import add_parameters
from shared.formats import format_name, format_names
from shared.response.parameters import WINDOW_NAMES

NSCL_HELP = (
    "network.station.channel.location, or network.station.location.channel as ObsPy prints it, with"
    " the wildcards * and ?"
)
"""Help of the option that both commands have."""


def add_windows_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command `windows`."""
    parser.add_argument(
        "--request",
        type=Path,
        metavar="FILE",
        help="a whole request as JSON (default: request.json); - is stdin",
    )
    group = parser.add_argument_group("time windows")
    group.add_argument("--nscl", nargs="+", action="extend", help=NSCL_HELP)
    group.add_argument("--start", metavar="TIME", help="UTC, such as 2019-07-06T03:19:00")
    group.add_argument("--end", metavar="TIME", help="the sample at this time is included")
    group.add_argument("--duration", metavar="SECONDS", help="in place of --end")
    group.add_argument(
        "--file",
        nargs="+",
        action="extend",
        help="files with lines of NSCL START END, CSV, FDSN's NET STA LOC CHA START END, or windows"
        " as JSON; --start, --end and --duration are for lines without times; - is stdin",
    )
    group.add_argument(
        "--read",
        type=str.lower,
        choices=("records", "whole"),
        help="read the records that are needed, or whole days (default: records)",
    )
    group.add_argument(
        "--format",
        type=format_name,
        choices=format_names(),
        help="of the reply; sac is a zip of files (default: json)",
    )
    group.add_argument(
        "--plot", type=Path, metavar="PICTURE", help="plot the windows with matplotlib"
    )
    add_parameters(
        parser,
        WINDOW_NAMES,
        "response removal, with --output; counts without it",
        {"output": None, "pre_filt": "auto", "water_level": None},
    )
