"""The row of station metadata: requests that the station index answers."""

from dataclasses import replace
from typing import Any

import boto3
from obspy import UTCDateTime

from benchmarks.servers.server_process import ServerProcess
from benchmarks.speed.function import archive, environment, invoke
from benchmarks.speed.target import Row
from local.cloud.s3_server import OUTPUT_BUCKET
from local.synthetic.instrument import ChannelEpoch, stationxml
from shared.archive.scedc import SCEDC
from shared.station_index.index import IndexedFile, encode_file, write_index
from shared.station_index.warm import index_key
from shared.stations.station_file import StationFile

_STATIONS, _CHANNELS, _YEARS = 500, 20, 10
_QUERIES = ("level=station", "level=channel&cha=BHZ&start=2010-06-01&end=2010-06-02")


def stations() -> Row:
    """Measure requests for all stations of an index; the first one loads it."""
    queries = [_QUERIES[0], *_QUERIES]
    with archive(1, "--rates", "1") as server:
        _put_index(server)
        first, *known = invoke("timewindow", [_event(each) for each in queries], server)
    figures = tuple(1000 * each["cpu_seconds"] for each in (first, *known))
    epochs = _STATIONS * _CHANNELS * _YEARS
    compared = (
        f"{_STATIONS} stations with {epochs:,} epochs of channels as text: all stations in a new"
        " container, all stations, and one channel of each on a day, processor time"
    )
    return Row("stations by the index", compared, figures, (1_000, 50, 300), "ms")


def _event(query: str) -> dict[str, Any]:
    path = "/fdsnws/station/1/query"
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": f"net=CI&format=text&{query}",
        "requestContext": {"http": {"method": "GET", "path": path}},
    }


def _put_index(server: ServerProcess) -> None:
    codes = [f"{band}{orientation}" for band in ("BH", "HH") for orientation in "ZNE"]
    epochs = [
        ChannelEpoch(codes[place % len(codes)], f"{place:02d}", 100.0, UTCDateTime(year, 1, 1))
        for place in range(_CHANNELS)
        for year in range(2005, 2005 + _YEARS)
    ]
    file = StationFile(stationxml("CI", "STA", epochs), "the generated file")
    files = [_indexed(file, f"S{number:03d}") for number in range(_STATIONS)]
    variables = environment(server)
    client = boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name=SCEDC.region,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    content = write_index(SCEDC, files, 0, [])
    client.put_object(Bucket=OUTPUT_BUCKET, Key=index_key(SCEDC), Body=content)


def _indexed(file: StationFile, code: str) -> IndexedFile:
    """Return a file in the index, under the code of another station."""
    (network,) = file.summary.networks
    station = replace(network.stations[0], code=code)
    summary = replace(file.summary, networks=(replace(network, stations=(station,)),))
    key = SCEDC.stationxml_keys("CI", code)[0]
    shells = [(file.network_xml(0), [file.station_xml(0, 0).replace(b"STA", code.encode())])]
    return encode_file(key, f'"{code}"', 0, 1_000_000, summary, shells)
