#!/usr/bin/env python3
"""Invoke the functions through boto3, on AWS or, with --endpoint-url, on the emulator.

Without a command it sends the sample event {"day": "2019,183", "nscl": "CI.SOC.HHZ."} to the
response function. The exit status is 0 if the function answered, and 1 if it or the call failed.

Examples:
  python run_lambda.py
  python run_lambda.py response --day 2019,184 --nscl CI.SOC.HHN. --output DISP
  python run_lambda.py windows --request request.json -o output.json
  python run_lambda.py --endpoint-url http://127.0.0.1:9000
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

FUNCTION_NAMES = {"response": "response-lambda", "windows": "timewindow-lambda"}
EMULATOR_FUNCTION_NAME = "function"  # the only one that the emulator knows
RESPONSE_FIELDS = (
    "day",
    "nscl",
    "output",
    "pre_filt",
    "water_level",
    "taper_fraction",
    "zero_mean",
    "encoding",
    "gaps",
    "edges",
    "method",
)
REGION = "us-west-2"  # where the archive lies, and so the functions should


class FunctionError(Exception):
    """The function raised an error, or ran into its timeout."""


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if hasattr(options, "pre_filt"):
        try:
            options.pre_filt = _pre_filt(options.pre_filt)
        except ValueError as error:
            parser.error(str(error))
    try:
        reply = invoke(_client(options), _function_name(options), _event(options))
    except (FunctionError, BotoCoreError, ClientError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    text = json.dumps(reply, indent=None if options.command == "windows" else 2)
    if options.o is None:
        print(text)
    else:
        options.o.write_text(text + "\n")
        print(_summary(reply, options.o))
    return 0


def invoke(client: "LambdaClient", function_name: str, event: Any) -> Any:
    """Send an event to a function and wait for its reply.

    Raises:
        FunctionError: the function raised an error, or ran into its timeout.
        ClientError, BotoCoreError: the call failed.
    """
    response = client.invoke(FunctionName=function_name, Payload=json.dumps(event).encode())
    text = response["Payload"].read().decode()
    try:
        reply = json.loads(text)
    except ValueError as error:  # what the emulator says of a timeout is not JSON
        raise FunctionError(text) from error
    # The emulator hands an exception back as if it were a reply.
    raised = isinstance(reply, dict) and {"errorMessage", "errorType"} <= reply.keys()
    if raised or "FunctionError" in response:
        told = reply if isinstance(reply, dict) else {}
        kind, message = told.get("errorType", "Error"), told.get("errorMessage", text)
        raise FunctionError(f"{kind}: {message}")
    return reply


def _event(options: argparse.Namespace) -> Any:
    if options.command == "windows":
        try:
            return json.loads(options.request.read_text())
        except ValueError as error:
            raise ValueError(f"{options.request} is not JSON: {error}") from error
    return {name: getattr(options, name) for name in RESPONSE_FIELDS if hasattr(options, name)}


def _function_name(options: argparse.Namespace) -> str:
    if options.function_name:
        return str(options.function_name)
    return EMULATOR_FUNCTION_NAME if options.endpoint_url else FUNCTION_NAMES[options.command]


def _client(options: argparse.Namespace) -> "LambdaClient":
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    # The emulator asks for no credentials, so none need be there.
    unsigned = options.endpoint_url and session.get_credentials() is None
    config = Config(
        signature_version=UNSIGNED if unsigned else None,
        read_timeout=900,  # a function may run as long
        retries={"total_max_attempts": 1},  # a second call would do the work, and cost, twice
    )
    return session.client(
        "lambda",
        endpoint_url=options.endpoint_url,
        region_name=session.region_name or REGION,
        config=config,
    )


def _summary(reply: Any, path: Path) -> str:
    if isinstance(reply, dict) and "url" in reply:
        return f"wrote {path}: a link to {reply['object']}, too large for a reply, see its url"
    if not isinstance(reply, list):
        return f"wrote {path}"
    failed = [window["error"]["message"] for window in reply if "error" in window]
    lines = [f"wrote {len(reply)} windows to {path}, {len(failed)} of them without data"]
    return "\n  ".join([*lines, *failed])


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


def _where() -> argparse.ArgumentParser:
    """The options that stand before the command or after it; absent ones leave no value behind."""
    where = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    where.add_argument("--function-name", help="the function's name on AWS")
    where.add_argument("--region", help=f"AWS region (default: your configuration's, or {REGION})")
    where.add_argument("--profile", help="profile of your AWS configuration")
    where.add_argument("--endpoint-url", help="of the emulator, such as http://127.0.0.1:9000")
    where.add_argument("-o", type=Path, metavar="FILE", help="write the reply to a file")
    return where


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        parents=[_where()],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command")
    parser.set_defaults(  # after the line above, which makes None of the command
        command="response",
        day="2019,183",
        nscl="CI.SOC.HHZ.",
        **dict.fromkeys(("function_name", "region", "profile", "endpoint_url", "o")),
    )
    response = commands.add_parser(
        "response",
        parents=[_where()],
        argument_default=argparse.SUPPRESS,
        help="remove the response of a channel's day",
    )
    response.add_argument("--day", help="YYYY,DDD or YYYY-MM-DD")
    response.add_argument("--nscl", help="network.station.channel.location")
    response.add_argument("--output", help="VEL, DISP, ACC or DEF")
    response.add_argument("--pre-filt", nargs="+", metavar="HZ", help="four corners, or auto")
    response.add_argument("--water-level", type=_water_level, metavar="DB", help="dB, or none")
    response.add_argument("--taper-fraction", type=float, metavar="PART", help="0 to 1")
    response.add_argument("--no-zero-mean", dest="zero_mean", action="store_false")
    response.add_argument("--encoding", help="FLOAT32 or FLOAT64")
    response.add_argument("--gaps", help="bridge or split")
    response.add_argument("--edges", help="taper or neighbours")
    response.add_argument("--method", help="fast or obspy")
    windows = commands.add_parser("windows", parents=[_where()], help="get time windows")
    windows.add_argument(
        "--request", type=Path, default=Path("request.json"), help="file (default: request.json)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
