"""Print the requests and their estimated cost, and send nothing."""

import json
from collections.abc import Sequence
from pathlib import Path

from runner.commands.output_file import write_output
from runner.costs.estimate import estimate
from runner.errors import InputError
from runner.sending.target import Target
from runner.terminal import pluralize
from shared.corrected_days.request import CorrectedDayRequest

_SHOWN_REQUESTS = 20


def print_requests(
    requests: Sequence[CorrectedDayRequest], skipped: int, target: Target, output: Path | None
) -> None:
    """Print the requests, their number and their estimated cost.

    Args:
        requests: the requests.
        skipped: number of further requests that an earlier run has done.
        target: where the requests would go.
        output: file for all requests, one per line; None prints the first ones instead.

    Raises:
        InputError: the file cannot be written.
    """
    lines = [json.dumps(request.as_dict()) for request in requests]
    if output is None:
        for line in lines[:_SHOWN_REQUESTS]:
            print(line)
        if len(lines) > _SHOWN_REQUESTS:
            print(f"... and {len(lines) - _SHOWN_REQUESTS:,} more: -o FILE writes all of them")
    else:
        write_output(output, "".join(f"{line}\n" for line in lines).encode(), InputError)
        print(f"wrote {output}")
    print(_counts(requests, skipped, target))
    if requests:
        channels = (request.channel for request in requests)
        print(estimate(channels, queued=target.queue is not None).sentence())


def _counts(requests: Sequence[CorrectedDayRequest], skipped: int, target: Target) -> str:
    channels = pluralize(len({request.channel for request in requests}), "channel")
    days = pluralize(len({request.day for request in requests}), "day")
    verb = "queued" if target.queue else "done"
    already = f"; {skipped:,} more already {verb}" if skipped else ""
    count = pluralize(len(requests), "request")
    return f"{count} ({channels}, {days}) for {target.description}{already}"
