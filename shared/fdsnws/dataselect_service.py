"""The service dataselect 1.1: its parameters and limits."""

from shared.fdsnws.parameters import NODATA, Parameter, Service, channel_parameters

MINISEED3 = ("miniseed3", "ms3")
"""Names of the format miniSEED 3; all others are miniSEED 2."""

_STANDARD = (
    *channel_parameters(),
    Parameter(
        "quality",
        kind="choice",
        default="B",
        options=("B", "D", "M", "Q", "R"),
        description="The quality code of the records; B and M take records of any quality.",
    ),
    Parameter(
        "minimumlength",
        kind="float",
        default=0.0,
        lowest=0.0,
        description="The least length of a continuous segment in seconds.",
    ),
    Parameter(
        "longestonly",
        kind="bool",
        default=False,
        description="Only the longest continuous segment of each channel and time span.",
    ),
    Parameter(
        "format",
        kind="choice",
        default="miniseed",
        options=("miniseed", "mseed", *MINISEED3),
        description="The format of the data: miniSEED 2, or miniSEED 3 by miniseed3 or ms3.",
    ),
    NODATA,
)

_CORRECTION = (
    Parameter(
        "correct",
        kind="bool",
        default=False,
        description="Extension: whether to remove the instrument response; samples are then 32-bit"
        " floats in SI units.",
    ),
    Parameter(
        "units",
        kind="choice",
        default="VEL",
        options=("VEL", "DISP", "ACC", "DEF"),
        description="Extension: the output of correct: m/s, m, m/s**2, or the instrument's input.",
    ),
    Parameter(
        "prefilt",
        kind="text",
        default="auto",
        description="Extension: the band of correct: four ascending corners in Hz separated by"
        " commas, auto for one by the response, or none.",
    ),
    Parameter(
        "waterlevel",
        kind="float",
        lowest=0.0,
        highest=1000.0,
        description="Extension: the water level of correct in dB; without it, 60 for given corners,"
        " and none for auto.",
    ),
)

CORRECTION_NAMES = tuple(each.name for each in _CORRECTION[1:])
"""The parameters that only a request with `correct` may have."""

DATASELECT = Service(
    "dataselect",
    "1.1.0",
    {"query": (*_STANDARD, *_CORRECTION)},
    module="shared.fdsnws.dataselect",
    limits="By default, one request has at most 128 MiB of data (MAX_DATASELECT_MIB), 1,000 channel"
    " days (MAX_OBJECTS) and 4,000 requests to S3 (MAX_S3_REQUESTS); with correct, 32 million"
    " samples. More is refused with status 413. An answer beyond 6 MB is a redirect for GET, and is"
    " refused for POST: send fewer lines at a time.",
    description="Waveforms of the archive as miniSEED.",
)
"""The service, its parameters and limits."""
