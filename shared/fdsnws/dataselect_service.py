"""The service dataselect 1.1: its parameters and limits."""

from shared.fdsnws.parameters import NODATA, Parameter, Service, channel_parameters

DATASELECT = Service(
    "dataselect",
    "1.1.0",
    {
        "query": (
            *channel_parameters(),
            Parameter(
                "quality",
                kind="choice",
                default="B",
                options=("B", "D", "M", "Q", "R"),
                description="The quality of the data; B is the best that there is.",
            ),
            Parameter(
                "minimumlength",
                kind="float",
                default=0.0,
                lowest=0.0,
                description="The least length of a continuous span in seconds.",
            ),
            Parameter(
                "longestonly",
                kind="bool",
                default=False,
                description="Only the longest continuous span of each channel.",
            ),
            Parameter(
                "format",
                kind="choice",
                default="miniseed",
                options=("miniseed",),
                description="The format of the data.",
            ),
            NODATA,
        )
    },
    description="Waveforms of the archive as miniSEED.",
)
"""The service, its parameters and limits."""
