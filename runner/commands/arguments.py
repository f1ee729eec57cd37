"""The command line of `run_lambda.py`."""

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from runner.commands._options import (
    CONCURRENCY,
    DOWNLOADS,
    RETRIES,
    add_fetch_options,
    add_response_options,
    target_options,
)
from runner.commands._window_options import add_windows_options
from runner.commands.conflicts import conflict
from runner.sending.local_services import DEFAULT_PORT
from runner.sending.target import FUNCTION_NAMES

SAMPLE = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
"""The tutorial's event, sent by default."""

DESCRIPTION = """\
Invoke the functions through boto3, on AWS or, with --local, on this machine by `make serve`.

Without a command it sends the sample event {"day": "2019,183", "nscl": "CI.SOC.HHZ."} to the
response function. The exit status is 0 on success, 1 if anything failed, 2 if the command line
or a request is invalid and nothing was sent, 130 after Ctrl-C.
"""

EXAMPLES = """\
Examples:
  python run_lambda.py
  python run_lambda.py response --day 2019,184 --nscl CI.SOC..HHN --output DISP
  python run_lambda.py response --day 2019-07-01..2019-07-31 --nscl 'CI.SOC.HH?.*' --dry-run
  python run_lambda.py windows --nscl CI.BOM.BHZ. --start 2024-01-01 --duration 300 -o output.json
  python run_lambda.py --local
  python run_lambda.py response --day 2024-01-01 --nscl 'CI.BOM.BH?.*' --local 9010
  python run_lambda.py fetch --day 2024-01-01 --nscl 'CI.BOM.BH?.*' --local
"""

RESPONSE_EXAMPLES = """\
Examples:
  python run_lambda.py response --day 2019-07-02 --nscl CI.SOC.HHZ. --pre-filt 0.005 0.01 35 45
  python run_lambda.py response --day 2019,183..2019,189 --nscl 'CI.*.HH?.*' --dry-run
  python run_lambda.py response --day 2019,183..2019,189 --nscl 'CI.SOC.HH?.*' --results week.jsonl
  python run_lambda.py response --day 2019,183..2019,189 --nscl 'CI.SOC.HH?.*' --results week.jsonl --resume
  python run_lambda.py response --day 2019-07-01..2019-07-31 --nscl 'CI.SOC.HH?.*' --queue scedc-jobs
  python run_lambda.py response --file days.txt --output ACC --function-name scedc-response
  python run_lambda.py response --day 2024-01-01 --nscl CI.BOM.BHZ. --local --download here --plot day.png

A day is 2019,183, 2019-07-02, 20190702, 2019.183 or a time on it. A channel is CI.SOC.HHZ. or
CI.SOC..HHZ, the order that ObsPy prints. Upper and lower case are the same. Options are written in
full. A file has lines of DAY NSCL, requests as JSON objects, or the lines that FDSN's availability
service returns for format=request; - is standard input. Without --file, the defaults are
--day 2019,183 and --nscl CI.SOC.HHZ.
"""  # noqa: E501  # lines to be typed

WINDOWS_EXAMPLES = """\
Examples:
  python run_lambda.py windows --nscl 'CI.SOC.HH?.*' --start 2019-07-06T03:19:00 --end 2019-07-06T03:24:00 --output VEL --format mseed -o windows.mseed
  python run_lambda.py windows --nscl CI.SOC.HHZ. CI.BOM..BHZ --start 2024-01-01 --duration 300 -o output.json --plot picture.png
  python run_lambda.py windows --file windows.csv --output DISP --pre-filt 0.005 0.01 35 45 --format sac -o windows.zip
  python run_lambda.py windows --file stations.txt --start 2024-01-01 --duration 300 --format mseed -o windows.mseed
  python run_lambda.py windows --request request.json -o output.json --local

Without --output the samples are counts; with it, ground motion in the band --pre-filt (default:
auto). Both ends of a window are included. Wildcards are resolved by the archive's listing of the
days. A file has lines of NSCL START END, where --start, --end or --duration stand for times that a
line lacks; or CSV, with a header such as nscl,start,end or without; or the output of FDSN's
availability service; or windows as JSON objects, one a line. More windows than one request may
have are sent in several, and the replies joined. Beside miniSEED, FILE.json describes the windows:
units, gaps, warnings. Errors, gaps and warnings are printed on standard error.
"""  # noqa: E501  # lines to be typed

FETCH_EXAMPLES = """\
Examples:
  python run_lambda.py fetch --results week.jsonl --download week
  python run_lambda.py fetch --results week.jsonl --download archive --layout sds
  python run_lambda.py fetch --day 2019,183..2019,189 --nscl 'CI.SOC.HH?.*' --output-bucket BUCKET
  python run_lambda.py fetch --day 2019,183 --nscl CI.SOC.HHZ. --output ACC --local --plot day.png

Results are read with your own credentials. A file appears once it is complete. Beside it lies its
description, FILE.json: the object, its ETag, and its metadata. Run the same line again to resume:
a file of the object's length and ETag is kept, and a changed object is fetched again. Give the
parameters that the days were corrected with, as they are part of the key. Results that cannot be
fetched are named, and the exit status is 1.
"""

STATION_INDEX_EXAMPLES = """\
Examples:
  python run_lambda.py station-index
  python run_lambda.py station-index --local

The index is one object of the output bucket. FDSN's station service finds stations by it where
codes have wildcards. Only new and changed StationXML is read. The command calls the function again
until no file is left. Files that cannot be read are named, and the exit status is 1.
"""


_INVALID_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)")  # argparse's words


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line; an invalid one exits with status 2.

    Args:
        arguments: without the program's name; None takes them from `sys.argv`.

    Returns:
        The options. Parameters of response removal are attributes only where they were given.
    """
    parser = build_parser()
    words = sys.argv[1:] if arguments is None else arguments
    if problem := _unknown_option(words, parser.get_default("pages")()):
        parser.error(problem)
    options = parser.parse_args(_with_local_port(words))
    if problem := conflict(options):
        options.error(problem)
    if options.command == "fetch":
        options.download = options.download or DOWNLOADS
    if options.concurrency is None:
        emulated = (options.endpoint_url or options.local) and not options.queue
        one_at_a_time = emulated and options.command != "fetch"
        options.concurrency = 1 if one_at_a_time else CONCURRENCY
    return options


def _with_local_port(words: Sequence[str]) -> list[str]:
    """Return the words with a port after each --local: argparse would take a command for one."""
    no_ports = ("", *FUNCTION_NAMES, "fetch")
    return [
        f"--local={DEFAULT_PORT}"
        if word == "--local" and (following in no_ports or following.startswith("-"))
        else word
        for word, following in zip(words, [*words, ""][1:], strict=True)
    ]


def _unknown_option(words: Sequence[str], pages: str) -> str | None:
    """Return an error message for an option that no command has, with the most similar ones.

    Args:
        words: the command line.
        pages: the help of all commands, which has every option.
    """
    pages = re.sub(r"-\n\s+", "-", pages)  # lines may break within a name
    known = sorted(set(re.findall(r"(?<!\S)--([a-z-]+)", pages)))
    for word in words:
        name = word.partition("=")[0].removeprefix("--")
        if word.startswith("--") and name and name not in known:
            longer = [option for option in known if option.startswith(name)]
            similar = " or --".join(longer or get_close_matches(name, known, 1))
            question = f" (did you mean --{similar}?)" if similar else ""
            return f"unrecognized arguments: {word}{question}"
    return None


class _Parser(argparse.ArgumentParser):
    """A parser whose error for a wrong word names the most similar right one."""

    def error(self, message: str) -> NoReturn:
        if found := _INVALID_CHOICE.search(message):
            words = re.findall(r"[\w-]+", found[2])
            similar = get_close_matches(found[1].lower(), words, 1)
            message += f" (did you mean {similar[0]!r}?)" if similar else ""
        super().error(message)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser, with one subparser for each command."""
    parser = _Parser(
        prog="run_lambda.py",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        parents=[target_options(queue=True)],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command")
    add_response_options(_command(commands, "response", RESPONSE_EXAMPLES, "correct channel days"))
    add_windows_options(_command(commands, "windows", WINDOWS_EXAMPLES, "get time windows"))
    add_fetch_options(_command(commands, "fetch", FETCH_EXAMPLES, "fetch corrected days"))
    _command(commands, "station-index", STATION_INDEX_EXAMPLES, "update the index of stations")
    parsers = (parser, *commands.choices.values())
    # add_subparsers sets the default command to None.
    parser.set_defaults(
        **_DEFAULTS,
        error=parser.error,
        pages=lambda: "".join(each.format_help() for each in parsers),
    )
    return parser


_DEFAULTS: dict[str, Any] = {
    "command": "response",
    "file": [],
    "download": None,
    "dry_run": False,
    "layout": None,
    "resume": False,
    "retries": RETRIES,
    **dict.fromkeys(("function_name", "region", "profile", "endpoint_url", "local", "queue", "o")),
    **dict.fromkeys(("day", "nscl", "concurrency", "results", "output_bucket", "format", "plot")),
    **dict.fromkeys(("request", "start", "end", "duration", "read")),
}


def _command(commands: Any, name: str, examples: str, summary: str) -> argparse.ArgumentParser:
    means = f"with the function {FUNCTION_NAMES[name]}" if name in FUNCTION_NAMES else "from S3"
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        parents=[target_options(queue=name == "response", function=name in FUNCTION_NAMES)],
        argument_default=argparse.SUPPRESS,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]} {means}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(error=parser.error)  # shows the usage of this command
    return parser
