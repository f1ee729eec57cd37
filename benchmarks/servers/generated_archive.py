"""An S3 server with generated days at several sampling rates, which counts the requests to it.

It runs in its own process on the machine's first processor, so that its time and memory are not
the function's.
"""

import argparse
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from obspy import Stream, Trace

from benchmarks.generated_day import HEADER, SECONDS_PER_DAY, counts, inventory, stationxml
from benchmarks.servers import odd_days, server_process
from local.cloud.s3_server import S3Server
from local.synthetic.channel_day import miniseed
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

DAY = Day.parse("2024,001")
SAMPLING_RATES = (1.0, 40.0, 100.0, 200.0)  # Hz

_RMS_COUNTS = 60  # makes a 100 Hz day 12 MB, the size of SCEDC's
_CODES = {1.0: ("LHZ", ""), 40.0: ("BHZ", ""), 100.0: ("HHZ", ""), 200.0: ("HNZ", "2C")}
_RECORD_LENGTH = 512
_STATION = slice(8, 13)  # the station code in a record's header
_REQUEST = re.compile(r'"(?:\x1b\[\d+m)*([A-Z]+) /([^/? ]+)')


def channel(sampling_rate: float, number: int) -> ChannelId:
    """Return the channel with a sampling rate, in Hz, at a station, from 0."""
    code, location = _CODES[sampling_rate]
    return ChannelId("CI", f"S{number:02}", code, location)


def day_keys(sampling_rate: float, number: int) -> tuple[str, str]:
    """Return the keys of that channel's day and of its StationXML."""
    return _keys(channel(sampling_rate, number))


def odd_channel(kind: str) -> ChannelId:
    """Return the channel with an odd day, one of `odd_days.KINDS`."""
    return ChannelId("CI", kind, *_CODES[odd_days.SAMPLING_RATE])


def _keys(name: ChannelId) -> tuple[str, str]:
    stationxml_key, *_ = SCEDC.stationxml_keys(name.network, name.station)
    return SCEDC.waveform_key(name, DAY), stationxml_key


def fill_odd(server: S3Server) -> None:
    """Put the days of `odd_days` and their StationXML into the archive."""
    for kind, content in odd_days.contents():
        name = odd_channel(kind)
        waveform_key, stationxml_key = _keys(name)
        server.put(waveform_key, content)
        server.put(stationxml_key, _stationxml(name.station))


def fill(
    put: Callable[[str, bytes], None], stations: int, rates: Sequence[float] = SAMPLING_RATES
) -> None:
    """Put days and StationXML into the archive.

    Args:
        put: takes the key and the content of each object.
        stations: the number of stations.
        rates: the sampling rates of each station's days, in Hz: some of `SAMPLING_RATES`.
    """
    for rate in rates:
        for number, content in enumerate(_days(rate, stations)):
            put(SCEDC.waveform_key(channel(rate, number), DAY), content)
    for number in range(stations):
        name = channel(SAMPLING_RATES[0], number)
        put(_keys(name)[1], _stationxml(name.station))


def _days(sampling_rate: float, stations: int) -> Iterator[bytes]:
    """Yield the records of each station's day. Only the station codes differ."""
    names = [channel(sampling_rate, number) for number in range(stations)]
    samples = counts(round(SECONDS_PER_DAY * sampling_rate), _RMS_COUNTS)
    codes = {"channel": names[0].channel, "location": names[0].location}
    trace = Trace(samples, {**HEADER, **codes, "sampling_rate": sampling_rate})
    content = miniseed(Stream([trace]))
    records = np.array(np.frombuffer(content, np.uint8).reshape(-1, _RECORD_LENGTH))
    for name in names:
        records[:, _STATION] = np.frombuffer(name.station.ljust(5).encode(), np.uint8)
        yield records.tobytes()


def _stationxml(code: str) -> bytes:
    """Return the metadata of a station's channels, one for each sampling rate."""
    metadata = inventory(SAMPLING_RATES[0])
    station = metadata[0][0]
    station.code = code
    station.channels = [inventory(rate)[0][0][0] for rate in SAMPLING_RATES]
    for rate, described in zip(SAMPLING_RATES, station.channels, strict=True):
        described.code, described.location_code = _CODES[rate]
        described.sample_rate = rate
    return stationxml(metadata)


class RequestCounter(logging.Handler):
    """A log handler that counts the requests in moto's log, such as "GET scedc-pds".

    Attributes:
        counts: requests by method and bucket.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count the request of one log line."""
        if request := _REQUEST.search(record.getMessage()):
            self.counts[f"{request[1]} {request[2]}"] += 1


def count_requests() -> RequestCounter:
    """Count every request from now on instead of logging it."""
    counter, log = RequestCounter(), logging.getLogger("werkzeug")
    log.handlers, log.propagate = [counter], False
    log.setLevel(logging.INFO)
    return counter


def main() -> None:
    """Serve until standard input ends; see `server_process`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", help="the address to listen on")
    parser.add_argument("stations", type=int, help="the number of stations")
    parser.add_argument("--rates", type=float, nargs="+", default=SAMPLING_RATES, help="in Hz")
    parser.add_argument("--odd", action="store_true", help="add the days of `odd_days`")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with S3Server(arguments.host) as server:
        fill(server.put, arguments.stations, arguments.rates)
        if arguments.odd:
            fill_odd(server)
        counter = count_requests()
        server_process.report(server.port, lambda: dict(counter.counts))


if __name__ == "__main__":
    main()
