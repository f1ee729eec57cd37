"""All responses at hand, evaluated by NumPy and by evalresp."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import obspy
import pytest
from obspy import read_inventory
from obspy.core.inventory import Network

from local.synthetic import instrument
from tests.support.commands import Measured
from tests.support.compared_responses import Comparison
from tests.support.known_instruments import ACCELEROMETER, GEOPHONE, SEISMOMETER
from tests.support.metadata_faults import RATE, four_stages
from tests.support.plugins.real_data import REAL_DATA

OBSPY = Path(obspy.__file__).parent
ROOMS = ("clients", "core", "io/arclink", "io/sac", "io/stationxml", "io/xseed", "signal")
OBSPYS = sorted(
    file
    for room in ROOMS
    for pattern in ("*.xml", "RESP.*", "*dataless*")
    for file in (OBSPY / room).rglob(f"tests/data/**/{pattern}")
    if file.name not in ("arclink_inventory.xml", "nied.dataless.gz")  # hundreds of one kind
)
"""Files that come with ObsPy for its tests, in any format of metadata."""

ODD = {
    "130-01_PG1_FR1.xml",  # the first stage has no unit
    "IM_IL31__BHZ.xml",  # a response list
    "Modified_IRIS_response_level_station.xml",  # polynomials
    "RESP.BN.WR0..SHZ",  # a stage 0 alone
    "RESP.blockette_62",
    "RESP.blockette_62_as_stage_0",
    "RESP.regression_segfault",  # a stage without a gain
    "full_random_stationxml.xml",  # stages out of order
    "full_random_stationxml_1_0.xml",
    "issue3275.xml",
    "polynomial_response.xml",
}
"""Files with responses that evalresp evaluates and the project leaves to it."""


def test_synthetic_instruments_equal_evalresp(measured: Measured) -> None:
    found = Comparison()
    for rate in instrument.FILTERS:
        found.add(f"{rate} Hz", instrument.response(rate), rate)
    for sensor in (ACCELEROMETER, SEISMOMETER, GEOPHONE):
        found.add(sensor.units, sensor.response(40.0), 40.0)
    found.add("four stages", four_stages(), RATE)
    assert found.unknown == set()
    measured(str(found))


@pytest.mark.filterwarnings("ignore")
def test_all_responses_that_come_with_obspy_equal_evalresp(measured: Measured) -> None:
    found = Comparison()
    for file in OBSPYS:
        inventory = None
        with contextlib.suppress(Exception):  # some files are to be refused, or hold earthquakes
            inventory = read_inventory(str(file))
        add(found, file.name, inventory or [])
    assert {name.split(" ")[0] for name in found.unknown} == ODD
    assert found.pairs > 750
    measured(str(found))


@pytest.mark.real_data
def test_all_responses_of_the_archive_equal_evalresp(measured: Measured) -> None:
    found = Comparison()
    for file in sorted((REAL_DATA / "FDSNstationXML").rglob("*.xml")):
        add(found, file.name, read_inventory(str(file)))
    assert {name.split(" ")[1][:2] for name in found.unknown} == {"VM"}  # polynomials
    assert found.pairs > 150
    measured(str(found))


def add(found: Comparison, name: str, inventory: Iterable[Network]) -> None:
    for network in inventory:
        for station in network:
            for channel in station:
                if channel.response and channel.response.response_stages:
                    rate = channel.sample_rate or 100.0
                    found.add(f"{name} {channel.code}", channel.response, rate, points=25)
