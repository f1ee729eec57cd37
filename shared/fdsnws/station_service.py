"""The service station 1.1: its parameters and limits."""

from shared.fdsnws._station_limits import LIMITS
from shared.fdsnws.parameters import NODATA, Parameter, Service, channel_parameters


def _time(name: str, description: str) -> Parameter:
    return Parameter(name, kind="time", description=description)


def _degrees(
    name: str, short: str, lowest: float, highest: float, default: float, description: str
) -> Parameter:
    return Parameter(
        name,
        (short,) if short else (),
        "float",
        default,
        description=f"{description}, in degrees.",
        lowest=lowest,
        highest=highest,
    )


def _flag(name: str, description: str, *, default: bool) -> Parameter:
    return Parameter(name, kind="bool", default=default, description=description)


STATION = Service(
    "station",
    "1.1.0",
    {
        "query": (
            *channel_parameters(),
            _time("startbefore", "Epochs that start before it."),
            _time("startafter", "Epochs that start after it."),
            _time("endbefore", "Epochs that end before it."),
            _time("endafter", "Epochs that end after it, or are still open."),
            _degrees("minlatitude", "minlat", -90, 90, -90.0, "Southern edge of a box"),
            _degrees("maxlatitude", "maxlat", -90, 90, 90.0, "Northern edge of a box"),
            _degrees("minlongitude", "minlon", -180, 180, -180.0, "Western edge of a box"),
            _degrees("maxlongitude", "maxlon", -180, 180, 180.0, "Eastern edge of a box"),
            _degrees("latitude", "lat", -90, 90, 0.0, "Centre of a circle"),
            _degrees("longitude", "lon", -180, 180, 0.0, "Centre of a circle"),
            _degrees("minradius", "", 0, 180, 0.0, "Inner radius of a circle"),
            _degrees("maxradius", "", 0, 180, 180.0, "Outer radius of a circle"),
            Parameter(
                "level",
                kind="choice",
                default="station",
                options=("network", "station", "channel", "response"),
                description="The detail of the answer.",
            ),
            _flag(
                "includerestricted", "Whether restricted channels are listed, too.", default=True
            ),
            _flag("includeavailability", "Whether XML has the spans of the data.", default=False),
            _time("updatedafter", "Metadata that changed after it."),
            _flag("matchtimeseries", "Only metadata of channels with data.", default=False),
            Parameter(
                "format",
                kind="choice",
                default="xml",
                options=("xml", "text"),
                description="StationXML, or text with a line for each item.",
            ),
            NODATA,
        )
    },
    description="Stations, channels and instrument responses of the archive.",
    limits=LIMITS,
    module="shared.fdsnws.station",
)
"""The service, its parameters and limits."""
