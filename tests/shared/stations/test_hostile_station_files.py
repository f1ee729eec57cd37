"""Hostile and very large StationXML as a source of other documents."""

import pytest

from shared.errors import UnreadableObjectError
from shared.stations import station_file
from shared.stations.station_file import StationFile, merge_networks
from tests.support.station_files import channel, document, network, rebuilt, station

ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY f "&g;&g;"><!ENTITY g "1">]>'
HOSTILE = {
    "not XML": b"<bad",
    "another root": b"<html/>",
    "an entity of a file": document(network("CI", station("A", site="&e;")), head=ENTITY),
    "entities": document(network("CI", station("A", site="&f;")), head=ENTITY),
    "depth": document("<a>" * 100_000),
    "gzip": b"\x1f\x8b\x08",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str) -> None:
    with pytest.raises(UnreadableObjectError, match=r"s3://b/k is not StationXML: ..."):
        StationFile(HOSTILE[name], "s3://b/k")


MANY = 5_000
LARGE = {
    "unknown elements": channel("BHZ", body="<Old>x</Old>" * MANY),
    "stages": channel("BHZ").replace(
        "<Stage ", '<Stage number="1"><Polynomial/><StageGain/></Stage>' * MANY + "<Stage "
    ),
    "channels": '<Channel code="BHZ" locationCode=""/>' * MANY,
}


@pytest.mark.parametrize("name", [*LARGE, "agencies"])
def test_many_parts(name: str) -> None:
    """Where the time grew with the square of their number, they would take minutes."""
    agencies = f"<Operator>{'<Agency>a</Agency>' * MANY}{'<Contact/>' * 100}</Operator>"
    content = document(
        network("CI", station("A", LARGE.get(name, channel("BHZ"))), body=agencies)
        if name == "agencies"
        else network("CI", station("A", LARGE[name]))
    )
    assert rebuilt(content).count(b"<Agency>") == (MANY if name == "agencies" else 0)


def test_more_elements_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_file, "MAX_ELEMENTS", 100)
    with pytest.raises(UnreadableObjectError, match="more than 100 elements"):
        StationFile(document(network("CI", station("A", channel("BHZ") * 10))), "s3://b/k")


def test_a_relative_namespace() -> None:
    content = document(network("CI", body='<x xmlns="relative">kept</x>'))
    xml = StationFile(content, "s3://b/k").network_xml(0)
    assert merge_networks([xml, xml + b" "], "").count(b"kept") == 1
