"""Whole traces of every kind of instrument against `Trace.remove_response` of ObsPy itself."""

import io
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Inventory, Stream, Trace
from obspy.core.inventory import Channel, Response

from local.synthetic import instrument
from shared.response import RemovalParameters, remove_channel_response
from tests.support.builders import METADATA_START, make_trace, noise
from tests.support.commands import Measured
from tests.support.plugins.real_data import REAL_DATA

NPTS = 20_160  # ObsPy's FFT is exactly twice as long, since 7 is the largest prime factor
OUTPUTS = ("VEL", "DISP", "ACC")
WATER_LEVELS = (60.0, 20.0, None)
BANDS = (None, (0.005, 0.01, 0.8, 0.95))  # of the Nyquist frequency
REMOVALS = len(OUTPUTS) * len(WATER_LEVELS) * len(BANDS)
Errors = dict[tuple[Any, ...], float]


@pytest.fixture(autouse=True)
def _evalresp_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share one evalresp between removals that differ only in band and water level."""
    plain, kept = Response.get_evalresp_response, {}

    def shared(self: Response, t_samp: float, nfft: int, output: str) -> Any:
        key = id(self), t_samp, nfft, output
        if key not in kept:
            # The response is kept as well, since its id may be reused after its deletion.
            kept[key] = self, plain(self, t_samp, nfft, output=output)
        values, frequencies = kept[key][1]
        return values.copy(), frequencies

    monkeypatch.setattr(Response, "get_evalresp_response", shared)


def errors(inventory: Inventory, code: str, channel: Channel) -> Errors:
    """Return the largest difference of each removal from one trace, relative to ObsPy's peak."""
    nscl = f"CI.{code}.{channel.code}.{channel.location_code}"
    rate = float(channel.sample_rate)
    counts = make_trace(nscl, str(channel.start_date + 1), noise(NPTS), rate)
    found = {}
    for output, water_level, band in itertools.product(OUTPUTS, WATER_LEVELS, BANDS):
        corners = band and tuple(corner * rate / 2 for corner in band)
        ours, expected = Stream([counts.copy()]), counts.copy()
        parameters = RemovalParameters(output=output, pre_filt=corners, water_level=water_level)
        assert remove_channel_response(ours, inventory, parameters).method == "fast"
        by_obspy(expected, channel.response, parameters)
        difference = np.abs(ours[0].data - expected.data).max()
        name = f"{nscl} {channel.start_date.year}"
        found[name, output, water_level, band] = difference / np.abs(expected.data).max()
    return found


def by_obspy(trace: Trace, response: Response, parameters: RemovalParameters) -> None:
    trace.stats.response = response
    trace.remove_response(
        output=parameters.output, pre_filt=parameters.pre_filt, water_level=parameters.water_level
    )


def report(found: Errors, measured: Measured) -> None:
    worst = max(found, key=found.__getitem__)
    measured(f"{len(found)} removals, worst error {found[worst]:.1e} of the peak: {worst}")


def seismic(inventory: Inventory) -> Iterator[tuple[str, Channel]]:
    for station in inventory[0]:
        for channel in station:
            if channel.response.response_stages[0].input_units in ("m/s", "m/s**2"):
                yield station.code, channel


def test_generated_instrument(measured: Measured) -> None:
    epochs = [
        instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START),
        instrument.ChannelEpoch("HHZ", "", 100.0, METADATA_START),
    ]
    content = instrument.stationxml("CI", "BOM", epochs)
    inventory = obspy.read_inventory(io.BytesIO(content), format="STATIONXML")
    found: Errors = {}
    for code, channel in seismic(inventory):
        found |= errors(inventory, code, channel)
    report(found, measured)
    assert len(found) == 2 * REMOVALS
    assert max(found.values()) < 1e-6


@pytest.mark.real_data
def test_every_seismic_channel_of_real_stations(measured: Measured) -> None:
    found: Errors = {}
    for file in ("CI_WBM", "CI_HEC"):
        inventory = obspy.read_inventory(str(REAL_DATA / f"FDSNstationXML/CI/{file}.xml"))
        for code, channel in seismic(inventory):
            found |= errors(inventory, code, channel)
    report(found, measured)
    assert len(found) == 24 * REMOVALS
    assert max(found.values()) < 1e-6
