"""What is asked for in one place: days, channels, and how to correct them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.selection.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import BadRequestError
from shared.fields import Fields
from shared.response.parameters import NAMES, RemovalParameters


@dataclass(frozen=True)
class Selector:
    """Days of a channel, or of all channels that fit a pattern.

    Attributes:
        days: in order.
        channels: the channels.
        parameters: how to remove the response.
        place: where it was asked for, such as "--nscl" or "days.txt, line 3".
    """

    days: tuple[Day, ...]
    channels: ChannelPattern
    parameters: RemovalParameters
    place: str = ""


def parse_parameters(fields: Mapping[str, Any]) -> RemovalParameters:
    """Read the parameters of the response removal as requests have them.

    Raises:
        BadRequestError: one is not what it must be.
    """
    return RemovalParameters.parse(Fields(fields, NAMES))


def parse_request(request: object, options: Mapping[str, Any], place: str) -> Selector:
    """Read a whole request; parameters of the command line hold for it, too.

    Raises:
        BadRequestError: a field is not what it must be, or says another thing than the option.
    """
    if isinstance(request, dict):
        for name, value in options.items():
            if request.get(name, value) != value:
                said = json.dumps(request[name])
                raise BadRequestError(
                    f"{name} is {said} here, and {json.dumps(value)} on the command line:"
                    " must be in one of both places",
                    field=name,
                )
        request = {**request, **options}
    parsed = CorrectedDayRequest.parse(request)
    return Selector(
        (parsed.day,), ChannelPattern.parse(parsed.channel.nscl), parsed.parameters, place
    )
