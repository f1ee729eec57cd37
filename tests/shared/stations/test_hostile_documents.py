"""Row 6: StationXML of any size and content ends in metadata or an error in words, in time."""

import gzip
import time
from collections.abc import Callable

import pytest
from obspy import UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.errors import (
    NoResponseError,
    ServiceError,
    TooLargeError,
    UnreadableObjectError,
)
from shared.stations import findings
from shared.stations._document import MAX_EPOCHS
from shared.stations.place import find_place
from shared.stations.stationxml import StationXML, read_stationxml
from shared.stations.valid_epochs import valid_epochs
from tests.fuzz.examine import stationxml

CHANNEL = ChannelId.parse("CI.BOM.BHZ.")
SOURCE = SCEDC.object(SCEDC.stationxml_keys("CI", "BOM")[0])
DOCUMENT = stationxml("VEL").decode()
SECONDS = 3.0
"""Most processor time for any document: a second or two on an idle machine."""

EPOCH = DOCUMENT[DOCUMENT.index("<Channel ") : DOCUMENT.index("</Channel>") + len("</Channel>")]
STATION_END = "</Station>"
MANY = 20_000


def read(content: str | bytes) -> object:
    """Read a document for the channel; return the inventory or the error, in time."""
    content = content.encode() if isinstance(content, str) else content
    start = time.process_time()
    try:
        return read_stationxml(StationXML(SOURCE, CHANNEL, content))
    except ServiceError as error:
        return error
    finally:
        assert time.process_time() - start < SECONDS


def after(tag: str, text: str) -> str:
    """Return the document with a text after the first of an element's ends."""
    place = DOCUMENT.index(tag) + len(tag)
    return DOCUMENT[:place] + text + DOCUMENT[place:]


def before(tag: str, text: str) -> str:
    place = DOCUMENT.index(tag)
    return DOCUMENT[:place] + text + DOCUMENT[place:]


IGNORED: dict[str, Callable[[], str]] = {
    "other channels": lambda: before(STATION_END, '<Channel code="X" locationCode=""/>' * MANY),
    "other stations": lambda: after(STATION_END, '<Station code="X"></Station>' * MANY),
    "comments of XML": lambda: before("<Channel ", "<!-- a comment -->" * MANY),
    "instructions": lambda: before("<Channel ", "<?an instruction?>" * MANY),
    "white space": lambda: before("<Channel ", " \n" * 1_000_000),
}


@pytest.mark.parametrize("name", IGNORED)
def test_many_parts_that_do_not_matter(name: str) -> None:
    inventory = read(IGNORED[name]())
    assert not isinstance(inventory, ServiceError)
    assert inventory == read(DOCUMENT)


COMMENT = "<Comment><Value>a comment</Value></Comment>"
LARGE: dict[str, Callable[[], str]] = {
    "epochs": lambda: DOCUMENT.replace(EPOCH, EPOCH * (MAX_EPOCHS + 1)),
    "small epochs": lambda: before("<Channel ", '<Channel code="BHZ" locationCode=""/>' * MANY),
    "the same station": lambda: after(STATION_END, '<Station code="BOM"></Station>' * 3 * MANY),
    "stages": lambda: before("<Stage ", '<Stage number="1"></Stage>' * 3 * MANY),
    "coefficients": lambda: before(
        "<NumeratorCoefficient", '<NumeratorCoefficient i="0">1</NumeratorCoefficient>' * 3 * MANY
    ),
    "poles": lambda: before("<Pole ", '<Pole number="0"><Real>0</Real></Pole>' * 2 * MANY),
    "a response list": lambda: before(
        "<Stage ", f"<ResponseListElement>{'<Phase>0</Phase>' * 3 * MANY}</ResponseListElement>"
    ),
    "comments of the channel": lambda: before("</Channel>", COMMENT * 2 * MANY),
    "comments of the station": lambda: before("<Channel ", COMMENT * 2 * MANY),
}


@pytest.mark.parametrize("name", LARGE)
def test_many_parts_that_would_be_read(name: str) -> None:
    error = read(LARGE[name]())
    assert isinstance(error, TooLargeError)
    assert "CI.BOM.BHZ." in error.message
    assert "CI_BOM.xml" in error.message


OTHERS: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "HTML": (lambda: "<!DOCTYPE html><html><body>503</body></html>", "root element is 'html'"),
    "QuakeML": (lambda: '<q:quakeml xmlns:q="x"/>', "root element is 'quakeml'"),
    "JSON": (lambda: '{"a": 1}', "Start tag expected"),
    "gzip": (lambda: gzip.compress(DOCUMENT.encode()), "gzip"),
    "cut": (lambda: DOCUMENT[:-300], "line"),
    "no end": (lambda: DOCUMENT.replace("</Network>", ""), "mismatch"),
    "another character set": (lambda: DOCUMENT.replace("Z", "ü").encode("latin-1"), "encoding"),
    "zeros": (lambda: bytes(1_000), "empty"),
    "200,000 levels": (lambda: before("<Channel ", "<a>" * 200_000), "depth"),
    "an entity of a file": (
        lambda: before("<FDSN", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>').replace(
            "<Name>", "<Name>&f;", 1
        ),
        "entity 'f'",
    ),
    "entities in entities": (
        lambda: before(
            "<FDSN",
            '<!DOCTYPE x [<!ENTITY e0 "0123456789">'
            + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
            + "]>",
        ).replace("<Name>", "<Name>&e11;", 1),
        "amplification",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_documents(name: str) -> None:
    make, reason = OTHERS[name]
    error = read(make())
    assert isinstance(error, UnreadableObjectError)
    assert reason in error.message
    assert not any(text in error.message for text in ("root:", "object at", "NoneType", "Error("))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    """An XML parser tells them apart by their first bytes."""
    text = DOCUMENT.replace("encoding='UTF-8'", "").replace('encoding="UTF-8"', "")
    result = read(text.encode(encoding))
    assert not isinstance(result, ServiceError) or isinstance(result, UnreadableObjectError)
    if encoding == "utf-8-sig":
        assert result == read(DOCUMENT)


def test_a_document_type_outside_is_not_read() -> None:
    """Without a network, and without the files of the machine."""
    document = before("<FDSN", '<!DOCTYPE FDSNStationXML SYSTEM "http://192.0.2.1/a.dtd">')
    assert read(document) == read(DOCUMENT)


def test_another_station() -> None:
    for code in ('code="BOM"', 'code="CI"'):
        error = read(DOCUMENT.replace(code, 'code="QQ"', 1))
        assert isinstance(error, NoResponseError)
        assert "QQ" in error.message


START = UTCDateTime(2015, 1, 1)
DATE = 'startDate="2015-01-01T00:00:00.000000Z"'
BAD_DATES = (
    "2024-13-45", "99999-01-01T00:00:00", "10000-01-01T00:00:00Z", "0000-00-00", "-0500-01-01",
    "2020-02-30", "yesterday", "", "NaN", "x" * 9_000,
)  # fmt: skip


@pytest.mark.parametrize("name", ["startDate", "endDate"])
@pytest.mark.parametrize("date", BAD_DATES)
def test_dates_that_are_none_are_named(date: str, name: str) -> None:
    assert DATE in EPOCH
    kept = DATE if name == "endDate" else ""
    inventory = read(
        DOCUMENT.replace(EPOCH, EPOCH.replace(DATE, f'{kept} {name}="{date}"') + EPOCH)
    )
    assert not isinstance(inventory, ServiceError)
    for epoch in inventory[0][0]:  # the second one, too, which may be the one that is used
        (note,) = findings.notes(epoch)
        assert f"{name} is '{date[:80]}" in note
        assert "open" in note
        assert len(note) < 1_000


def test_an_epoch_that_ends_before_it_begins_is_named() -> None:
    wrong = EPOCH.replace(DATE, f'{DATE} endDate="2014-01-01"')
    inventory = read(DOCUMENT.replace(EPOCH, wrong + EPOCH))
    first, second = inventory[0][0]
    assert valid_epochs([first, second], START + 1) == [second]
    assert "ends before" in findings.notes(second)[0]


def test_many_wrong_dates_are_counted() -> None:
    wrong = [EPOCH.replace(DATE, f'startDate="no date {number}"') for number in range(100)]
    inventory = read(DOCUMENT.replace(EPOCH, "".join(wrong)))
    assert [len(findings.notes(epoch)) for epoch in inventory[0][0]] == [4] * 100
    assert findings.notes(inventory[0][0][7])[3] == "97 more of its dates are wrong"


def test_refused_epochs_take_no_longer() -> None:
    """Each epoch is tried by itself, and each stage by halves."""
    bad = EPOCH.replace("LAPLACE (RADIANS/SECOND)", "FOO")
    inventory = read(DOCUMENT.replace(EPOCH, (EPOCH + bad) * 25))
    assert not isinstance(inventory, ServiceError)
    faults = [bool(findings.faults(epoch)) for epoch in inventory[0][0]]
    assert faults == [False, True] * 25
    assert find_place(inventory, START + 1)


NUMBERS = ("NaN", "INF", "-INF", "1e308", "-1e308", "1e400", "0", "-1", "", " ", "x", "9" * 400)
ELEMENTS = (
    "Latitude", "Longitude", "Elevation", "Depth", "Azimuth", "Dip", "SampleRate", "Value",
    "Frequency", "InputSampleRate", "Factor", "Delay", "Correction", "NormalizationFactor",
    "NormalizationFrequency", "Real", "NumeratorCoefficient",
)  # fmt: skip


@pytest.mark.parametrize("element", ELEMENTS)
def test_numbers_that_are_none(element: str) -> None:
    place = EPOCH.index(f"<{element}")
    first = EPOCH.index(">", place) + 1
    end = EPOCH.index("<", first)
    for number in NUMBERS:
        result = read(DOCUMENT.replace(EPOCH, EPOCH[:first] + number + EPOCH[end:]))
        assert not isinstance(result, ServiceError), result
