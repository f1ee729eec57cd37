"""Row 5 of docs/correctness.md: polynomial responses through the front doors."""

import io

import numpy as np
import obspy
import pytest
from obspy.core.inventory import Response

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support.front_doors import Answer, put_counts
from tests.support.known_instruments import digitizer, put_response
from tests.support.plugins.real_data import REAL_DATA
from tests.support.polynomials import BAROMETER, GAIN, RATE, SQUARE, polynomial_stage, value

NSCL = "XX.TRUE.LDO."
COUNTS = 1_000_000.0 + 500.0 * np.arange(900)
PRESSURES = {
    # A million counts are 850 Pa, and not 1,000,763.
    "one stage": (
        Response(response_stages=[polynomial_stage(1, BAROMETER, "PA", "COUNTS")]),
        value(BAROMETER, COUNTS),
    ),
    "two stages": (
        Response(response_stages=[polynomial_stage(1, SQUARE, "PA"), digitizer(2, RATE, 0.1)]),
        value(SQUARE, COUNTS / GAIN),
    ),
}


def part(values: np.ndarray, answer: Answer) -> np.ndarray:
    """Those of the record's values that an answer has the times of."""
    first = round(answer.first_s * RATE)
    return values[first : first + answer.samples.size]


def test_polynomials_of_one_stage_and_of_two(archive: S3Server, door: Door) -> None:
    put_counts(archive, NSCL, COUNTS, RATE)
    errors = {}
    for name, (response, values) in PRESSURES.items():
        put_response(archive, NSCL, response, RATE)
        for encoding in ("FLOAT64", "FLOAT32"):
            answer = door(NSCL, COUNTS.size / RATE, output="DEF", encoding=encoding)
            truth = part(values, answer)
            # A window needs no samples around it. A ramp has nothing above 0.16 Hz to lose.
            assert [text for text in answer.warnings if "32-bit floats" not in text] == []
            assert answer.error or answer.units.casefold() == "pa"
            errors[name, encoding] = answer.error or np.abs(answer.samples / truth - 1).max()
    assert {
        key: error for key, error in errors.items() if error != pytest.approx(0, abs=1e-6)
    } == {}


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore:ObsPy can not map unit")
def test_a_real_mass_position(archive: S3Server, door: Door) -> None:
    """A tenth of a volt for each count, as its overall polynomial says; ObsPy agrees."""
    nscl, rate = "CI.WBM.VMZ.", 0.1
    path = REAL_DATA / "FDSNstationXML/CI/CI_WBM.xml"
    archive.put("FDSNstationXML/CI/CI_WBM.xml", path.read_bytes())
    counts = np.arange(-60, 60)
    put_counts(archive, nscl, counts, rate)
    answer = door(nscl, counts.size / rate, output="DEF")
    assert answer.units == "V"
    first = round(answer.first_s * rate)
    truth = 0.1 * counts[first : first + answer.samples.size]
    np.testing.assert_allclose(answer.samples, truth, rtol=1e-6, atol=1e-12)
    inventory = obspy.read_inventory(io.BytesIO(path.read_bytes())).select(channel="VMZ")
    trace = obspy.Trace(counts.astype(np.float64))
    trace.stats.response = inventory[0][0][0].response
    by_obspy = trace.remove_response(output="DEF").data
    np.testing.assert_allclose(by_obspy, 0.1 * counts, rtol=1e-9, atol=1e-12)
