"""Options of the command line, by the groups that `--help` shows."""

import argparse
from collections.abc import Callable
from pathlib import Path

from runner.commands._parameter_options import add_parameters
from runner.commands._window_options import NSCL_HELP
from runner.results.layout import LAYOUTS
from runner.results.results_file import DEFAULT_PATH
from runner.sending.local_services import DEFAULT_PORT, LocalServices, parse_port
from runner.sending.target import REGION

CONCURRENCY = 10
"""Default number of calls at the same time: the lowest quota of a new AWS account."""

DOWNLOADS = Path("corrected")
"""Default folder of the command `fetch`."""

RETRIES = 5
"""Default number of retries of a call that failed temporarily."""


def target_options(*, queue: bool, function: bool = True) -> argparse.ArgumentParser:
    """Return a parent parser with the options that may precede or follow the command.

    Options that are not given leave no attribute, so the command's parser does not overwrite the
    values of the main parser.

    Args:
        queue: whether `--queue` is one of them.
        function: whether those of a function are among them.
    """
    parser = argparse.ArgumentParser(
        add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS
    )
    group = parser.add_argument_group("target")
    if function:
        group.add_argument(
            "--function-name", type=_name, metavar="NAME", help="the function's name on AWS"
        )
        group.add_argument(
            "--endpoint-url", metavar="URL", help="the emulator, such as http://127.0.0.1:9000"
        )
        group.add_argument("-o", type=Path, metavar="FILE", help="write the reply to a file")
    if queue:
        group.add_argument(
            "--queue", type=_name, metavar="NAME", help="send requests to this queue (name or URL)"
        )
    group.add_argument("--region", help=f"AWS region (default: the configured region, or {REGION})")
    group.add_argument("--profile", help="profile of your AWS configuration")
    group.add_argument(
        "--local",
        type=_local,
        metavar="PORT",
        help="the functions, S3 and queue of `make serve` on this machine (default port:"
        f" {DEFAULT_PORT}); needs no credentials",
    )
    group.add_argument(
        "--retries",
        type=_at_least(0),
        metavar="N",
        help=f"retries of a call that failed temporarily (default: {RETRIES})",
    )
    return parser


def add_response_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command `response`."""
    _add_selection(parser)
    add_parameters(parser)
    _add_batch(parser)
    _add_download(parser, "fetch the results into this folder: see the command fetch")
    _add_plot(parser)


def add_fetch_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command `fetch`."""
    _add_download(parser, f"folder for the results, created if missing (default: {DOWNLOADS})")
    _add_plot(parser)
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help=f"fetch the results of this results file (default: {DEFAULT_PATH})",
    )
    parser.add_argument(
        "--output-bucket",
        type=_name,
        metavar="BUCKET",
        help="where the results of --day and --nscl, or of queued requests, are (default:"
        " S3_OUTPUT_BUCKET)",
    )
    parser.add_argument(
        "--concurrency",
        type=_at_least(1),
        metavar="N",
        help=f"downloads at the same time (default: {CONCURRENCY})",
    )
    _add_selection(parser)
    add_parameters(parser)


def _add_download(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--download", type=Path, metavar="DIR", help=text)
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        help="of the folder: the paths of the bucket (archive), or"
        f" YEAR/NET/STA/CHA.D/NET.STA.LOC.CHA.D.YEAR.DAY (sds); default: {LAYOUTS[0]}",
    )


def _add_plot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plot", type=Path, metavar="PICTURE", help="draw the corrected day of a single request"
    )


def _add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("channel days")
    group.add_argument(
        "--day",
        nargs="+",
        action="extend",
        help="YYYY,DDD or YYYY-MM-DD or a time on the day, or a range FIRST..LAST",
    )
    group.add_argument(
        "--nscl",
        nargs="+",
        action="extend",
        help=NSCL_HELP,
    )
    group.add_argument("--file", nargs="+", action="extend", help="files of requests; - is stdin")


def _add_batch(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("several requests")
    group.add_argument(
        "--dry-run", action="store_true", help="only print the requests and their cost"
    )
    group.add_argument(
        "--concurrency",
        type=_at_least(1),
        metavar="N",
        help=f"calls at the same time (default: {CONCURRENCY}; with --local or --endpoint-url 1)",
    )
    group.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help=f"the result of each request (default: {DEFAULT_PATH})",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="skip requests that the results file has as done, or whose object is in the output"
        " bucket",
    )
    group.add_argument(
        "--output-bucket",
        type=_name,
        metavar="BUCKET",
        help="for --resume (default: S3_OUTPUT_BUCKET)",
    )


def _name(text: str) -> str:
    """Return a name; an unset shell variable gives "", which would count as no option at all."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not a name")
    return text


def _local(text: str) -> LocalServices:
    try:
        return LocalServices(parse_port(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of {least} or more")
        return value

    return number
