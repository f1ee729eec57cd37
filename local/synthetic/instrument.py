"""A real broadband instrument: its StationXML and its frequency response.

Streckeisen STS-2 seismometer (poles and zeros, 1500 V/(m/s)) on a Quanterra Q330 digitizer
(419430 counts/V). The digitizer's last filter, "FLbelow100", runs at the final sampling rate. The
values are those of CI.HEC..BHN (40 Hz; also the sensor) and CI.WBM..HHZ (100 Hz) in SCEDC's
StationXML under `FDSNstationXML/CI/`.
"""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from obspy import UTCDateTime
from obspy.core.inventory import Channel, Inventory, Network, Response, Site, Station
from obspy.core.inventory.response import (
    CoefficientsTypeResponseStage,
    FIRResponseStage,
    InstrumentSensitivity,
    PolesZerosResponseStage,
    ResponseStage,
)
from obspy.core.inventory.util import Equipment

from local.synthetic._fir_filters import FILTERS, FirFilter

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

SENSOR_GAIN = 1500.0  # V/(m/s), at 1 Hz
DIGITIZER_GAIN = 419430.0  # counts/V
SENSITIVITY = SENSOR_GAIN * DIGITIZER_GAIN  # counts/(m/s), at 1 Hz

_SENSOR_ZEROS = (0j, 0j)  # rad/s, like the poles
_SENSOR_POLES = (
    *(-0.03702367 + 0.03702438j, -0.03702367 - 0.03702438j),
    *(-118.7522 + 423.488088j, -118.7522 - 423.48809j),
    -251.32741 + 0j,
)
_SENSOR_NORMALIZATION = 48624554.458089046  # makes the gain of the poles and zeros 1 at 1 Hz

_LOWEST_NODE = 1e-6  # Hz; far below one cycle a day, 1.2e-5 Hz

# Latitude and longitude in degrees, elevation in m: StationXML requires them, so this is a point in
# Southern California. Nothing depends on it.
_PLACE = (34.0, -117.0, 0.0)

# Fixed, so that every run writes the same bytes.
_CREATED = UTCDateTime(2024, 1, 1)


@dataclass(frozen=True)
class ChannelEpoch:
    """An open-ended epoch of one channel.

    Attributes:
        channel: SEED channel code; its last letter is the orientation: Z, N or E.
        location: SEED location code; "" is blank.
        sampling_rate: 100.0 or 40.0 Hz.
        start: start of the epoch, UTC.
    """

    channel: str
    location: str
    sampling_rate: float
    start: UTCDateTime


def response(sampling_rate: float) -> Response:
    """Return the instrument's response from ground velocity (m/s) to counts.

    It has four stages, as in SCEDC's files: seismometer, preamplifier of gain 1,
    analogue-to-digital converter, FIR filter.

    Args:
        sampling_rate: 100.0 or 40.0 Hz.

    Raises:
        ValueError: the instrument has no such sampling rate.
    """
    last_filter = _filter(sampling_rate)
    at_1_hz = {"stage_gain_frequency": 1.0}
    decimation = {
        "decimation_input_sample_rate": sampling_rate,
        "decimation_factor": 1,
        "decimation_offset": 0,
    }
    sensor = PolesZerosResponseStage(
        1, SENSOR_GAIN, **at_1_hz, input_units="m/s", output_units="V", name="STS-2",
        pz_transfer_function_type="LAPLACE (RADIANS/SECOND)", normalization_frequency=1.0,
        zeros=list(_SENSOR_ZEROS), poles=list(_SENSOR_POLES),
        normalization_factor=_SENSOR_NORMALIZATION,
    )  # fmt: skip
    preamplifier = ResponseStage(2, 1.0, **at_1_hz, input_units="V", output_units="V")
    converter = CoefficientsTypeResponseStage(
        3, DIGITIZER_GAIN, **at_1_hz, input_units="V", output_units="counts", name="Q330",
        cf_transfer_function_type="DIGITAL", numerator=[], denominator=[],
        decimation_delay=0.0, decimation_correction=0.0, **decimation,
    )  # fmt: skip
    fir = FIRResponseStage(
        4, 1.0, **at_1_hz, input_units="counts", output_units="counts", name="FLbelow100",
        symmetry="NONE", coefficients=list(last_filter.coefficients),
        decimation_delay=last_filter.delay, decimation_correction=last_filter.delay, **decimation,
    )  # fmt: skip
    return Response(
        instrument_sensitivity=InstrumentSensitivity(SENSITIVITY, 1.0, "m/s", "counts"),
        response_stages=[sensor, preamplifier, converter, fir],
    )


def stationxml(network: str, station: str, channels: Sequence[ChannelEpoch]) -> bytes:
    """Return a StationXML 1.1 document (UTF-8) of one station whose channels have this instrument.

    Args:
        network: SEED network code.
        station: SEED station code.
        channels: one or more; the station's epoch starts with the earliest of them.

    Raises:
        ValueError: there are no channels, the instrument lacks a channel's sampling rate, or a
            channel code does not end in Z, N or E.
    """
    if not channels:
        raise ValueError(f"{network}.{station} has no channels; StationXML needs at least one")
    start = min(channel.start for channel in channels)
    described = Station(
        station,
        *_PLACE,
        channels=[_channel(channel) for channel in channels],
        site=Site(name="Generated demo station"),
        start_date=start,
    )
    inventory = Inventory(
        [Network(network, [described], start_date=start)],
        source="Generated demo archive",
        created=_CREATED,
    )
    document = io.BytesIO()
    inventory.write(document, format="STATIONXML")
    # ObsPy writes the newest schema version that it knows. SCEDC's files are 1.1, and the document
    # has no newer element.
    return document.getvalue().replace(b'schemaVersion="1.2"', b'schemaVersion="1.1"', 1)


def frequency_response(
    sampling_rate: float, frequencies: npt.NDArray[np.float64]
) -> npt.NDArray[np.complex128]:
    """Return the response in counts/(m/s): complex128, of the shape of `frequencies`.

    The sign of the phase is that of evalresp and NumPy: multiply an rfft by it to get counts.
    evalresp takes a second per million frequencies, so this interpolates some 20,000 of its values
    with a cubic spline. From one cycle per day to 80 % of the Nyquist frequency the error is below
    1e-6 of the response's modulus.

    Args:
        sampling_rate: 100.0 or 40.0 Hz.
        frequencies: in Hz, 0 to half the sampling rate, in any order.

    Raises:
        ValueError: the instrument has no such sampling rate, or a frequency is out of the range.
    """
    spline = _spline(sampling_rate)
    nyquist = sampling_rate / 2
    if frequencies.size and not (frequencies.min() >= 0 and frequencies.max() <= nyquist):
        span = f"{frequencies.min()} to {frequencies.max()} Hz"
        raise ValueError(f"frequencies must be 0 to {nyquist} Hz, got {span}")
    interpolated: npt.NDArray[np.complex128] = spline(frequencies)
    return interpolated


@functools.cache
def _spline(sampling_rate: float) -> "CubicSpline":
    """Return a cubic spline through evalresp's values at well-chosen frequencies."""
    from scipy.interpolate import CubicSpline  # takes a second to import: only where it is used

    # Logarithmic steps resolve the seismometer's corner at 120 s and the f^2 below it. The FIR
    # filter's phase turns once in 1/(filter length), every 1 to 1.4 Hz: linear steps above 1 Hz.
    # Neighbours are at most 0.2 % of f, or 0.004 Hz, apart.
    low = np.geomspace(_LOWEST_NODE, 1.0, 8000)
    high = np.linspace(1.0, sampling_rate / 2, 12000)[1:]
    nodes = np.concatenate([[0.0], low, high])
    exact = response(sampling_rate).get_evalresp_response_for_frequencies(nodes, output="VEL")
    return CubicSpline(nodes, exact)


def _filter(sampling_rate: float) -> FirFilter:
    """Return the digitizer's filter at `sampling_rate` in Hz; ValueError if it has none."""
    try:
        return FILTERS[sampling_rate]
    except KeyError:
        known = " or ".join(str(rate) for rate in sorted(FILTERS))
        raise ValueError(f"sampling_rate must be {known} Hz, got {sampling_rate!r}") from None


def _channel(epoch: ChannelEpoch) -> Channel:
    """Return one channel's element of the inventory."""
    orientations = {"Z": (0.0, -90.0), "N": (0.0, 0.0), "E": (90.0, 0.0)}  # azimuth, dip: degrees
    component = epoch.channel[-1:]
    if component not in orientations:
        raise ValueError(f"channel must end in Z, N or E, got {epoch.channel!r}")
    azimuth, dip = orientations[component]
    return Channel(
        epoch.channel,
        epoch.location,
        *_PLACE,
        depth=0.0,
        azimuth=azimuth,
        dip=dip,
        sample_rate=epoch.sampling_rate,
        start_date=epoch.start,
        types=["CONTINUOUS", "GEOPHYSICAL"],
        sensor=Equipment(manufacturer="Streckeisen", model="STS-2", description="Velocity sensor"),
        data_logger=Equipment(manufacturer="Quanterra", model="Q330"),
        response=response(epoch.sampling_rate),
    )
