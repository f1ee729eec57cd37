"""Response removal where the epoch of a channel changes or is missing."""

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from local.synthetic import instrument
from shared.errors import NoResponseError
from shared.response import RemovalParameters, remove_channel_response
from tests.support.builders import METADATA_START, make_trace, noise
from tests.support.response_removal import NSCL, hour, parse, station, worst_error


def test_an_epoch_begins_within_the_day() -> None:
    change = UTCDateTime("2024-01-01T00:30:00")
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change - 1e-6
    second.response.instrument_sensitivity.value *= 2
    second.response.response_stages[0].stage_gain *= 2
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00", noise(4_000)),
        make_trace(NSCL, "2024-01-01T00:30:00", noise(4_000)),
    ]
    stream = Stream(traces)
    remove_channel_response(stream, inventory, parse(gaps="split"))
    np.testing.assert_allclose(stream[0].data, 2 * stream[1].data, rtol=1e-9, atol=1e-20)


@pytest.mark.parametrize("shift", [0.0, 0.3, -0.3])
@pytest.mark.parametrize("touching", [True, False])
def test_a_segment_is_split_where_the_response_changes(shift: float, touching: bool) -> None:
    """ObsPy applies the first response to all of it, here wrong by a factor of two."""
    trace = make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(20_000))
    change = trace.stats.starttime + (12_000 + shift) / 40.0
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change if touching else change - 1e-6
    second.response.response_stages[0].stage_gain *= 2
    second.response.instrument_sensitivity.value *= 2
    stream = Stream([trace.copy()])

    report = remove_channel_response(stream, inventory, parse(gaps="split"))

    # A sample at the instant at which the second epoch begins belongs to the second.
    first_sample = 12_000 + (1 if shift > 0 else 0)
    assert [part.stats.npts for part in stream] == [first_sample, 20_000 - first_sample]
    assert stream[1].stats.starttime == trace.stats.starttime + first_sample / 40.0
    assert any("split where another response begins" in note for note in report.warnings)
    for part, epoch, samples in zip(
        stream, (first, second), (slice(first_sample), slice(first_sample, None)), strict=True
    ):
        alone = make_trace(NSCL, str(part.stats.starttime), trace.data[samples])
        alone.stats.response = epoch.response
        assert worst_error(Stream([part]), Stream([alone.remove_response()])) < 1e-6


def test_a_new_epoch_with_the_same_response_splits_nothing() -> None:
    change = UTCDateTime("2024-01-01T00:10:00")
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    inventory[0][0].channels[0].end_date = change
    stream = hour()
    report = remove_channel_response(stream, inventory, RemovalParameters())
    assert (len(stream), report.warnings) == (1, ())


def test_a_response_that_ends_within_a_segment_is_told() -> None:
    inventory = station()
    inventory[0][0][0].end_date = UTCDateTime("2024-01-01T00:30:00")
    with pytest.raises(NoResponseError, match="no response from 2024-01-01T00:30:00"):
        remove_channel_response(hour(), inventory, RemovalParameters())


@pytest.mark.parametrize("gain", [1, 2])
def test_a_second_without_an_epoch_between_two_loses_no_day(gain: int) -> None:
    """Metadata often has an epoch that ends at hh:mm:59 before one from the full minute."""
    early = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    change = UTCDateTime("2024-01-01T00:30:00")
    inventory = station(early, instrument.ChannelEpoch("BHZ", "", 40.0, change))
    first, second = inventory[0][0].channels
    first.end_date = change - 1
    second.response.response_stages[0].stage_gain *= gain
    second.response.instrument_sensitivity.value *= gain
    stream = hour()
    report = remove_channel_response(stream, inventory, RemovalParameters())
    assert [trace.stats.starttime for trace in stream[1:]] == (
        [] if gain == 1 else [UTCDateTime("2024-01-01T00:30:00.0195")]
    )
    assert len(report.warnings) == gain - 1
    assert report.gaps == []


def test_an_epoch_without_a_response_is_passed_over_as_by_obspy() -> None:
    epoch = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    inventory = station(epoch, epoch)
    inventory[0][0][0].response = None
    assert remove_channel_response(hour(), inventory, RemovalParameters()).warnings == ()


def test_two_epochs_that_claim_a_time_are_told() -> None:
    epoch = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    stream = hour(1_000)
    stream += stream.copy()
    stream[1].stats.starttime += 1_800.0
    parameters = RemovalParameters(gaps="split")
    report = remove_channel_response(stream, station(epoch, epoch), parameters)
    assert len([note for note in report.warnings if "2 epochs claim CI.BOM..BHZ" in note]) == 1
