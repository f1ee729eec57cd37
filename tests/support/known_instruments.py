"""Instruments with a response in closed form, and the counts that they record of a known motion.

Nothing here uses the project's response removal, nor evalresp: so that tests know the truth.
"""

import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from lxml import etree
from obspy import Inventory
from obspy.core.inventory import Channel, Network, Response, Site, Station
from obspy.core.inventory.response import (
    CoefficientsTypeResponseStage,
    InstrumentSensitivity,
    PolesZerosResponseStage,
    ResponseStage,
)

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from tests.support.builders import METADATA_START

NAMESPACE = "{http://www.fdsn.org/xml/station/1}"
DIGITIZER_GAIN = 400_000.0  # counts/V
DERIVATIVES = {"DISP": 0, "VEL": 1, "ACC": 2}
"""How often displacement is differentiated to give each output."""

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sensor:
    """A linear sensor, by its poles and zeros.

    Attributes:
        zeros, poles: in rad/s.
        gain: in V per unit of input, at `frequency`.
        frequency: in Hz.
        units: of the input, as StationXML writes it.
        derivative: of displacement that the input is, as in `DERIVATIVES`; None of no motion.
        si: SI units in one unit of input.
    """

    zeros: tuple[complex, ...]
    poles: tuple[complex, ...]
    gain: float
    frequency: float
    units: str
    derivative: int | None = None
    si: float = 1.0

    def described_as(self, units: str, derivative: int) -> "Sensor":
        """Describe the same sensor as one of displacement, velocity, or acceleration."""
        assert self.derivative is not None
        more = self.derivative - derivative
        assert more >= 0 or self.zeros[:-more] == (0j,) * -more
        zeros = self.zeros + (0j,) * more if more >= 0 else self.zeros[-more:]
        gain = self.gain * (2 * np.pi * self.frequency) ** more
        return replace(self, zeros=zeros, gain=gain, units=units, derivative=derivative)

    def shape(self, frequencies: npt.ArrayLike) -> ComplexArray:
        """Poles and zeros at frequencies in Hz, not normalised."""
        s = 2j * np.pi * np.asarray(frequencies, dtype=np.float64)
        values = np.ones_like(s)
        for zero in self.zeros:
            values *= s - zero
        for pole in self.poles:
            values /= s - pole
        return values

    @property
    def normalization(self) -> float:
        """The factor that makes the poles and zeros 1 at `frequency`."""
        return float(1 / np.abs(self.shape([self.frequency]))[0])

    def counts_per(self, output: str, frequencies: npt.ArrayLike) -> ComplexArray:
        """Counts of sensor and digitizer per SI unit of an output; of "DEF", per unit of input."""
        values = self.shape(frequencies) * self.normalization * self.gain * DIGITIZER_GAIN
        if output == "DEF":
            return values
        assert self.derivative is not None
        s = 2j * np.pi * np.asarray(frequencies, dtype=np.float64)
        per_si: ComplexArray = values / self.si * s ** (self.derivative - DERIVATIVES[output])
        return per_si

    def stage(self, sampled_at: float | None = None) -> PolesZerosResponseStage:
        """The sensor as the first stage of a response.

        Args:
            sampled_at: the rate in Hz at which it is said to be sampled; None is nothing of that.
        """
        return PolesZerosResponseStage(
            1,
            self.gain,
            self.frequency,
            self.units,
            "V",
            pz_transfer_function_type="LAPLACE (RADIANS/SECOND)",
            normalization_frequency=self.frequency,
            normalization_factor=self.normalization,
            zeros=list(self.zeros),
            poles=list(self.poles),
            **(decimation(sampled_at) if sampled_at else {}),
        )

    def response(self, rate: float) -> Response:
        """The sensor on a digitizer that samples at `rate` Hz."""
        sensitivity = InstrumentSensitivity(
            self.gain * DIGITIZER_GAIN, self.frequency, self.units, "COUNTS"
        )
        stages = [self.stage(), digitizer(2, rate, self.frequency)]
        return Response(instrument_sensitivity=sensitivity, response_stages=stages)


def second_order(corner_hz: float, damping: float = 0.707) -> tuple[complex, complex]:
    """The poles in rad/s of a damped oscillator."""
    turn = 2 * np.pi * corner_hz
    imaginary = 1j * np.sqrt(1 - damping**2)
    return turn * (-damping + imaginary), turn * (-damping - imaginary)


ACCELEROMETER = Sensor((), second_order(300.0), 0.5, 1.0, "M/S**2", 2)
SEISMOMETER = Sensor((0j, 0j), second_order(1 / 120), 1500.0, 1.0, "M/S", 1)
GEOPHONE = Sensor((0j, 0j), second_order(1.0), 300.0, 5.0, "M/S", 1)


def digitizer(number: int, rate: float, frequency: float) -> CoefficientsTypeResponseStage:
    """A stage from volts to counts, without a filter."""
    return CoefficientsTypeResponseStage(
        number,
        DIGITIZER_GAIN,
        frequency,
        "V",
        "COUNTS",
        cf_transfer_function_type="DIGITAL",
        numerator=[],
        denominator=[],
        **decimation(rate),
    )


def decimation(rate: float, factor: int = 1) -> dict[str, Any]:
    """The decimation of a stage, in ObsPy's names; without a delay."""
    return {
        "decimation_input_sample_rate": rate,
        "decimation_factor": factor,
        "decimation_offset": 0,
        "decimation_delay": 0.0,
        "decimation_correction": 0.0,
    }


def amplifier(number: int, gain: float, frequency: float = 1.0) -> ResponseStage:
    """A stage that is a gain and nothing else."""
    return ResponseStage(number, gain, frequency, "V", "V")


def channel(nscl: str, response: Response, rate: float, **members: Any) -> Channel:
    """A channel's epoch, from 2015 on."""
    name = ChannelId.parse(nscl)
    place = {"latitude": 34.0, "longitude": -117.0, "elevation": 0.0, "depth": 0.0}
    return Channel(
        name.channel,
        name.location,
        **{**place, "start_date": METADATA_START, **members},
        sample_rate=rate,
        response=response,
    )


def inventory(nscl: str, *channels: Channel) -> Inventory:
    """The metadata of a station, named by one of its channels."""
    name = ChannelId.parse(nscl)
    start = min(item.start_date for item in channels)
    station = Station(
        name.station, 34.0, -117.0, 0.0, channels=list(channels), site=Site(""), start_date=start
    )
    return Inventory([Network(name.network, [station], start_date=start)], source="")


def stationxml(nscl: str, *channels: Channel) -> etree._Element:
    """The StationXML of a station, to be edited."""
    document = io.BytesIO()
    inventory(nscl, *channels).write(document, format="STATIONXML")
    return etree.fromstring(document.getvalue())


def elements(tree: etree._Element, path: str) -> list[etree._Element]:
    """The elements of StationXML at the end of a path of names, such as "Stage/StageGain"."""
    return tree.findall(".//" + "/".join(f"{NAMESPACE}{name}" for name in path.split("/")))


def put_stationxml(server: S3Server, nscl: str, tree: etree._Element) -> bytes:
    """Put a station's StationXML into the archive."""
    name = ChannelId.parse(nscl)
    content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    server.put(SCEDC.stationxml_keys(name.network, name.station)[0], content)
    return content


def put_response(server: S3Server, nscl: str, response: Response, rate: float) -> bytes:
    """Put the StationXML of a station with one channel into the archive."""
    return put_stationxml(server, nscl, stationxml(nscl, channel(nscl, response, rate)))
