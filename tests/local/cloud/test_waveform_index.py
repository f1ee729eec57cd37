"""The index of each day's waveforms that the local S3 servers give."""

import obspy
import pytest
from werkzeug.wrappers import Request

from local.archives.folder import read_folder
from local.cloud.object_reads import list_objects
from local.cloud.stored_object import FixedBucket, Piece, StoredObject
from local.cloud.waveform_index import IndexedBucket
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace, mseed, noise, put_day, put_station

DAY = Day(2024, 1)
KEY = "continuous_waveforms/index/csv/year=2024/year_doy=2024_001/2024_001_waveform_index.csv"
EXPECTED = (
    "ms_filename,net,sta,seedchan,location,lat,lon,sample_rate\n"
    "CIBOM__BHZ___2024001.ms,CI,BOM,BHZ,,{place},40\n"
    "CIBOM__HNZ2C_2024001.ms,CI,BOM,HNZ,2C,{place},200\n"
)


def day_of(nscl, rate):
    return mseed(make_trace(nscl, "2024-01-01T00:00:00.0195", noise(2_000), rate))


def content(bucket, key=KEY):
    stored = bucket.find(key)
    return b"".join(stored.read(0, stored.size - 1)).decode()


@pytest.fixture
def folder(tmp_path, archive):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "any name").write_bytes(day_of("CI.BOM.BHZ.", 40.0))
    (tmp_path / "other").write_bytes(day_of("CI.BOM.HNZ.2C", 200.0))
    (tmp_path / "station.xml").write_bytes(put_station(archive, "CI", "BOM", BHZ=40.0))
    return tmp_path


def test_of_a_folder(folder):
    bucket = IndexedBucket(read_folder(folder).bucket, SCEDC)
    place = content(bucket).splitlines()[1].split(",")[5:7]
    station = obspy.read_inventory(str(folder / "station.xml"))[0][0]
    assert tuple(map(float, place)) == (station.latitude, station.longitude)
    assert content(bucket) == EXPECTED.format(place=",".join(place))
    assert bucket.find(KEY.replace("001", "002")) is None
    assert bucket.keys("continuous_waveforms/index/") == [KEY]
    assert len(bucket.keys("continuous_waveforms/2024")) == 2
    listing = list_objects(
        bucket, "scedc-pds", Request.from_values(query_string={"prefix": KEY[:30]})
    )
    assert KEY in listing.get_data(as_text=True).replace("&amp;", "&")


def test_etags_follow_the_content(folder):
    first = IndexedBucket(read_folder(folder).bucket, SCEDC).find(KEY).etag
    assert IndexedBucket(read_folder(folder).bucket, SCEDC).find(KEY).etag == first
    (folder / "more").write_bytes(day_of("CI.BOM.BHN.", 40.0))
    assert IndexedBucket(read_folder(folder).bucket, SCEDC).find(KEY).etag != first


def test_an_index_of_the_bucket_itself_is_kept():
    own = StoredObject((Piece.whole(b"own"),), "etag", 0.0)
    day = StoredObject((Piece.whole(b"x" * 100),), "etag", 0.0)
    channel = ChannelId("CI", "BOM", "BHZ")
    bucket = FixedBucket({KEY: own, SCEDC.waveform_key(channel, DAY): day})
    assert content(IndexedBucket(bucket, SCEDC)) == "own"


def test_an_object_without_records_has_no_rate():
    day = StoredObject((Piece.whole(b"x" * 100),), "etag", 0.0)
    bucket = FixedBucket({SCEDC.waveform_key(ChannelId("CI", "BOM", "BHZ"), DAY): day})
    assert content(IndexedBucket(bucket, SCEDC)).endswith("CI,BOM,BHZ,,,,\n")


def test_of_an_archive_in_memory(archive):
    put_day(archive, "CI.BOM.BHZ.", "2024,001", make_trace("CI.BOM.BHZ.", "2024-01-01", noise(900)))
    uri = f"s3://{SCEDC.bucket}/{KEY}"
    assert archive.get(uri).decode().splitlines()[1:] == [
        "CIBOM__BHZ___2024001.ms,CI,BOM,BHZ,,,,40"
    ]
    with pytest.raises(archive.client.exceptions.NoSuchKey):
        archive.get(uri.replace("001", "002"))
    archive.put(KEY, b"own")
    assert archive.get(uri) == b"own"
