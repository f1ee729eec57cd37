"""An archive of a few stations, with the station index and without."""

from collections.abc import Iterator

import pytest
import requests

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.station_index.update import update_index
from shared.station_index.warm import forget_index
from tests.support.builders import emptied
from tests.support.dataselect_days import QUERY, contents_of_days
from tests.support.http_api import http_api
from tests.support.station_files import channel, document, key_of, network, station

COPIES = "FDSNstationXML/unauthoritative-XML"

AAA = station(
    "AAA",
    channel("BHZ", "00", startDate="2010-01-01T00:00:00", endDate="2015-01-01T00:00:00"),
    channel("BHZ", "00", startDate="2015-01-01T00:00:00"),
    channel("BHN", "10", restrictedStatus="closed"),
    channel("LOG", startDate="2012-01-01T00:00:00"),
    place=(34.0, -118.0),
    site="Señor | bar",
)
BBB = station("BBB", channel("HHZ"), place=(35.0, 180.0), endDate="2599-12-31T23:59:59")
CCC = station(
    "CCC",
    channel("BHZ", endDate="2012-01-01T00:00:00"),
    place=(36.0, -179.0),
    startDate="1990-01-01T00:00:00",
    endDate="2012-01-01T00:00:00",
    restrictedStatus="closed",
)
FILES = {
    key_of("CI", "AAA"): document(
        network("CI", AAA, body="<Description>Southern California</Description>")
    ),
    key_of("CI", "BBB"): document(network("CI", BBB), created="2020-06-01T00:00:00Z"),
    f"{COPIES}/NC_CCC.xml": document(
        network("NC", CCC, startDate="1967-01-01", endDate="2030-01-01T00:00:00"),
        network("XX", startDate="1999-01-01T00:00:00", endDate="2000-01-01T00:00:00"),
        created="",
    ),
}
"""CI.AAA and CI.BBB, NC.CCC, and the network XX without stations."""


@pytest.fixture(scope="module")
def filled(s3_server: S3Server) -> Iterator[S3Server]:
    """The S3 server with the files, which may be listed."""
    with emptied(s3_server):
        for key, content in FILES.items():
            s3_server.put(key, content)
        s3_server.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")
        yield s3_server
        s3_server.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")


@pytest.fixture
def without_index(filled: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The files without the index."""
    for name, value in filled.function_environment.items():
        monkeypatch.setenv(name, value)
    forget_index()
    with emptied(filled, OUTPUT_BUCKET):
        yield filled
    forget_index()


@pytest.fixture
def with_index(without_index: S3Server) -> S3Server:
    """The files with an index of their own."""
    update_index(SCEDC)
    return without_index


@pytest.fixture(params=["without_index", "with_index"])
def stations(request: pytest.FixtureRequest) -> S3Server:
    """The files with the index, and without it."""
    server: S3Server = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="module")
def contents():
    return contents_of_days()


@pytest.fixture
def served(archive, contents, timewindow_handler):
    for nscl, days in contents.items():
        for day, content in days.items():
            archive.put(SCEDC.waveform_key(ChannelId.parse(nscl), Day.parse(day)), content)
    with http_api(timewindow_handler) as server:
        yield server


@pytest.fixture
def get(served):
    def ask(*pairs, method="GET", body=None, headers=None, **parameters):
        url = served.url + QUERY
        pairs = [*pairs, *parameters.items()]
        return requests.request(method, url, params=pairs, data=body, headers=headers, timeout=60)

    return ask
