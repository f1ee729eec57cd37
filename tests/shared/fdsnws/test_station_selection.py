"""Every selection of the station service, by the index and by the files alike."""

from obspy.geodetics import locations2degrees

from local.cloud.s3_server import S3Server
from tests.support.station_files import codes, lines

ALL_STATIONS = ["CI.AAA", "CI.BBB", "NC.CCC"]
AAA_CHANNELS = ["CI.AAA..LOG", "CI.AAA.00.BHZ", "CI.AAA.00.BHZ", "CI.AAA.10.BHN"]
DISTANCE = locations2degrees(34.0, -118.0, 36.0, -179.0)

QUERIES = {
    # Codes
    "": ALL_STATIONS,
    "net=CI": ["CI.AAA", "CI.BBB"],
    "net=ci&sta=aaa": ["CI.AAA"],
    "sta=?A?": ["CI.AAA"],
    "sta=A*,CCC": ["CI.AAA", "NC.CCC"],
    "sta=A*&sta=CCC": ["CI.AAA", "NC.CCC"],
    "net=CI&sta=AAA,BBB,ZZZ": ["CI.AAA", "CI.BBB"],
    "net=ZZ": [],
    "net=CI&sta=ZZZ": [],
    "level=channel&sta=AAA&loc=--": ["CI.AAA..LOG"],
    "level=channel&net=CI&sta=AAA&loc=--,00": AAA_CHANNELS[:3],
    "level=channel&cha=BH?": [*AAA_CHANNELS[1:], "NC.CCC..BHZ"],
    "level=channel&cha=?HZ&loc=0*": AAA_CHANNELS[1:3],
    # A code below the level restricts
    "cha=HHZ": ["CI.BBB"],
    "loc=10": ["CI.AAA"],
    "loc=10&cha=HHZ": [],
    "level=network": ["CI", "NC", "XX"],
    "level=network&sta=CCC": ["NC"],
    "level=network&cha=B*": ["CI", "NC"],
    # Times: epochs that intersect
    "start=2012-01-01": ALL_STATIONS,
    "start=2012-01-01T00:00:01": ["CI.AAA", "CI.BBB"],
    "end=1999-12-31": ["NC.CCC"],
    "end=1990-01-01": ["NC.CCC"],
    "end=1989-12-31T23:59:59": [],
    "level=channel&sta=AAA&cha=BHZ&start=2013-01-01&end=2014-01-01": ["CI.AAA.00.BHZ"],
    "level=channel&sta=AAA&cha=BHZ&start=2015-01-01&end=2015-01-01": ["CI.AAA.00.BHZ"] * 2,
    "start=2011-01-01&end=2011-06-01&cha=LOG": [],
    "level=network&end=1967-01-01": ["CI", "NC"],
    "level=network&end=1966-12-31": ["CI"],
    "level=network&start=2001-01-01": ["CI", "NC"],
    # Strict bounds of the level's epochs
    "startafter=1990-01-01": ["CI.AAA", "CI.BBB"],
    "startafter=1989-12-31T23:59:59.9": ALL_STATIONS,
    "startbefore=2000-01-01": ["NC.CCC"],
    "endbefore=2012-01-01": [],
    "endbefore=2012-01-01T00:00:00.000001": ["NC.CCC"],
    "endafter=2012-01-01": ["CI.AAA", "CI.BBB"],
    "endafter=2400-01-01": ["CI.AAA", "CI.BBB"],
    "level=channel&sta=AAA&startafter=2010-01-01": ["CI.AAA..LOG", "CI.AAA.00.BHZ"],
    "level=channel&endbefore=2400-01-01": ["CI.AAA.00.BHZ", "NC.CCC..BHZ"],
    "start=2011-01-01&endafter=2013-01-01": ["CI.AAA", "CI.BBB"],
    # Areas
    "minlat=35": ["CI.BBB", "NC.CCC"],
    "maxlat=35&minlat=35": ["CI.BBB"],
    "minlon=170&maxlon=-170": ["CI.BBB", "NC.CCC"],
    "minlon=-180&maxlon=-179": ["NC.CCC"],
    "minlon=100&maxlon=0": ALL_STATIONS,
    "minlon=-119&maxlon=0": ["CI.AAA"],
    "lat=34&lon=-118&maxradius=0": ["CI.AAA"],
    "lat=35&lon=179&maxradius=3": ["CI.BBB", "NC.CCC"],
    "lat=90&lon=0&maxradius=54&minradius=54": ["NC.CCC"],
    f"lat=34&lon=-118&maxradius={DISTANCE:.12f}": ["CI.AAA", "NC.CCC"],
    f"lat=34&lon=-118&maxradius={DISTANCE - 1e-6:.12f}": ["CI.AAA"],
    "lat=34&lon=-118&minradius=1": ["CI.BBB", "NC.CCC"],
    "level=network&minlat=36": ["NC"],
    "level=channel&minlat=36": ["NC.CCC..BHZ"],
    # Restricted epochs
    "includerestricted=false": ["CI.AAA", "CI.BBB"],
    "level=channel&includerestricted=FALSE": [*AAA_CHANNELS[:3], "CI.BBB..HHZ"],
    "includerestricted=false&cha=BHN": [],
    # Updates: CCC's file does not say when it was made
    "updatedafter=2020-06-01": ["CI.AAA", "NC.CCC"],
    "updatedafter=2020-05-31T23:59:59": ALL_STATIONS,
    "updatedafter=2024-01-01": ["NC.CCC"],
}


def test_queries(stations: S3Server) -> None:
    assert {query: codes(query) for query in QUERIES} == QUERIES


EVER = "1900-01-01T00:00:00 2100-01-01T00:00:00Z"
BODIES = {
    f"CI AAA 00 BHZ 2013-01-01 2014-01-01\nNC * -- * {EVER}": ["CI.AAA.00.BHZ", "NC.CCC..BHZ"],
    f"CI AAA -- * 2013-01-01 2014-01-01\nCI AAA -- LOG {EVER}": ["CI.AAA..LOG"],
    f"CI * * HHZ,LOG {EVER}": ["CI.AAA..LOG", "CI.BBB..HHZ"],
    "CI AAA 00 BHZ 2001-01-01 2002-01-01": [],
    f"endbefore=2020-01-01\n* * * * {EVER}": ["CI.AAA.00.BHZ", "NC.CCC..BHZ"],
}


def test_bodies(stations: S3Server) -> None:
    found = {body: lines("", f"level=channel\n{body}".encode()) for body in BODIES}
    assert {
        body: [".".join(line.split("|")[:4]) for line in rows] for body, rows in found.items()
    } == BODIES


def test_lines_of_text(stations: S3Server) -> None:
    assert lines("level=network") == [
        "CI|Southern California|1926-01-01T00:00:00||2",
        "NC||1967-01-01T00:00:00|2030-01-01T00:00:00|1",
        "XX||1999-01-01T00:00:00|2000-01-01T00:00:00|0",
    ]
    assert lines("net=CI") == [
        "CI|AAA|34.0|-118.0|10.0|Senor / bar|2000-01-01T00:00:00|",
        "CI|BBB|35.0|180.0|10.0|A site|2000-01-01T00:00:00|",
    ]
    assert lines("level=channel&sta=AAA&cha=BHZ&end=2011-01-01") == [
        "CI|AAA|00|BHZ|35.0|-118.0|10.0|2.0|0.0|-90.0|Velocity Sensor|1E9|1.0|m/s|100.0"
        "|2010-01-01T00:00:00|2015-01-01T00:00:00"
    ]
