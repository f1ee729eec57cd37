"""A generated channel day and its metadata, for benchmarks where the samples do not matter."""

import io

import numpy as np
import obspy
from obspy import Inventory, UTCDateTime

from local.synthetic import instrument

SECONDS_PER_DAY = 86400
HEADER = {
    "network": "CI",
    "station": "BOM",
    "location": "2C",
    "channel": "HNZ",
    "starttime": UTCDateTime("2024-01-01T00:00:00.003"),
}


def counts(npts: int, rms: float = 300) -> np.ndarray:
    """Return random int32 counts as in a record, with this rms; they repeat after 100,000."""
    noise = np.random.default_rng(1).standard_normal(100_000) * rms
    return np.resize(noise.astype(np.int32), npts)


def inventory(sampling_rate: float) -> Inventory:
    """Return the metadata of one channel with the demo's instrument.

    The instrument has a digital filter for 100 Hz, which runs at `sampling_rate` (in Hz) here.
    """
    epoch = instrument.ChannelEpoch(
        HEADER["channel"], HEADER["location"], 100.0, HEADER["starttime"] - 1
    )
    content = instrument.stationxml(HEADER["network"], HEADER["station"], [epoch])
    metadata = obspy.read_inventory(io.BytesIO(content), format="STATIONXML")
    for stage in metadata[0][0][0].response.response_stages:
        if stage.decimation_input_sample_rate:
            floating = type(stage.decimation_input_sample_rate)  # StationXML takes no plain float
            stage.decimation_input_sample_rate = floating(sampling_rate)
    return metadata


def stationxml(metadata: Inventory) -> bytes:
    """Return metadata as StationXML."""
    content = io.BytesIO()
    metadata.write(content, format="STATIONXML")
    return content.getvalue()
