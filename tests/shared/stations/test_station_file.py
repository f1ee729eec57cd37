"""Parts of StationXML files as valid StationXML 1.2, with everything that the files state."""

import io
import re
from pathlib import Path

import obspy
import pytest
from lxml import etree

from shared.stations.station_file import StationFile, merge_networks, with_counts, with_extent
from tests.support.station_files import (
    NAMESPACE,
    channel,
    document,
    network,
    rebuilt,
    station,
    valid,
)

EXAMPLES = Path(obspy.__file__).parent / "io" / "stationxml" / "tests" / "data"
WRONG_IN_THE_FILE = {
    "channel_without_coordinates.xml",
    "empty_channel.xml",
    "stationxml_BK.CMB.__.LKS.xml",  # a sensitivity without a value
    "stationxml_IU.ANTO.30.LDO.xml",  # a polynomial without units
}
"""ObsPy's examples that lack elements which their own schema asks for; they stay as they are."""

each_example = pytest.mark.parametrize(
    "path",
    # That with custom tags has them where no schema allows any: see test_other_namespaces.
    sorted(path for path in EXAMPLES.glob("*.xml") if "custom_tags" not in path.name),
    ids=lambda path: path.name,
)


OWN = re.compile(r"TotalNumber|SelectedNumber|DataAvailability|Extent|Span")
"""Elements that a service writes itself."""


def statements(content: bytes) -> list[tuple[str, str, frozenset[tuple[str, str]]]]:
    """List the name, the text and the attributes of each element below the networks."""
    found = []
    root = etree.fromstring(content)
    for part in (part for net in root.iter(f"{{{NAMESPACE}}}Network") for part in net.iter("*")):
        name = etree.QName(part).localname
        attributes = {name: text.strip() for name, text in part.attrib.items()}
        if attributes.get("endDate", "") >= "2500":
            del attributes["endDate"]
        if not OWN.match(name):
            found.append((name, (part.text or "").strip(), frozenset(attributes.items())))
    return found


@each_example
def test_nothing_is_lost(path: Path) -> None:
    content = path.read_bytes()
    xml = rebuilt(content)
    if path.name not in WRONG_IN_THE_FILE:
        valid(xml)
    before, after = statements(content), statements(xml)
    lost = [each for each in before if each not in after]
    if path.name == "full_random_stationxml_1_0.xml":  # see test_old_files
        stage = {"StageGain", "Decimation", "Value", "Frequency", "InputSampleRate", "Factor"}
        stage |= {"Offset", "Delay", "Correction"}
        assert {name for name, *_ in lost} - stage == {"Numerator", "Denominator", "StorageFormat"}
        return
    named = [(name, text) for name, text, _ in before]
    assert [(name, text) for name, text, _ in after] == named
    assert {name for name, *_ in lost} <= {"Network", "Station", "Channel"}  # a start was added
    for (_, _, kept), (_, _, found) in zip(before, after, strict=True):
        assert kept <= found


def test_old_files() -> None:
    old = channel("BHZ").replace("<Sensor>", "<StorageFormat>Steim2</StorageFormat><Sensor>")
    old = old.replace(
        "<StageGain>",
        "<Polynomial><InputUnits><Name>V</Name></InputUnits><OutputUnits><Name>C</Name>"
        "</OutputUnits><ApproximationType>MACLAURIN</ApproximationType><FrequencyLowerBound>0"
        "</FrequencyLowerBound><FrequencyUpperBound>1</FrequencyUpperBound>"
        "<ApproximationLowerBound>0</ApproximationLowerBound><ApproximationUpperBound>1"
        "</ApproximationUpperBound><MaximumError>0</MaximumError><Coefficient>1</Coefficient>"
        "</Polynomial><StageGain>",
    )
    operator = (
        "<Operator><Agency>A</Agency><Agency>B</Agency><Contact><Name>C</Name></Contact></Operator>"
        "<CreationDate>2000-01-01T00:00:00</CreationDate>"
    )
    xml = document(network("CI", station("AAA", old))).replace(
        b"</Site>", f"</Site>{operator}".encode()
    )
    read = obspy.read_inventory(io.BytesIO(valid(rebuilt(xml))))
    assert [(each.agency, each.contacts[0].names) for each in read[0][0].operators] == [
        ("A", ["C"]),
        ("B", ["C"]),
    ]
    assert [(each.subject, each.value) for each in read[0][0][0].comments] == [
        ("StorageFormat", "Steim2"),
        ("Stage 1: StageGain", "Value 1E9, Frequency 1.0"),
    ]


def test_other_namespaces() -> None:
    """They stay where the schema has a place for them, and in its order."""
    mark = '<other:mark other:of="us">kept</other:mark>'
    xml = document(
        network(
            "CI",
            station("AAA", channel("BHZ", body=f"{mark}<!-- a remark --><Comment><Value>v</Value>"
                                               f"{mark.replace('kept', 'dropped')}</Comment>"),
                    body=mark),
            body=f"{mark}<Description>d</Description>",
        )
    )  # fmt: skip
    found = valid(rebuilt(xml))
    assert found.count(b">kept</other:mark>") == 3
    assert b"dropped" not in found
    assert b"<!-- a remark -->" in found
    assert found.index(b"<Description>") < found.index(b"kept")


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        ('startDate="2010-01-01T00:00:00.5Z"', 'startDate="2010-01-01T00:00:00.5Z"'),
        ('startDate="2010-01-01"', 'startDate="2010-01-01T00:00:00Z"'),
        ('startDate="long ago"', 'startDate="2000-01-01T00:00:00Z"'),
        ("", 'startDate="2000-01-01T00:00:00Z"'),
        (
            'startDate="2010-01-01T00:00:00" endDate="2599-12-31T23:59:59"',
            'startDate="2010-01-01T00:00:00"',
        ),
    ],
)
def test_dates(attributes: str, kept: str) -> None:
    epoch = re.sub('startDate="[^"]*"', attributes, channel("BHZ"), count=1)
    xml = valid(rebuilt(document(network("CI", station("AAA", epoch)))))
    (found,) = re.findall(rb"<Channel ([^>]*)>", xml)
    assert found.decode().replace('code="BHZ" ', "").replace('locationCode=""', "").strip() == kept


def test_missing_starts_are_the_earliest_below() -> None:
    early, late = (channel("BHZ", startDate=f"{year}-01-01T00:00:00") for year in (2005, 2010))
    xml = rebuilt(document(network("CI", station("AAA", late, early, startDate=""), startDate="")))
    starts = re.findall(rb'<(Network|Station)[^>]*startDate="([^"]*)"', valid(xml))
    assert starts == [(b"Network", b"2005-01-01T00:00:00Z"), (b"Station", b"2005-01-01T00:00:00Z")]


@pytest.mark.parametrize("blank", ["", "--", "  "])
def test_blank_locations(blank: str) -> None:
    file = StationFile(document(network("CI", station("AAA", channel("BHZ", blank)))), "s3://b/k")
    assert b'locationCode=""' in file.station_xml(0, 0, [0])
    assert file.summary.networks[0].stations[0].rows[0].startswith("|BHZ|")


def test_levels() -> None:
    content = document(network("CI", station("AAA", channel("BHZ"), channel("BHN"))))
    file = StationFile(content, "s3://b/k")
    assert b"Station code" not in file.network_xml(0)
    assert b"<Channel" not in file.station_xml(0, 0)
    one = file.station_xml(0, 0, [1])
    assert (one.count(b"<Channel "), b"BHN" in one) == (1, True)
    assert b"<InstrumentSensitivity>" in one
    assert b"<Stage" not in one
    assert file.station_xml(0, 0, [0, 1], responses=True).count(b"<Stage ") == 2
    assert b"<TotalNumberChannels>2</" in one
    assert b"<SelectedNumberChannels>1</" in with_counts(one, 1)


def test_the_extent_of_data() -> None:
    times = "start='2001-01-01T00:00:00' end='2002-01-01T00:00:00'"
    old = f"<DataAvailability><Extent {times}/></DataAvailability>"
    remark = "<!-- a remark --><Description>d</Description><Comment><Value>v</Value></Comment>"
    content = document(network("CI", station("AAA", channel("BHZ", body=remark + old))))
    file = StationFile(content, "s3://b/k")
    assert b"DataAvailability" not in file.station_xml(0, 0, [0])
    extent = "2011-01-01T00:00:00", "2012-01-01T00:00:00.5"
    with_channel = file.station_xml(0, 0, [0], extents={0: extent})
    with_station = with_extent(file.station_xml(0, 0), *extent)
    for xml in (with_channel, with_station):
        valid(document(network("CI", xml.decode())))
        assert b'<Extent start="2011-01-01T00:00:00Z" end="2012-01-01T00:00:00.5Z"/>' in xml


def test_the_first_of_several_networks_has_the_precedence() -> None:
    comment = "<Comment><Value>{}</Value></Comment>"
    bodies = (
        f"<Description>first</Description>{comment.format('both')}",
        f"<Description>second</Description>{comment.format('both')}{comment.format('other')}",
    )
    files = [StationFile(document(network("CI", body=body)), "s3://b/k") for body in bodies]
    xml = merge_networks([file.network_xml(0) for file in files], "1926-01-01T00:00:00")
    read = obspy.read_inventory(io.BytesIO(valid(document(xml.decode()))))
    assert read[0].description == "first"
    assert [each.value for each in read[0].comments] == ["both", "other"]
    later = merge_networks([files[0].network_xml(0)], "1900-01-01T00:00:00")
    assert b'startDate="1900-01-01T00:00:00Z"' in later


def test_a_prefix_of_the_namespace_goes() -> None:
    file = StationFile((EXAMPLES / "no_default_namespace.xml").read_bytes(), "s3://b/k")
    xml = file.network_xml(0)
    assert xml.startswith(b'<Network code="XX">')
    assert etree.QName(etree.fromstring(document(xml.decode()))[2]).namespace == NAMESPACE


def test_statuses() -> None:
    """Those below inherit them; any other text would be taken for columns."""
    rows = [
        channel("A"),
        channel("B", restrictedStatus="open"),
        channel("C", restrictedStatus="a|b"),
    ]
    content = document(network("CI", station("A", *rows), restrictedStatus="closed"))
    found = StationFile(content, "s3://b/k").summary.networks[0].stations[0]
    assert [row.split("|")[-1] for row in found.rows] == ["closed", "open", "closed"]
    assert {row.count("|") for row in found.rows} == {15}
