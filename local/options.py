"""Options that the commands which serve have in common."""

import argparse
from pathlib import Path

from local.project import BUILD
from runner.sending.local_services import DEFAULT_PORT, parse_port

DEFAULT_HTTP_PORT = 8000
"""The port of the HTTP API beside the default port of the functions."""


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


def http_port(text: str) -> int | None:
    """Return the port of the HTTP API on a command line; None for "".

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if text and not (text.isdecimal() and 0 < int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r}: a port is a number from 1 to 65535")
    return int(text) if text else None


def port(text: str) -> int:
    """Return a port of a command line.

    Raises:
        argparse.ArgumentTypeError: it is none, or has no next one.
    """
    try:
        return parse_port(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
