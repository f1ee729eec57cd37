"""Margins: the samples that a removal needs before and after those that are wanted.

The band's lowest frequency f1 has the longest memory. `benchmarks/windows/margins.py` measures the
error for margins in periods of f1, `benchmarks/response/gaps_and_edges.py` at the ends of days.
"""

import warnings

from obspy import Inventory, Trace, UTCDateTime

from shared.errors import NoResponseError
from shared.response.checked_response import EVALRESP_ERRORS, CheckedResponse
from shared.response.epochs import find_response, label
from shared.response.parameters import Corners, RemovalParameters
from shared.response.polynomials import is_polynomial
from shared.response.pre_filt import resolve

MARGIN_PERIODS = 2.4
"""Length of a margin in periods of f1, the lowest frequency that `pre_filt` passes. For a 120 s
seismometer it is half an hour."""

MAX_MARGIN_S = 21_600.0
"""Longest margin, in seconds: a quarter of a day, also for a band that begins at 0 Hz."""


def margin_s(corners: Corners, least_s: float, without_band_s: float) -> float:
    """Return the length of the margins for a band, in seconds.

    Args:
        corners: of `pre_filt` in Hz; None is no filter.
        least_s: the shortest margin, in seconds.
        without_band_s: the margin if there is no filter, in seconds.
    """
    if corners is None:
        return without_band_s
    periods_s = MARGIN_PERIODS / corners[0] if corners[0] else MAX_MARGIN_S
    return min(max(periods_s, least_s), MAX_MARGIN_S)


def corners_at(
    trace: Trace,
    time: UTCDateTime,
    inventory: Inventory,
    parameters: RemovalParameters,
    seconds: float,
) -> Corners:
    """Return the corners that a removal uses at a time of a segment; None is no filter.

    Args:
        trace: the segment.
        time: within the segment.
        inventory: the station's metadata.
        parameters: of the removal.
        seconds: length of the data, which limits the corners of "auto".

    Raises:
        BadRequestError: the corners lie beyond the Nyquist frequency.
        NoResponseError: the metadata has no usable response for this time.
    """
    there = Trace(header={**trace.stats, "npts": 0, "starttime": time})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the removal itself reports them
        response = find_response(there, inventory, parameters.output)
    return corners_of(response, parameters, trace.stats.sampling_rate, seconds, label(there))


def corners_of(
    response: CheckedResponse,
    parameters: RemovalParameters,
    sampling_rate: float,
    seconds: float,
    name: str,
) -> Corners:
    """Return the corners that a removal of a response uses; None is no filter, or a polynomial.

    Args:
        response: the instrument's response.
        parameters: of the removal.
        sampling_rate: in Hz.
        seconds: length of the data, which limits the corners of "auto".
        name: of the data, for errors.

    Raises:
        BadRequestError: the corners lie beyond the Nyquist frequency.
        NoResponseError: evalresp refuses the response.
    """
    if is_polynomial(response):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the removal itself reports them
        try:
            return resolve(parameters.pre_filt, response, sampling_rate, seconds)
        except EVALRESP_ERRORS as error:
            raise NoResponseError(f"{name}: response not usable: {error}") from error
