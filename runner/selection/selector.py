"""Selector: days, channels and response parameters from one option or one line of a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.corrected_days.request import FIELDS, CorrectedDayRequest
from shared.errors import BadRequestError
from shared.fields import Fields
from shared.response.parameters import NAMES, RemovalParameters


@dataclass(frozen=True)
class Selector:
    """Days of one channel, or of all channels that match a pattern.

    Attributes:
        days: in order.
        channels: the channel or the pattern.
        parameters: parameters of the response removal.
        source: where the selector comes from, such as "days.txt, line 3"; "" is the command line.
    """

    days: tuple[Day, ...]
    channels: ChannelPattern
    parameters: RemovalParameters
    source: str = ""


def parse_parameters(fields: Mapping[str, Any]) -> RemovalParameters:
    """Read the parameters of the response removal from the fields of a request.

    Raises:
        BadRequestError: a value is invalid.
    """
    return RemovalParameters.parse(Fields(fields, NAMES))


def parse_request(request: object, options: Mapping[str, Any], source: str) -> Selector:
    """Read a whole request, together with the response parameters of the command line.

    Raises:
        BadRequestError: a field is invalid, or contradicts the command line.
    """
    fields = Fields(request, FIELDS)
    given = fields.given()
    for name in given.keys() & options.keys():
        here, there = (parse_parameters({name: each[name]}) for each in (given, options))
        if here != there:
            raise BadRequestError(
                f"{fields.name(name)} is {json.dumps(given[name])} here, and"
                f" {json.dumps(options[name])} on the command line: must agree, or be given only"
                " once",
                field=name,
            )
    parsed = CorrectedDayRequest.parse({**given, **options})
    return Selector(
        (parsed.day,), ChannelPattern.parse(parsed.channel.nscl), parsed.parameters, source
    )
