"""What would be sent, how many, and what it would cost."""

import json
from collections.abc import Sequence
from pathlib import Path

from runner.costs.channel_day import estimate
from runner.errors import InputError
from runner.sending.target import Target
from runner.terminal import counted
from shared.corrected_days.request import CorrectedDayRequest

_SHOWN = 20


def tell(
    requests: Sequence[CorrectedDayRequest], skipped: int, where: Target, output: Path | None
) -> None:
    """Print what would be sent, and send nothing.

    Args:
        requests: what would be sent.
        skipped: how many more were done before.
        where: where they would go.
        output: a file that gets all requests, one a line; None prints the first ones.

    Raises:
        InputError: the file cannot be written.
    """
    lines = [json.dumps(request.as_dict()) for request in requests]
    if output is None:
        for line in lines[:_SHOWN]:
            print(line)
        if len(lines) > _SHOWN:
            print(f"... and {len(lines) - _SHOWN:,} more: -o FILE writes all of them")
    else:
        try:
            output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{output} cannot be written: {error}") from error
        print(f"wrote {output}")
    print(_how_many(requests, skipped, where))
    if requests:
        channels = (request.channel for request in requests)
        print(estimate(channels, queued=where.queue is not None).sentence())


def _how_many(requests: Sequence[CorrectedDayRequest], skipped: int, where: Target) -> str:
    channels = counted(len({request.channel for request in requests}), "channel")
    days = counted(len({request.day for request in requests}), "day")
    verb = f"{'was' if skipped == 1 else 'were'} {'queued' if where.queue else 'done'}"
    before = f"; {skipped:,} more {verb} before" if skipped else ""
    return f"{counted(len(requests), 'request')} ({channels}, {days}) for {where.target}{before}"
