"""Options that the commands which serve have in common."""

import argparse
from pathlib import Path

from local.project import BUILD
from runner.sending.local_services import DEFAULT_PORT, parse_port


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the archive, the ports and the folder of results."""
    parser.add_argument(
        "--archive",
        default="demo",
        help="demo, scedc-pds, or a folder of files",
    )
    parser.add_argument(
        "--port", type=port, default=DEFAULT_PORT, help="of the functions; S3 has the next one"
    )
    parser.add_argument("--results", type=Path, default=BUILD / "results", help="their folder")


def port(text: str) -> int:
    """Return a port of a command line.

    Raises:
        argparse.ArgumentTypeError: it is none, or has no next one.
    """
    try:
        return parse_port(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
