"""A water level clips no frequency of the band, unless it is asked for, and then says which.

Row 1 of docs/correctness.md.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support.front_doors import Answer, Handler, ask_day, put_counts
from tests.support.known_instruments import (
    ACCELEROMETER,
    GEOPHONE,
    FloatArray,
    Sensor,
    put_response,
)
from tests.support.known_motion import Tones
from tests.support.messages import has_number, with_ratio


@dataclass(frozen=True)
class Clipped:
    """A band in which a water level clips the response.

    Attributes:
        sensor: the instrument.
        rate: in Hz.
        output: the ground motion.
        corners: of the band, in Hz.
        water_level: in dB; None is the default, 60 dB.
    """

    sensor: Sensor
    rate: float
    output: str
    corners: tuple[float, float, float, float]
    water_level: float | None = None

    @property
    def nscl(self) -> str:
        """The channel, of a station of its own."""
        return f"XX.{self.output}.HHZ."

    @property
    def parameters(self) -> dict[str, Any]:
        """The request's parameters."""
        given = {} if self.water_level is None else {"water_level": self.water_level}
        return {"output": self.output, "pre_filt": list(self.corners), **given}

    @property
    def tones(self) -> Tones:
        """Sines from f2 to f3."""
        return Tones(np.geomspace(self.corners[1], self.corners[2], 4))

    @property
    def seconds(self) -> float:
        """A record that is long enough for the lowest of them."""
        return 2 * round(20 / self.corners[1])

    def kept(self, frequencies: FloatArray) -> FloatArray:
        """The part of the true amplitude that clipping leaves."""
        # The first bin is far below f1, the last one the Nyquist frequency.
        bins = np.linspace(1e-3, self.rate / 2, 200_000)
        peak = np.abs(self.sensor.counts_per(self.output, bins)).max()
        floor = peak * 10 ** (-(self.water_level or 60.0) / 20)
        response = np.abs(self.sensor.counts_per(self.output, frequencies))
        kept: FloatArray = np.minimum(1, response / floor)
        return kept

    def put(self, archive: S3Server) -> None:
        """Put the record and the metadata into the archive."""
        put_response(archive, self.nscl, self.sensor.response(self.rate), self.rate)
        counts = self.tones.record(int(self.seconds * self.rate), self.rate)
        put_counts(archive, self.nscl, counts, self.rate)

    def amplitudes(self, answer: Answer) -> FloatArray:
        """The sines' amplitudes in the middle of an answer, in parts of the truth."""
        assert answer.error == ""
        first = round((3 / 8 * self.seconds - answer.first_s) * self.rate)
        last = round((5 / 8 * self.seconds - answer.first_s) * self.rate)
        response = self.sensor.counts_per(self.output, self.tones.frequencies)
        found = self.tones.amplitudes(
            answer.samples[max(0, first) : last],
            answer.first_s + max(0, first) / self.rate,
            self.rate,
        )
        return np.abs(found / self.tones.true(response))


LOW = Clipped(ACCELEROMETER, 10.0, "DISP", (0.03, 0.065, 3.5, 4.5))
HIGH = Clipped(GEOPHONE, 20.0, "ACC", (0.4, 0.7, 7.0, 9.0), 10.0)
CASES = {"low": LOW, "high": HIGH}
METHODS = ("fast", "obspy")


@pytest.mark.parametrize("name", CASES)
def test_clipping_within_given_corners_is_honoured_and_told(
    archive: S3Server, door: Door, name: str
) -> None:
    """As ObsPy clips; a warning has the frequency from which, or up to which, and by how much."""
    case = CASES[name]
    case.put(archive)
    band = np.geomspace(case.corners[1], case.corners[2], 10_000)
    clipped = case.kept(band) < 1
    assert 0.01 < clipped.mean() < 0.9
    (edge,) = band[1:][clipped[1:] != clipped[:-1]]
    for method in METHODS:
        answer = door(case.nscl, case.seconds, **case.parameters, method=method)
        expected = case.kept(case.tones.frequencies)
        np.testing.assert_allclose(case.amplitudes(answer), expected, rtol=0.01)
        told = with_ratio(answer.warnings, case.kept(band).min())
        assert [text for text in told if has_number(text, edge, 0.05)], answer.warnings


def test_corners_without_clipping_give_the_truth_and_no_warning(
    archive: S3Server, door: Door
) -> None:
    for case in CASES.values():
        case.put(archive)
        for method in METHODS:
            parameters = {**case.parameters, "water_level": None, "method": method}
            answer = door(case.nscl, case.seconds, **parameters)
            np.testing.assert_allclose(case.amplitudes(answer), 1, rtol=0.01)
            assert answer.warnings == []
    # Nor does a water level that clips nothing: all of this lies within 60 dB of the maximum.
    answer = door(HIGH.nscl, HIGH.seconds, output="VEL", pre_filt=list(HIGH.corners))
    assert answer.warnings == []


def test_the_automatic_band_has_no_water_level(archive: S3Server, door: Door) -> None:
    """The reply's parameters say so, and an explicit null gives the same samples."""
    for case in CASES.values():
        case.put(archive)
        for method in METHODS:
            parameters = {"output": case.output, "pre_filt": "auto", "method": method}
            answer = door(case.nscl, case.seconds, **parameters)
            explicit = door(case.nscl, case.seconds, **parameters, water_level=None)
            assert answer.reply["parameters"]["water_level"] is None
            np.testing.assert_array_equal(answer.samples, explicit.samples)


def test_a_water_level_that_is_asked_for_is_honoured_in_the_automatic_band(
    archive: S3Server, door: Door
) -> None:
    """The accelerometer's displacement is clipped below 0.16 Hz; the reply names the level."""
    LOW.put(archive)
    for method in METHODS:
        parameters = {"output": "DISP", "pre_filt": "auto", "water_level": 60, "method": method}
        answer = door(LOW.nscl, LOW.seconds, **parameters)
        assert answer.reply["parameters"]["water_level"] == 60
        expected = LOW.kept(LOW.tones.frequencies)
        np.testing.assert_allclose(LOW.amplitudes(answer), expected, rtol=0.01)
        worst = LOW.kept(np.array([answer.pre_filt[1]]))[0]
        told = with_ratio(answer.warnings, worst)
        edge = 5.0 * np.sqrt(1e-3)  # of the Nyquist frequency, where the response is largest
        assert [text for text in told if has_number(text, edge, 0.05)], answer.warnings


def test_two_water_levels_of_the_automatic_band_are_two_objects(
    archive: S3Server, response_handler: Handler
) -> None:
    """The default, null, is no change; any other level is part of the key."""
    LOW.put(archive)

    def key(**parameters: Any) -> str:
        answer = ask_day(response_handler, archive, LOW.nscl, output="DISP", **parameters)
        return str(answer.reply["output_key"])

    default = key(pre_filt="auto")
    assert key(pre_filt="auto", water_level=None) == default
    corners = list(LOW.corners)
    others = [
        key(pre_filt="auto", water_level=60),
        key(pre_filt=corners),
        key(pre_filt=corners, water_level=None),
    ]
    assert key(pre_filt=corners, water_level=60) == others[1]
    assert len({default, *others}) == 4
