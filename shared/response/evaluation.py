"""The frequency response of an instrument."""

from obspy.core.inventory import Response

from shared.response.arrays import ComplexArray, FloatArray


def evaluate(response: Response, frequencies: FloatArray, output: str) -> ComplexArray:
    """Return the response of an instrument at some frequencies, as evalresp gives it.

    Args:
        response: the instrument's response, with stages.
        frequencies: in Hz, float64.
        output: "DISP", "VEL", "ACC" or "DEF", the unit as the metadata name it.

    Returns:
        complex128, one value for each frequency.

    Raises:
        ObsPyException, ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    values: ComplexArray = response.get_evalresp_response_for_frequencies(
        frequencies,
        output=output,
        hide_sensitivity_mismatch_warning=True,  # on stderr; our own check has the figures
    )
    return values


def is_known(response: Response) -> bool:
    """Return whether `evaluate` computes a response itself, not by evalresp."""
    return not response.response_stages
