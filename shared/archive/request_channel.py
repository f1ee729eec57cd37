"""The channel of a request: four codes, or all of them as one text."""

from shared.archive.channel_id import RIGHT_CHANNEL, ChannelId
from shared.errors import BadRequestError
from shared.fields import Fields

CODES = ("Network", "Station", "Channel", "Location")
"""The fields of a request that give its channel as codes; `nscl` gives it as one text."""

ALSO_CHANNEL = {
    "net": "Network",
    "sta": "Station",
    "cha": "Channel",
    "chan": "Channel",
    "loc": "Location",
    "id": "nscl",
    "seed_id": "nscl",
}
"""Other names of these fields, such as those of FDSN web services."""


def read_channel(fields: Fields, usual: str, path: str = "") -> ChannelId:
    """Read the channel of a request.

    Args:
        fields: of an object with the fields `CODES` and `nscl`.
        usual: the field to name as missing where there is no channel at all, `nscl` or a code.
        path: the object's place in the request, such as "Windows[1]"; "" is the request itself.

    Raises:
        BadRequestError: a code is missing or not one of SEED, or the channel is given in both ways.
    """
    try:
        by_text = usual == "nscl" and not any(map(fields.has, CODES))
        return _read_nscl(fields) if by_text or fields.has("nscl") else _read_codes(fields)
    except BadRequestError as error:
        code = str(error.details["field"])
        if not path or code.startswith(path):
            raise
        raise BadRequestError(f"{path}: {error.message}", field=path) from error


def _read_nscl(fields: Fields) -> ChannelId:
    for name in CODES:
        if fields.has(name):
            right = f"absent, as {fields.spelled('nscl')} gives the channel"
            raise fields.error(name, fields.raw(name), right)
    return ChannelId.parse(fields.text("nscl", RIGHT_CHANNEL.removeprefix("must be ")))


def _read_codes(fields: Fields) -> ChannelId:
    network = fields.text("Network", "text, such as 'CI'")
    station = fields.text("Station", "text, such as 'BOM'")
    channel = fields.text("Channel", "text, such as 'BHZ'")
    location = fields.raw("Location")
    if location is not None:
        location = fields.text("Location", "text, such as '00' or '--', or null")
    try:
        return ChannelId.of_codes(network, station, channel, location)
    except BadRequestError as error:
        name = str(error.details["field"]).capitalize()
        raise BadRequestError(error.message, field=fields.spelled(name)) from error
