"""The command line."""

import argparse
from pathlib import Path
from typing import Any

from runner.results.results_file import DEFAULT
from runner.sending.target import FUNCTION_NAMES, REGION

SAMPLE = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
"""The tutorial's event, which is sent unless another one is asked for."""

CONCURRENCY = 10
"""Calls at the same time: the least that a new account of AWS allows."""

RETRIES = 5

DESCRIPTION = """\
Invoke the functions through boto3, on AWS or, with --endpoint-url, on the emulator.

Without a command it sends the sample event {"day": "2019,183", "nscl": "CI.SOC.HHZ."} to the
response function. The exit status is 0 if all went well, 1 if anything failed, 2 if nothing was
sent as what was asked for cannot be, 130 after Ctrl-C.
"""

EXAMPLES = """\
Examples:
  python run_lambda.py
  python run_lambda.py response --day 2019,184 --nscl CI.SOC.HHN. --output DISP
  python run_lambda.py response --day 2019-07-01..2019-07-31 --nscl 'CI.SOC.HH?.*' --dry-run
  python run_lambda.py windows --request request.json -o output.json
  python run_lambda.py --endpoint-url http://127.0.0.1:9000
"""

RESPONSE_EXAMPLES = """\
Examples:
  python run_lambda.py response --day 2019-07-02 --nscl CI.SOC.HHZ. --pre-filt 0.005 0.01 35 45
  python run_lambda.py response --day 2019,183..2019,189 --nscl 'CI.*.HH?.*' --dry-run
  python run_lambda.py response --day 2019,183..2019,189 --nscl 'CI.SOC.HH?.*' --results week.jsonl
  python run_lambda.py response --day 2019,183..2019,189 --nscl 'CI.SOC.HH?.*' --results week.jsonl --resume
  python run_lambda.py response --day 2019-07-01..2019-07-31 --nscl 'CI.SOC.HH?.*' --queue scedc-jobs
  python run_lambda.py response --file days.txt --output ACC --function-name scedc-response

A file has lines of DAY NSCL, requests as JSON objects, or what FDSN's availability service gives
with format=request; - is standard input. Where no file is named, --day is 2019,183 and --nscl is
CI.SOC.HHZ. unless told otherwise.
"""  # noqa: E501  # lines to be typed

WINDOWS_EXAMPLES = """\
Examples:
  python run_lambda.py windows --request request.json -o output.json
  python run_lambda.py windows --request request.json -o output.json --plot picture.png
  python run_lambda.py windows --request request.json --format mseed -o windows.mseed
"""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line; what cannot be ends the program with status 2."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if hasattr(options, "pre_filt"):
        try:
            options.pre_filt = _pre_filt(options.pre_filt)
        except ValueError as error:
            options.error(str(error))
    if problem := _problem(options):
        options.error(problem)
    if options.concurrency is None:
        emulated = options.endpoint_url and not options.queue
        options.concurrency = 1 if emulated else CONCURRENCY
    return options


def _problem(options: argparse.Namespace) -> str | None:
    """What cannot be asked for together."""
    if options.queue and options.function_name:
        return "--queue and --function-name: requests go to one or the other"
    if options.queue and options.command == "windows":
        return "--queue is for the command response: time windows are answered, not queued"
    if options.file and bool(options.day) != bool(options.nscl):
        return "--file beside --day or --nscl: give both of these, for further requests, or none"
    if options.o and options.plot and options.o.absolute() == options.plot.absolute():
        return f"-o and --plot both name {options.o}: give two files"
    if options.results and str(options.results) in options.file:
        return f"--file and --results both name {options.results}: give two files"
    if options.output_bucket and not options.resume:
        return "--output-bucket is where --resume looks: give both"
    folders = [path.parent for path in (options.o, options.results, options.plot) if path]
    missing = [folder for folder in folders if not folder.is_dir()]
    return f"there is no folder {missing[0]}" if missing else None


def build_parser() -> argparse.ArgumentParser:
    """The parser, of the commands as well."""
    parser = argparse.ArgumentParser(
        prog="run_lambda.py",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        parents=[_where()],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command")
    # After the line above, which makes None of the command.
    parser.set_defaults(**_DEFAULTS, error=parser.error)
    _add_response(_command(commands, "response", RESPONSE_EXAMPLES, "correct channel days"))
    _add_windows(_command(commands, "windows", WINDOWS_EXAMPLES, "get time windows"))
    return parser


_DEFAULTS: dict[str, Any] = {
    "command": "response",
    "file": [],
    "dry_run": False,
    "resume": False,
    "retries": RETRIES,
    "request": Path("request.json"),
    **dict.fromkeys(("function_name", "region", "profile", "endpoint_url", "queue", "o")),
    **dict.fromkeys(("day", "nscl", "concurrency", "results", "output_bucket", "format", "plot")),
}


def _command(commands: Any, name: str, examples: str, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        parents=[_where(queue=name == "response")],
        argument_default=argparse.SUPPRESS,
        help=what,
        description=f"{what[0].upper()}{what[1:]} by the function {FUNCTION_NAMES[name]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(error=parser.error)  # which shows the usage of this command
    return parser


def _where(*, queue: bool = True) -> argparse.ArgumentParser:
    """The options that stand before the command or after it; absent ones leave no value behind."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    where = parser.add_argument_group("where to")
    where.add_argument(
        "--function-name", type=_name, metavar="NAME", help="the function's name on AWS"
    )
    if queue:
        where.add_argument(
            "--queue",
            type=_name,
            metavar="NAME",
            help="put requests into this queue (its name or URL)",
        )
    where.add_argument("--region", help=f"AWS region (default: your configuration's, or {REGION})")
    where.add_argument("--profile", help="profile of your AWS configuration")
    where.add_argument(
        "--endpoint-url", metavar="URL", help="of the emulator, such as http://127.0.0.1:9000"
    )
    where.add_argument("-o", type=Path, metavar="FILE", help="write the reply to a file")
    where.add_argument(
        "--retries",
        type=_at_least(0),
        metavar="N",
        help=f"of calls that failed in a way that may pass (default: {RETRIES})",
    )
    return parser


def _add_response(parser: argparse.ArgumentParser) -> None:
    _add_what(parser)
    _add_how(parser)
    _add_many(parser)


def _add_what(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what to correct")
    what.add_argument(
        "--day", nargs="+", action="extend", help="YYYY,DDD or YYYY-MM-DD, or a range FIRST..LAST"
    )
    what.add_argument(
        "--nscl", nargs="+", action="extend", help="network.station.channel.location; * and ? fit"
    )
    what.add_argument("--file", nargs="+", action="extend", help="files of requests; - is stdin")


def _add_how(parser: argparse.ArgumentParser) -> None:
    how = parser.add_argument_group("how to correct (see the README)")
    how.add_argument("--output", metavar="UNIT", help="VEL, DISP, ACC or DEF")
    how.add_argument("--pre-filt", nargs="+", metavar="HZ", help="four corners, or auto")
    how.add_argument("--water-level", type=_water_level, metavar="DB", help="dB, or none")
    how.add_argument("--taper-fraction", type=float, metavar="PART", help="0 to 1")
    how.add_argument("--no-zero-mean", dest="zero_mean", action="store_false")
    how.add_argument("--encoding", help="FLOAT32 or FLOAT64")
    how.add_argument("--gaps", help="bridge or split")
    how.add_argument("--edges", help="taper or neighbours")
    how.add_argument("--method", help="fast or obspy")


def _add_many(parser: argparse.ArgumentParser) -> None:
    many = parser.add_argument_group("more than one request")
    many.add_argument(
        "--dry-run", action="store_true", help="only print what would be sent, and what it costs"
    )
    many.add_argument(
        "--concurrency",
        type=_at_least(1),
        metavar="N",
        help=f"calls at the same time (default: {CONCURRENCY}; with --endpoint-url 1)",
    )
    many.add_argument(
        "--results", type=Path, metavar="FILE", help=f"what became of each (default: {DEFAULT})"
    )
    many.add_argument(
        "--resume",
        action="store_true",
        help="skip what succeeded by the results file, or whose object is in the output bucket",
    )
    many.add_argument(
        "--output-bucket",
        type=_name,
        metavar="BUCKET",
        help="for --resume (default: S3_OUTPUT_BUCKET)",
    )


def _add_windows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--request", type=Path, metavar="FILE", help="JSON (default: request.json); - is stdin"
    )
    parser.add_argument(
        "--format", choices=("json", "mseed", "sac"), help="of the answer; sac is a zip of files"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="PICTURE", help="draw the windows, by matplotlib"
    )


def _name(text: str) -> str:
    """A name; a variable that is not set leaves none, and would be taken for no option at all."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no name")
    return text


def _at_least(least: int) -> Any:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of {least} or more")
        return value

    return number


def _water_level(text: str) -> float | None:
    try:
        return None if text == "none" else float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor none") from error


def _pre_filt(values: list[str]) -> list[float] | str:
    if values == ["auto"]:
        return "auto"
    try:
        corners = [float(value) for value in values]
    except ValueError:
        corners = []
    if len(corners) != 4:
        raise ValueError(f"--pre-filt {' '.join(values)}: must be four corners or auto")
    return corners
