"""The archive that the conformance tests ask about: two networks, a day of samples, an index."""

import numpy as np

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, put_day
from tests.support.station_files import channel, document, key_of, network, station

EPOCH = "2000-01-01T00:00:00.000000Z"
"""The start of all stations and channels."""

DAY = "2024,001"
START = "2024-01-01T00:10:00.000000"
RATE = 40.0
"""Sampling rate in Hz of CI.AAA.00.BHZ."""

SAMPLES = 24_000
"""The samples of ten minutes from START; each is its own number."""

LARGE = 100_000
"""The samples of CI.AAA.00.BHN, which are noise: some 200 kB in miniSEED."""

SMALL_REPLY = 100_000
"""The largest reply in bytes with which all answers but LARGE are returned directly."""

SENSITIVITY = 1e9
"""In counts per m/s, of all channels of `station_files`."""

STATIONS = {
    ("CI", "AAA"): ((34.0, -118.0), ("00", "BHZ"), ("00", "BHN")),
    ("CI", "BBB"): ((35.0, -117.0), ("", "HHZ")),
    ("NC", "EAST"): ((51.0, 177.0), ("", "BHZ")),
    ("NC", "WEST"): ((52.0, -176.0), ("", "BHZ")),
}
"""Place, in degrees, and channels of each station. The date line is between EAST and WEST."""


def _document(network_code: str, code: str) -> bytes:
    # Dates end with Z, as those of the archive's own files.
    place, *channels = STATIONS[network_code, code]
    epochs = [channel(name, location, startDate=EPOCH) for location, name in channels]
    return document(network(network_code, station(code, *epochs, place=place, startDate=EPOCH)))


def fill(server: S3Server) -> None:
    """Put the stations and the day into an archive."""
    for network_code, code in STATIONS:
        server.put(key_of(network_code, code), _document(network_code, code))
    for nscl, counts in (("CI.AAA.00.BHZ", np.arange(SAMPLES)), ("CI.AAA.00.BHN", large())):
        put_day(server, nscl, DAY, make_trace(nscl, START, counts, RATE))


def large() -> np.ndarray:
    """Return the counts of CI.AAA.00.BHN."""
    return np.random.default_rng(1).integers(-30_000, 30_000, LARGE, dtype=np.int32)
