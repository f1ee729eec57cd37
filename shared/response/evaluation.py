"""The frequency response of an instrument: by NumPy, or by evalresp where that is not sure.

evalresp takes most of the time of a removal, and its import more than the rest of a short one. So
the usual kinds of stages are evaluated here, as evalresp 3.2.36 does it in ObsPy: `_filters` has
the formula of each kind. All that is odd is left to evalresp: response lists, polynomials, stages
without units, gain or decimation where these are needed, and all that evalresp refuses.
"""

from collections.abc import Callable
from functools import partial

from obspy.core.inventory import Response

from shared.response._response_function import function_of
from shared.response.arrays import ComplexArray, FloatArray
from shared.response.parameters import OUTPUTS


def evaluate(response: Response, frequencies: FloatArray, output: str) -> ComplexArray:
    """Return the response of an instrument at some frequencies, as evalresp gives it.

    Args:
        response: the instrument's response, with stages.
        frequencies: in Hz, float64, one-dimensional.
        output: "DISP", "VEL", "ACC" or "DEF", the unit as the metadata name it.

    Returns:
        complex128, one value for each frequency.

    Raises:
        ObsPyException, ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    return evaluator(response, output)(frequencies)


def evaluator(response: Response, output: str) -> Callable[[FloatArray], ComplexArray]:
    """Return a function that evaluates a response at many frequencies, many times.

    Args:
        response: as for `evaluate`, whose errors the function raises.
        output: as for `evaluate`.
    """
    function = function_of(response)
    if function and output in OUTPUTS:
        return partial(function, output=output)
    return partial(
        response.get_evalresp_response_for_frequencies,
        output=output,
        hide_sensitivity_mismatch_warning=True,  # on stderr; our own check has the figures
    )


def is_known(response: Response) -> bool:
    """Return whether `evaluate` computes a response itself, not by evalresp."""
    return function_of(response) is not None
