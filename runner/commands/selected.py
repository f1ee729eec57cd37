"""The channel days that a command line selects."""

import argparse
from collections.abc import Mapping, Sequence

from runner.commands.arguments import SAMPLE
from runner.selection.day_ranges import parse_days
from runner.selection.listing import Listing, list_days
from runner.selection.request_files import read_requests
from runner.selection.selector import Selector, parse_parameters
from runner.sending.target import Target
from runner.terminal import Progress, note
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.response.parameters import NAMES

_DAYS_WITHOUT_BAR = 16  # listing these takes only a moment


def selectors_of(options: argparse.Namespace) -> list[Selector]:
    """Return the selectors of the command line and of its files; without any, the sample's.

    Raises:
        BadRequestError, InputError: an option or a file is invalid.
    """
    fields = {name: value for name, value in vars(options).items() if name in NAMES}
    selectors: list[Selector] = []
    if options.day or options.nscl or not options.file:
        parameters = parse_parameters(fields)
        channels = [ChannelPattern.parse(nscl) for nscl in options.nscl or [SAMPLE["nscl"]]]
        ranges = [parse_days(day) for day in options.day or [SAMPLE["day"]]]
        selectors = [Selector(days, each, parameters) for each in channels for days in ranges]
    for path in options.file:
        file = read_requests(path, fields)
        selectors += file.selectors
        for line in file.ignored:
            note(f"ignored: {line}")
    return selectors


def list_archive(
    target: Target, patterns: Mapping[Day, Sequence[ChannelPattern]]
) -> dict[Day, Listing]:
    """List the archive for patterns of channels, by day.

    Raises:
        RunError: S3 cannot be reached or refused the request.
    """
    archive, client = target.archive, target.archive_client()
    if len(patterns) <= _DAYS_WITHOUT_BAR:
        return list_days(client, archive, patterns, lambda: None)
    with Progress(len(patterns), f"listing {archive.bucket}", "days") as progress:
        return list_days(client, archive, patterns, progress.step)
