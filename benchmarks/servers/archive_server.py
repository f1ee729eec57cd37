"""An S3 server with one generated 200 Hz day, in its own process; see `server_process`."""

from obspy import Stream, Trace

from benchmarks.generated_day import HEADER, SECONDS_PER_DAY, counts, inventory, stationxml
from benchmarks.servers import server_process
from local.cloud.s3_server import S3Server
from local.synthetic.channel_day import miniseed
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

NSCL = "CI.BOM.HNZ.2C"
SAMPLING_RATE = 200.0  # Hz


def fill(server: S3Server) -> None:
    """Put the day and its StationXML into the archive."""
    channel, day = ChannelId.parse(NSCL), Day.of(HEADER["starttime"])
    samples = counts(int(SECONDS_PER_DAY * SAMPLING_RATE))
    trace = Trace(samples, {**HEADER, "sampling_rate": SAMPLING_RATE})
    server.put(SCEDC.waveform_key(channel, day), miniseed(Stream([trace])))
    metadata = stationxml(inventory(SAMPLING_RATE))
    server.put(SCEDC.stationxml_keys(channel.network, channel.station)[0], metadata)


def main() -> None:
    """Serve until standard input ends."""
    with S3Server() as server:
        fill(server)
        server_process.report(server.port, dict)


if __name__ == "__main__":
    main()
