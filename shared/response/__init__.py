"""Instrument response removal: counts to ground motion.

    parameters         RemovalParameters: the table of parameters
    stream_removal     remove_response: the removal from an ObsPy stream of any channels
    removal            remove_channel_response: that from one channel, gaps and epochs included
    report             RemovalReport: corners, gaps, tapers and warnings of a removal
    margins            samples needed before and after those that are wanted
    bridging           segments deconvolved together, with bridged gaps and extended ends
    treatments         treatments of gaps: bridged, an offset removed, or split
    offsets            the rule that decides between them
    long_periods       treatment of long periods by a removal
    epochs             the epoch of a segment in the station's metadata
    _channel_epochs    the same for many segments, found quickly
    checked_response   a response whose metadata have been checked for contradictions
    evaluation         the frequency response of an instrument
    response_lists     lists of amplitude and phase, sorted and unwrapped
    polynomials        polynomial responses: the quantity measured
    polynomial_removal the removal of a polynomial response from a trace
    pre_filt           the corners of a band: checked, or derived from the response
    rounding           loss of short periods in 32-bit floats
    units              units of the input and of the result
    clipping           frequencies of a band at which a water level clips the response
    arrays             array types
    _attached_responses responses attached to traces, in place of an inventory
    _response_function a response as a function of frequency, prepared from its stages
    _stage_filters     the filter of a stage, read from its metadata
    _filters           the filters of stages as functions of frequency
    _obspy_numerics    small functions of ObsPy, without its imports
    _flatness          the quantity to which a response is flat
    _stages            checks of a response's stages against each other
    _sensitivity       the gain of the stages against the stated sensitivity
    _list_warnings     warnings about response lists
    _parameter         kinds of parameters in JSON and on the command line
    _removal_time      the time of a removal, and the refusal of one that would not end
    _fast_removal      the fast method for one trace
    _obspy_removal     ObsPy's own method for one trace
    _convolution       the convolution of a long trace with a transfer function
    _layout            its spectrum as a matrix: the shape, and the place of each frequency
    _fft               FFTs of rows with large prime factors
    _band              the cosine band of pre_filt, on a spectrum
    _inverse_response  the inverse response on every bin, from few evaluations
    _levels            levels of the counts at gaps and along a day
    _fill              samples of bridges and of extensions to zero
    _spans             the bins on which one polynomial interpolates the response
    _peak              the response's maximum, which the water level refers to
    _chebyshev         Chebyshev interpolation

`RemovalParameters` loads neither ObsPy nor NumPy; the others load them at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shared.response.parameters import RemovalParameters

if TYPE_CHECKING:
    from shared.response.removal import remove_channel_response
    from shared.response.report import RemovalReport
    from shared.response.stream_removal import remove_response

__all__ = ["RemovalParameters", "RemovalReport", "remove_channel_response", "remove_response"]


_MODULES = {
    "RemovalReport": "report",
    "remove_channel_response": "removal",
    "remove_response": "stream_removal",
}


def __getattr__(name: str) -> Any:
    """Import a public name at first use, as ObsPy loads slowly."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
