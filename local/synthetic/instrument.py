"""A real broadband instrument: its StationXML, and its response at any frequency, fast.

Streckeisen STS-2 seismometer (poles and zeros, 1500 V/(m/s)) on a Quanterra Q330 digitizer
(419430 counts/V) whose last filter, "FLbelow100", is applied at the final sampling rate. These
are the facts of CI.HEC..BHN (40 Hz; the sensor too) and CI.WBM..HHZ (100 Hz) as SCEDC publishes
them under `FDSNstationXML/CI/`.
"""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

SENSOR_GAIN = 1500.0  # V/(m/s), at 1 Hz
DIGITIZER_GAIN = 419430.0  # counts/V
SENSITIVITY = SENSOR_GAIN * DIGITIZER_GAIN  # counts/(m/s), at 1 Hz

_SENSOR_ZEROS = (0j, 0j)  # rad/s, as the poles
_SENSOR_POLES = (
    *(-0.03702367 + 0.03702438j, -0.03702367 - 0.03702438j),
    *(-118.7522 + 423.488088j, -118.7522 - 423.48809j),
    -251.32741 + 0j,
)
_SENSOR_NORMALIZATION = 48624554.458089046  # makes the gain of the poles and zeros 1 at 1 Hz

_LOWEST_NODE = 1e-6  # Hz; far below one cycle a day, 1.2e-5 Hz

# Latitude and longitude in degrees, elevation in m: a point in Southern California, as StationXML
# demands one. Nothing is computed from it.
_PLACE = (34.0, -117.0, 0.0)

# Without a fixed one, every generation would differ in its bytes.
_CREATED = UTCDateTime(2024, 1, 1)


class _DigitizerFilter(NamedTuple):
    """The digitizer's last FIR filter at one sampling rate.

    Attributes:
        coefficients: all of them, in StationXML's order; no unit.
        delay: in s; the digitizer has already taken it out of its time stamps.
    """

    coefficients: tuple[float, ...]
    delay: float


@dataclass(frozen=True)
class ChannelEpoch:
    """One channel of the instrument, from `start` on without an end.

    Attributes:
        channel: SEED code; its last letter says where the component points: Z, N or E.
        location: SEED code; blank is "".
        sampling_rate: 100.0 or 40.0 Hz.
        start: when the epoch begins, UTC.
    """

    channel: str
    location: str
    sampling_rate: float
    start: UTCDateTime


# One number a line would bury the module.
# fmt: off
_FILTERS = {
    100.0: _DigitizerFilter(delay=0.04687, coefficients=(
        4.93305e-17, 2.19269e-10, 5.5255e-08, 1.52515e-06, 7.71668e-05, 0.00440098, 0.0623035,
        0.313162, 0.609444, 0.261754, -0.343399, 0.00960486, 0.213595, -0.211189, 0.0808518,
        0.0570094, -0.131788, 0.133998, -0.082974, 0.0136602, 0.04432, -0.0748276, 0.0755232,
        -0.0540381, 0.0224854, 0.00733085, -0.0276292, 0.0350196, -0.0318696, 0.0205158,
        -0.00880971, -0.00201974, 0.0090517, -0.0108775, 0.00914406, -0.00590073, 0.00266829,
        -0.000261751, -0.00109833, 0.00155774, -0.00142785, 0.00102524, -0.000584649, 0.000236698,
        -2.26985e-05, -7.30962e-05, 9.0795e-05, -7.07905e-05, 4.2078e-05, -1.90476e-05, 6.0835e-06,
        -5.39609e-07, -4.7879e-07, 2.8784e-08, 1.69669e-07, -1.38519e-07, 6.27105e-08, 6.82038e-11,
        -8.00017e-09, -4.53371e-09, -1.19163e-09, 4.50304e-09, 7.52368e-10, -7.89445e-10,
        -4.7825e-10, -4.02219e-12, 5.49924e-11, 2.17637e-11, -9.90439e-13, -1.70236e-13,
        -9.9507e-15,
    )),
    40.0: _DigitizerFilter(delay=0.430462, coefficients=(
        4.1895179e-13, 0.00033031761, 0.0010292126, -0.003141228, 0.00020570927, 0.0015252131,
        -0.0062319267, 0.010480133, -0.013120247, 0.010782143, -0.00144455, -0.015872946,
        0.039507404, -0.06510363, 0.085371559, -0.089191342, 0.050061889, 0.83723276, 0.26672305,
        -0.16669311, 0.095283986, -0.050921772, 0.016145837, 0.007063624, -0.018387713, 0.01994141,
        -0.015489507, 0.0085273541, -0.0025578868, -0.0018110264, 0.0024264926, -0.0037576946,
        0.00046729273, 0.00063307212, -1.5687414e-06, -1.2547978e-05, 3.2104054e-07, -2.633241e-08,
        -5.0999748e-08,
    )),
}
# fmt: on


def response(sampling_rate: float) -> Response:
    """The instrument's response from ground velocity (m/s) to counts.

    Four stages, as in SCEDC's own files: seismometer, preamplifier of gain 1, analogue-to-digital
    converter, FIR filter.

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
    """A StationXML 1.1 document (UTF-8) of one station, all channels with this instrument.

    Args:
        network: SEED code.
        station: SEED code.
        channels: one or more; the station's own epoch begins with the earliest of them.

    Raises:
        ValueError: there is no channel, one has a sampling rate that the instrument lacks, or a
            channel code does not end in Z, N or E.
    """
    if not channels:
        raise ValueError(f"{network}.{station} has no channels; StationXML needs one")
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
    # ObsPy labels what it writes with the newest version it knows; SCEDC's files are 1.1, and
    # nothing in this document is newer than that.
    return document.getvalue().replace(b'schemaVersion="1.2"', b'schemaVersion="1.1"', 1)


def frequency_response(
    sampling_rate: float, frequencies: npt.NDArray[np.float64]
) -> npt.NDArray[np.complex128]:
    """The response in counts/(m/s): complex128, of the shape of `frequencies`.

    The sign of the phase is evalresp's and NumPy's: multiply an rfft by it to get counts.
    evalresp is asked at some 20,000 frequencies and a cubic spline goes through its answers, as
    it needs a second for a million. From one cycle a day to 80 % of the Nyquist frequency the
    error is below 1e-6 of the response's modulus.

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
    """A cubic spline through evalresp's answers at well-placed frequencies."""
    from scipy.interpolate import CubicSpline  # a second, for those who record a motion

    # Equal steps of log f follow the seismometer's corner at 120 s and the f^2 below it. The FIR
    # filter's phase turns once in 1/(its length) = 1 to 1.4 Hz, wherever f is: equal steps of f
    # above 1 Hz. No two are more than 0.2 % of f, or 0.004 Hz, apart.
    low = np.geomspace(_LOWEST_NODE, 1.0, 8000)
    high = np.linspace(1.0, sampling_rate / 2, 12000)[1:]
    nodes = np.concatenate([[0.0], low, high])
    exact = response(sampling_rate).get_evalresp_response_for_frequencies(nodes, output="VEL")
    return CubicSpline(nodes, exact)


def _filter(sampling_rate: float) -> _DigitizerFilter:
    """The digitizer's filter at `sampling_rate` in Hz; ValueError if it has none."""
    try:
        return _FILTERS[sampling_rate]
    except KeyError:
        known = " or ".join(str(rate) for rate in sorted(_FILTERS))
        raise ValueError(f"sampling_rate must be {known} Hz, got {sampling_rate!r}") from None


def _channel(epoch: ChannelEpoch) -> Channel:
    """One channel's StationXML element."""
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
