"""The service availability 1.0: its parameters and limits."""

from shared.fdsnws.parameters import NODATA, Parameter, Service, channel_parameters

_QUALITY = Parameter(
    "quality",
    kind="choices",
    default=("*",),
    options=("*", "D", "M", "Q", "R"),
    description="The qualities of the data.",
)
_LIMIT = Parameter("limit", kind="int", lowest=1, description="The most rows of an answer.")
_RESTRICTED = Parameter(
    "includerestricted",
    kind="bool",
    default=False,
    description="Whether restricted channels are listed, too.",
)
_TOO_LARGE = Parameter(
    "excludetoolarge",
    kind="bool",
    default=True,
    description="Whether channels with too many spans are left out; else they are an error.",
)
_FORMAT = Parameter(
    "format",
    kind="choice",
    default="text",
    options=("text", "geocsv", "json", "request"),
    description="The format of the answer; request is a body for POST.",
)


def _merge(*options: str) -> Parameter:
    return Parameter(
        "merge",
        kind="choices",
        default=(),
        options=options,
        description="Differences that do not divide spans.",
    )


def _order(*options: str) -> Parameter:
    default = "nslc_time_quality_samplerate"
    return Parameter(
        "orderby",
        kind="choice",
        default=default,
        options=(default, *options),
        description="The order of the rows.",
    )


_LIMITS = (
    "At most 400 days with wildcards (MAX_INDEX_DAYS), 1,000 channel days (MAX_OBJECTS), and record"
    " headers of 1,024 MiB that were not read before (MAX_HEADERS_MIB). Beyond 256 MiB, extents do"
    " not count time spans. Beyond 1,000 channel days, they are exact to the day. An open start or"
    " end takes all days of the archive."
)

AVAILABILITY = Service(
    "availability",
    "1.0.0",
    {
        "query": (
            *channel_parameters(),
            _QUALITY,
            _merge("samplerate", "quality", "overlap"),
            Parameter(
                "mergegaps",
                kind="float",
                default=0.0,
                lowest=0.0,
                description="The longest gap in seconds that does not divide a span.",
            ),
            Parameter(
                "show",
                kind="choices",
                default=(),
                options=("latestupdate",),
                description="Further columns of the answer.",
            ),
            _order("latestupdate", "latestupdate_desc"),
            _LIMIT,
            _RESTRICTED,
            _TOO_LARGE,
            _FORMAT,
            NODATA,
        ),
        "extent": (
            *channel_parameters(),
            _QUALITY,
            _merge("samplerate", "quality"),
            _order("timespancount", "timespancount_desc", "latestupdate", "latestupdate_desc"),
            _LIMIT,
            _RESTRICTED,
            _TOO_LARGE,
            _FORMAT,
            NODATA,
        ),
    },
    limits=_LIMITS,
    description="The time spans for which the archive has data.",
    module="shared.fdsnws.availability",
)
"""The service, its parameters and limits."""
