"""Row 8 of docs/correctness.md: a stream of several channels is refused, with their names."""

import pytest
from obspy import Stream, Trace

from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from tests.support.builders import make_trace, noise
from tests.support.known_instruments import SEISMOMETER, channel, inventory

RATE = 10.0
NSCL = "XX.TRUE.BHZ.00"
OTHERS = {
    "another component": "XX.TRUE.BHN.00",
    "another sensor": "XX.TRUE.BNZ.00",
    "another location": "XX.TRUE.BHZ.10",
    "another station": "XX.OTHER.BHZ.00",
    "another network": "YY.TRUE.BHZ.00",
}
METADATA = inventory(NSCL, channel(NSCL, SEISMOMETER.response(RATE), RATE))
PARAMETERS = RemovalParameters(pre_filt=(0.02, 0.05, 3.5, 4.5))


def record(nscl: str, minutes: int) -> Trace:
    trace = make_trace(nscl, "2024-01-01", noise(1_200, seed=minutes + 1), RATE)
    trace.stats.starttime += 60 * minutes
    return trace


@pytest.mark.parametrize("name", OTHERS)
def test_each_channel_of_a_stream_is_named(name: str) -> None:
    own, other = record(NSCL, 0), record(OTHERS[name], 2)
    before = [trace.data.copy() for trace in (own, other)]
    with pytest.raises(ValueError, match="one channel") as caught:
        remove_channel_response(Stream([own, other]), METADATA, PARAMETERS)
    assert own.id in str(caught.value)
    assert other.id in str(caught.value)
    assert all((trace.data == old).all() for trace, old in zip((own, other), before, strict=True))


@pytest.mark.parametrize("name", OTHERS)
def test_margins_are_of_the_same_channel(name: str) -> None:
    """Those of another component would change the end of the day."""
    own, other = record(NSCL, 0), record(OTHERS[name], 2)
    with pytest.raises(ValueError, match="one channel") as caught:
        remove_channel_response(Stream([own]), METADATA, PARAMETERS, Stream([other]))
    assert own.id in str(caught.value)
    assert other.id in str(caught.value)


def test_segments_and_margins_of_one_channel_are_taken() -> None:
    stream = Stream([record(NSCL, 2), record(NSCL, 5)])
    margins = Stream([record(NSCL, 0), record(NSCL, 7)])
    report = remove_channel_response(stream, METADATA, PARAMETERS, margins)
    assert report.units == "m/s"
    assert len(stream) == 2
