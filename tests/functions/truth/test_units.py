"""The unit that a reply names is that of its numbers.

Row 3 of docs/correctness.md.
"""

import numpy as np

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support.front_doors import put_counts
from tests.support.known_instruments import Sensor, put_response
from tests.support.known_motion import Tones

NSCL = "XX.TRUE.HHZ."
RATE = 5.0
NPTS = 12_000


CASES = [("nm/s", "m/s", 1e-9), ("MM/S**2", "m/s**2", 1e-3), ("CM", "m", 1e-2), ("PA", "pa", 1.0)]


def test_the_instruments_own_unit(archive: S3Server, door: Door) -> None:
    """`DEF` is in the unit of the metadata, or in SI units and says so."""
    tones = Tones(np.array([0.2, 0.5, 1.2]))
    put_counts(archive, NSCL, tones.record(NPTS, RATE), RATE)
    wrong = {}
    for units, si_unit, si in CASES:
        sensor = Sensor((), (complex(-2 * np.pi * 300.0),), 1500.0, 1.0, units)
        put_response(archive, NSCL, sensor.response(RATE), RATE)
        answer = door(NSCL, NPTS / RATE, output="DEF", pre_filt=[0.05, 0.1, 1.5, 2.0])
        assert answer.error == ""
        per_label = {units.casefold(): 1.0, si_unit: 1 / si}[answer.units.casefold()]
        quarter = answer.samples.size // 4
        part, first_s = answer.samples[quarter:-quarter], answer.first_s + quarter / RATE
        counts_per = sensor.counts_per("DEF", tones.frequencies) * per_label
        if tones.errors(part, first_s, RATE, counts_per).max() > 0.01:
            wrong[units] = answer.units
    assert wrong == {}
