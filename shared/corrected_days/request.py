"""Requests for corrected days, and the keys of their results.

This module needs neither ObsPy nor NumPy, so that clients can check requests as the function does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.registry import input_archive
from shared.archive.request_channel import ALSO_CHANNEL, CODES, read_channel
from shared.errors import BadRequestError
from shared.fields import Fields, Names
from shared.response.parameters import NAMES, RemovalParameters, as_text

FIELDS = Names(("day", "nscl", *CODES, *NAMES), ALSO_CHANNEL)
"""The fields of a request."""


@dataclass(frozen=True)
class CorrectedDayRequest:
    """A request for a corrected day.

    Attributes:
        day: the day.
        channel: the channel.
        parameters: of the response removal.
    """

    day: Day
    channel: ChannelId
    parameters: RemovalParameters

    @classmethod
    def parse(cls, request: object) -> "CorrectedDayRequest":
        """Read a request such as `{"day": "2019,183", "nscl": "CI.SOC.HHZ."}`.

        Raises:
            BadRequestError: a field is missing, unknown or wrong; the error names it.
        """
        fields = Fields(request, FIELDS)
        return cls(
            day=Day.parse(fields.text("day", "'YYYY,DDD' or 'YYYY-MM-DD'")),
            channel=read_channel(fields, "nscl"),
            parameters=RemovalParameters.parse(fields),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the request as JSON: day, channel, and the parameters that are not the default."""
        changed = self.parameters.changed()
        plain = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in changed.items()
        }
        return {"day": str(self.day), "nscl": self.channel.nscl, **plain}

    @property
    def output_key(self) -> str:
        """The key of the result: the archive's name for the day, in a folder for the parameters.

        The folder for the defaults is "noresp". The folder's name lists every parameter that
        differs, so that no result overwrites another.
        """
        changes = "".join(
            f"_{name}-{as_text(value)}" for name, value in self.parameters.changed().items()
        )
        return f"noresp{changes}/{input_archive().result_path(self.channel, self.day)}"


def request_from_object(bucket: str, key: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request for correcting a day object of the archive, as JSON.

    Args:
        bucket: the object's bucket.
        key: the object's key.
        members: further members of the request.

    Raises:
        BadRequestError: the key is not that of a channel day, or the members name another one.
    """
    archive = input_archive()
    if bucket != archive.bucket:
        raise BadRequestError(
            f"the object lies in the bucket {bucket!r}: must be in {archive.bucket!r}"
        )
    channel, day = archive.parse_waveform_key(key)
    if named := sorted(n for n in members if FIELDS.find(n) in ("day", "nscl", *CODES)):
        raise BadRequestError(
            f"{' and '.join(named)}: must be absent, since the object's key gives the day and the"
            " channel"
        )
    return {"day": str(day), "nscl": channel.nscl, **members}
