"""Row 6 of docs/correctness.md: a response list through the front doors."""

import numpy as np
import pytest
from obspy.core.inventory import Response, ResponseListResponseStage
from obspy.core.inventory.response import InstrumentSensitivity, ResponseListElement

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support.front_doors import put_counts
from tests.support.known_instruments import DIGITIZER_GAIN, digitizer, put_response
from tests.support.known_motion import Tones

NSCL = "XX.TRUE.BHZ."
RATE = 5.0
NPTS = 12_000


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_phase_is_right_where_it_jumps(archive: S3Server, door: Door) -> None:
    """A flat sensor that is two seconds late; its phases lie between -180 and 180 degrees."""
    frequencies = np.linspace(0.0025, RATE / 2, 400)
    phases = (180.0 - 360.0 * 2.0 * frequencies) % 360.0 - 180.0
    elements = [
        ResponseListElement(f, 1500.0, phase) for f, phase in zip(frequencies, phases, strict=True)
    ]
    stages = [
        ResponseListResponseStage(1, 1.0, 1.0, "M/S", "V", response_list_elements=elements[::-1]),
        digitizer(2, RATE, 1.0),
    ]
    gain = 1500.0 * DIGITIZER_GAIN
    sensitivity = InstrumentSensitivity(gain, 1.0, "M/S", "COUNTS")
    response = Response(instrument_sensitivity=sensitivity, response_stages=stages)
    tones = Tones(np.array([0.251, 0.4, 0.751, 1.25]))  # jumps lie at 0.25, 0.75 and 1.25 Hz
    put_response(archive, NSCL, response, RATE)
    put_counts(archive, NSCL, tones.record(NPTS, RATE), RATE)
    answer = door(NSCL, NPTS / RATE, pre_filt=[0.05, 0.1, 1.8, 2.2], water_level=None)
    assert answer.error == ""
    quarter = answer.samples.size // 4
    part, first_s = answer.samples[quarter:-quarter], answer.first_s + quarter / RATE
    counts_per = gain * np.exp(-2j * np.pi * 2.0 * tones.frequencies)
    assert tones.errors(part, first_s, RATE, counts_per).max() < 0.01
