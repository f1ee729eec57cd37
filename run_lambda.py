#!/usr/bin/env python3
"""Invoke the functions through boto3, for days, windows or the whole archive; fetch results.

See `python run_lambda.py --help`; the code is in `runner/`.
"""

import os
import sys

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ModuleNotFoundError:
    sys.exit("error: boto3 is not installed: pip install boto3 tqdm, or use .venv/bin/python")

from runner.commands import fetch, response, station_index, windows
from runner.commands.arguments import parse
from runner.commands.wrong_function import describe
from runner.errors import CallError, InputError, RunError
from runner.sending.target import Target
from shared.errors import BadRequestError, SettingsError

_COMMANDS = {
    "response": response.run,
    "windows": windows.run,
    "fetch": fetch.run,
    "station-index": station_index.run,
}

_INTERRUPTED = 130  # exit status after Ctrl-C, as in shells


def main(arguments: list[str] | None = None) -> int:
    """Run the program; return its exit status."""
    options = parse(arguments)
    target = Target(
        options.command,
        options.function_name,
        options.region,
        options.profile,
        options.endpoint_url,
        options.queue,
        options.local,
    )
    try:
        return _COMMANDS[options.command](options, target)
    except (BadRequestError, InputError, SettingsError) as error:
        return _failed(describe(error, target), 2)
    except CallError as error:
        return _failed(describe(error, target), 1)
    except (BotoCoreError, ClientError, RunError) as error:
        return _failed(error, 1)
    except KeyboardInterrupt:
        return _failed("interrupted", _INTERRUPTED)
    except BrokenPipeError:  # the reader of our output, such as head, has exited
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _failed(error: object, status: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return status


if __name__ == "__main__":
    status = main()
    if status == _INTERRUPTED:  # else Python waits for threads that still wait for S3
        sys.stdout.flush()
        os._exit(status)
    sys.exit(status)
