"""StationXML of one's own files: which document is served for each station."""

import io
from pathlib import Path

import obspy

from local.archives.folder import OwnFolder, read_folder
from local.synthetic import instrument
from shared.archive.scedc import SCEDC
from tests.support.builders import METADATA_START


def document(own: OwnFolder, network: str, name: str) -> bytes:
    """Return a station's document, which is the same under each of the archive's keys."""
    found = set()
    for key in SCEDC.stationxml_keys(network, name):
        stored = own.bucket.find(key)
        assert stored is not None
        found.add(b"".join(stored.read(0, stored.size - 1)))
    (content,) = found
    return content


def station(network: str, name: str, channel: str = "BHZ") -> bytes:
    return instrument.stationxml(
        network, name, [instrument.ChannelEpoch(channel, "", 40.0, METADATA_START)]
    )


def test_stationxml_of_two_networks(tmp_path: Path) -> None:
    """One file with stations of two networks, and another with one more epoch of one of them."""
    several = obspy.read_inventory(io.BytesIO(station("CI", "BOM")))
    several += obspy.read_inventory(io.BytesIO(station("CI", "SOC")))
    several += obspy.read_inventory(io.BytesIO(station("XX", "A", "HHZ")))
    several.write(str(tmp_path / "all.xml"), format="STATIONXML")
    more = station("XX", "A", "HHE")
    (tmp_path / "more").write_bytes(more)
    alone = station("CE", "B", "HNZ")
    (tmp_path / "alone.xml").write_bytes(alone)
    own = read_folder(tmp_path)
    assert own.channels == {"CE.B..HNZ", "CI.BOM..BHZ", "CI.SOC..BHZ", "XX.A..HHE", "XX.A..HHZ"}
    assert own.stations == [("CE", "B"), ("CI", "BOM"), ("CI", "SOC"), ("XX", "A")]
    found = {codes: document(own, *codes) for codes in own.stations}
    assert found["CE", "B"] == alone  # byte for byte
    for codes, content in found.items():
        inventory = obspy.read_inventory(io.BytesIO(content))
        assert {(network.code, each.code) for network in inventory for each in network} == {codes}
    both = obspy.read_inventory(io.BytesIO(found["XX", "A"]))
    assert set(both.get_contents()["channels"]) == {"XX.A..HHZ", "XX.A..HHE"}
    response = both.get_response("XX.A..HHZ", METADATA_START + 10)
    original = several.get_response("XX.A..HHZ", METADATA_START + 10)
    assert response.instrument_sensitivity == original.instrument_sensitivity
    assert len(response.response_stages) == len(original.response_stages)


def test_the_same_station_twice_is_served_once(tmp_path: Path) -> None:
    content = station("CI", "BOM")
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(content)
    inventory = obspy.read_inventory(io.BytesIO(document(read_folder(tmp_path), "CI", "BOM")))
    assert inventory.get_contents()["channels"] == ["CI.BOM..BHZ"]


def test_codes_that_seed_forbids_are_named(tmp_path: Path) -> None:
    (tmp_path / "odd.xml").write_bytes(station("CI", "BOM").replace(b'"BOM"', b'"../x"'))
    own = read_folder(tmp_path)
    assert own.stations == []
    assert own.bucket.keys("") == []
    (note,) = own.notes
    assert note == f"{tmp_path}/odd.xml: station 'CI.../x', whose codes SEED forbids"
