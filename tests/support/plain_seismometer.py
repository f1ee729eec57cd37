"""A seismometer and a digitizer with a response in closed form, at any sampling rate."""

from dataclasses import dataclass

import numpy as np
from obspy.core.inventory import Response
from obspy.core.inventory.response import (
    CoefficientsTypeResponseStage,
    InstrumentSensitivity,
    PolesZerosResponseStage,
)

from local.cloud.s3_server import S3Server
from tests.support.known_instruments import FloatArray, channel, put_stationxml, stationxml


@dataclass(frozen=True)
class PlainSeismometer:
    """A seismometer of one free period, 0.707 of critical damping, flat to velocity above it.

    Attributes:
        period: in s.
        gain: in counts/(m/s).
        latitude, longitude: in degrees.
        elevation, depth: in m.
        azimuth, dip: of the component, in degrees.
    """

    period: float = 120.0
    gain: float = 6e8
    latitude: float = 34.25
    longitude: float = -117.5
    elevation: float = 1234.0
    depth: float = 56.0
    azimuth: float = 0.0
    dip: float = -90.0

    def counts(self, velocity: FloatArray, rate: float) -> FloatArray:
        """Return the counts of a ground velocity in m/s that is periodic."""
        s = 2j * np.pi * np.fft.rfftfreq(velocity.size, 1 / rate)
        omega = 2 * np.pi / self.period
        response = s**2 / (s**2 + np.sqrt(2) * omega * s + omega**2)
        counts: FloatArray = self.gain * np.fft.irfft(
            response * np.fft.rfft(velocity), velocity.size
        )
        return counts

    def response(self, rate: float) -> Response:
        """Return the response as StationXML has it."""
        omega = 2 * np.pi / self.period
        pole = omega * np.sqrt(0.5) * (-1 + 1j)
        sensor = PolesZerosResponseStage(
            1, 1500.0, 1.0, "m/s", "V", "LAPLACE (RADIANS/SECOND)",
            normalization_frequency=1.0, zeros=[0j, 0j], poles=[pole, pole.conjugate()],
            normalization_factor=1.0,
        )  # fmt: skip
        digitizer = CoefficientsTypeResponseStage(
            2, self.gain / 1500.0, 1.0, "V", "counts", "DIGITAL", numerator=[], denominator=[],
            decimation_input_sample_rate=rate, decimation_factor=1, decimation_offset=0,
            decimation_delay=0.0, decimation_correction=0.0,
        )  # fmt: skip
        return Response(
            instrument_sensitivity=InstrumentSensitivity(self.gain, 1.0, "m/s", "counts"),
            response_stages=[sensor, digitizer],
        )

    def put(self, server: S3Server, nscl: str, rate: float) -> None:
        """Put the StationXML of a station with this one channel into the archive."""
        place = {
            "latitude": self.latitude,
            "longitude": self.longitude,
            "elevation": self.elevation,
            "depth": self.depth,
            "azimuth": self.azimuth,
            "dip": self.dip,
        }
        epoch = channel(nscl, self.response(rate), rate, **place)
        put_stationxml(server, nscl, stationxml(nscl, epoch))
