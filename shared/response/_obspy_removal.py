"""Response removal by ObsPy itself."""

import copy
from importlib import import_module
from typing import Any

from obspy import Trace
from obspy.core.inventory import Response

from shared.response._obspy_numerics import cosine_band
from shared.response.arrays import FloatArray
from shared.response.parameters import Corners, RemovalParameters


def load() -> None:
    """Import the packages that ObsPy imports at its first removal, some 100 MB that must fit."""
    import_module("obspy.signal.invsim")


def remove(
    samples: FloatArray,
    sampling_rate: float,
    response: Response,
    parameters: RemovalParameters,
    corners: Corners,
) -> FloatArray:
    """Return the ground motion that ObsPy computes from prepared samples.

    Args:
        samples: float64: counts, demeaned and tapered.
        sampling_rate: in Hz.
        response: the instrument's response.
        parameters: output and water level.
        corners: four corners in Hz; None is no filter.

    Returns:
        float64, as many samples.

    Raises:
        ObsPyException, ValueError, IndexError, NotImplementedError: ObsPy refuses the response.
    """
    if corners and parameters.water_level is None and response.response_stages:
        response = _invertible_beyond(response, corners)
    trace = Trace(samples, {"sampling_rate": sampling_rate})
    trace.stats.response = response
    trace.remove_response(
        output=parameters.output,
        pre_filt=corners,
        water_level=parameters.water_level,
        zero_mean=False,
        taper=False,
        hide_sensitivity_mismatch_warning=True,  # on stderr; a warning of the check has the figures
    )
    data: FloatArray = trace.data
    return data


def _invertible_beyond(response: Response, corners: tuple[float, float, float, float]) -> Response:
    """Return a copy of a response that is 1 on each bin of the FFT that a band removes.

    Where the response is zero, ObsPy multiplies the zero of the band by an infinite inverse, and
    the whole result becomes NaN.
    """

    def evaluate(*args: Any, **keywords: Any) -> tuple[Any, Any]:
        values, frequencies = response.get_evalresp_response(*args, **keywords)
        values[cosine_band(frequencies, corners) == 0] = 1
        return values, frequencies

    invertible = copy.copy(response)
    invertible.get_evalresp_response = evaluate
    return invertible
