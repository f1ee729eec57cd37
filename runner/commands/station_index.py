"""Command that makes the station index, or brings it up to date."""

import argparse
import json
import time
from typing import Any

from runner.commands.output_file import write_output
from runner.sending.invoke import invoke, unexpected_reply
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.terminal import note, pluralize

EVENT = {"update": "station-index"}
"""The event of an update; a schedule may send it, too."""


def run(options: argparse.Namespace, target: Target) -> int:
    """Update the index until no file is left; return the exit status, 1 if some cannot be read.

    Raises:
        CallError: a call failed, or the function raised an error.
        RunError: the report cannot be written.
    """
    client = target.lambda_client(connections=1)
    while True:
        report, _ = call_with_retries(
            lambda: invoke(client, target.function, EVENT), options.retries, time.sleep, note
        )
        if not isinstance(report, dict) or not {"files", "read", "missing"} <= report.keys():
            raise unexpected_reply(report, "is no report: is this the time-window function?")
        missing, read = report["missing"], report["read"]
        if not missing or not read:
            break
        note(f"{pluralize(report['files'], 'file')} in the index, {missing:,} more to read")
    return _write(report, options)


def _write(report: dict[str, Any], options: argparse.Namespace) -> int:
    text = json.dumps(report, indent=2)
    if options.o:
        write_output(options.o, f"{text}\n".encode())
    else:
        print(text)
    for file in report.get("unreadable", []):
        note(f"not in the index: {file['object']}: {file['reason']}")
    if report["missing"]:
        note(f"{pluralize(report['missing'], 'file')} could not be read now: run it again later")
    return 1 if report["missing"] or report.get("unreadable") else 0
