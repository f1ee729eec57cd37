"""The S3 server of the memory sweep: an archive of generated days, every request to it counted.

It is a process of its own on one processor, so that its time and memory are not the functions'.
"""

import argparse
import io
import logging
import os
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
from obspy import Trace

from benchmarks.response.response_removal import HEADER, SECONDS_PER_DAY, inventory
from local.cloud import helper_process
from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

DAY = Day.parse("2024,001")
SAMPLING_RATES = (1.0, 40.0, 100.0, 200.0)  # Hz

# With this much noise a 100 Hz day takes 12 MB, as days of SCEDC's 100 Hz channels do.
_RMS_COUNTS = 60
_CODES = {1.0: ("LHZ", ""), 40.0: ("BHZ", ""), 100.0: ("HHZ", ""), 200.0: ("HNZ", "2C")}
_RECORD_LENGTH = 512
_STATION = slice(8, 13)  # of a record's header
_REQUEST = re.compile(r'"(?:\x1b\[\d+m)*([A-Z]+) /([^/? ]+)')


def channel(sampling_rate: float, number: int) -> ChannelId:
    """The channel with that sampling rate, in Hz, at one of the stations, from 0."""
    code, location = _CODES[sampling_rate]
    return ChannelId("CI", f"S{number:02}", code, location)


def fill(server: S3Server, stations: int) -> None:
    """Put a day at each sampling rate, for each of some stations, into an archive."""
    for rate in SAMPLING_RATES:
        for number, content in enumerate(_days(rate, stations)):
            server.put(SCEDC.waveform_key(channel(rate, number), DAY), content)
    for number in range(stations):
        name = channel(SAMPLING_RATES[0], number)
        server.put(SCEDC.stationxml_keys(name.network, name.station)[0], _stationxml(number))


def _days(sampling_rate: float, stations: int) -> Iterator[bytes]:
    """The records of each station's day: the same but for the code in their headers."""
    names = [channel(sampling_rate, number) for number in range(stations)]
    noise = np.random.default_rng(1).standard_normal(100_000) * _RMS_COUNTS
    samples = np.resize(noise.astype(np.int32), round(SECONDS_PER_DAY * sampling_rate))
    codes = {"channel": names[0].channel, "location": names[0].location}
    trace = Trace(samples, {**HEADER, **codes, "sampling_rate": sampling_rate})
    content = io.BytesIO()
    trace.write(content, format="MSEED", encoding="STEIM2", reclen=_RECORD_LENGTH, byteorder=">")
    records = np.array(np.frombuffer(content.getvalue(), np.uint8).reshape(-1, _RECORD_LENGTH))
    for name in names:
        records[:, _STATION] = np.frombuffer(name.station.ljust(5).encode(), np.uint8)
        yield records.tobytes()


def _stationxml(number: int) -> bytes:
    """The metadata of a station's channels, one for each sampling rate."""
    found = inventory(SAMPLING_RATES[0])
    station = found[0][0]
    station.code = channel(SAMPLING_RATES[0], number).station
    station.channels = [inventory(rate)[0][0][0] for rate in SAMPLING_RATES]
    for rate, described in zip(SAMPLING_RATES, station.channels, strict=True):
        described.code, described.location_code = _CODES[rate]
        described.sample_rate = rate
    content = io.BytesIO()
    found.write(content, format="STATIONXML")
    return content.getvalue()


class RequestCounter(logging.Handler):
    """Counts the requests that moto logs, such as "GET scedc-pds".

    Attributes:
        counts: by method and bucket.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one line of the log."""
        if found := _REQUEST.search(record.getMessage()):
            self.counts[f"{found[1]} {found[2]}"] += 1


def count_requests() -> RequestCounter:
    """Count every request from now on, and log none."""
    counter, log = RequestCounter(), logging.getLogger("werkzeug")
    log.handlers, log.propagate = [counter], False
    log.setLevel(logging.INFO)
    return counter


def main() -> None:
    """Serve until standard input ends; see `local.cloud.helper_process`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", help="the address to listen on")
    parser.add_argument("stations", type=int)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with S3Server(arguments.host) as server:
        fill(server, arguments.stations)
        counter = count_requests()
        port = int(server.endpoint_url.rsplit(":", 1)[1])
        helper_process.run(port, lambda: dict(counter.counts))


if __name__ == "__main__":
    main()
