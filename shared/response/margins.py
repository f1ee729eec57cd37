"""Margins: the samples that a removal needs before and after those that are wanted.

The band's lowest frequency f1 has the longest memory. `benchmarks/windows/margins.py` measures the
error for margins in periods of f1, `benchmarks/response/gaps_and_edges.py` at the ends of days.
"""

import warnings

from obspy import Inventory, Trace, UTCDateTime
from obspy.core.util.obspy_types import ObsPyException

from shared.errors import NoResponseError
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
    if is_polynomial(response):
        return None
    try:
        return resolve(parameters.pre_filt, response, trace.stats.sampling_rate, seconds)
    except (ObsPyException, ValueError, IndexError, NotImplementedError) as error:
        raise NoResponseError(f"{label(there)}: response not usable: {error}") from error
