"""Responses evaluated by the project and by evalresp, compared frequency by frequency."""

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from obspy.core.inventory import (
    CoefficientsTypeResponseStage,
    FIRResponseStage,
    InstrumentSensitivity,
    PolesZerosResponseStage,
    Response,
    ResponseStage,
)

from shared.response.checked_response import REFUSALS
from shared.response.evaluation import evaluate, is_known
from tests.support.known_instruments import decimation

OUTPUTS = ("DISP", "VEL", "ACC", "DEF")
RELATIVE = 1e-10
"""Largest relative difference where a response is above -60 dB of its peak."""

OF_PEAK = 1e-12
"""Largest difference elsewhere, relative to the peak: evalresp itself rounds so there."""

FloatArray = npt.NDArray[np.float64]


def frequencies(rate: float, points: int = 40) -> FloatArray:
    """From 0 Hz over subnormal floats to the Nyquist frequency of a rate in Hz."""
    low = [0.0, 5e-324, 1e-310, 1e-200, 1e-100, 1e-20]
    slopes = np.geomspace(1e-6 * rate, rate / 2, points), np.linspace(0, rate / 2, points)
    return np.concatenate([low, *slopes])


def by_evalresp(response: Response, at: FloatArray, output: str) -> Any:
    """The response by evalresp, or the type of the error that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return response.get_evalresp_response_for_frequencies(
                at, output, hide_sensitivity_mismatch_warning=True
            )
        except REFUSALS as error:
            return type(error)


@dataclass
class Comparison:
    """The worst differences of many responses from evalresp's.

    Attributes:
        relative: where the response is above -60 dB of its peak.
        of_peak: elsewhere, relative to the peak.
        pairs: responses and outputs compared.
        unknown: names of responses that evalresp evaluates, and the project does not.
    """

    relative: float = 0.0
    of_peak: float = 0.0
    pairs: int = 0
    unknown: set[str] = field(default_factory=set)

    def add(self, name: str, response: Response, rate: float, points: int = 40) -> None:
        """Compare a response in all outputs, and fail where it differs."""
        at = frequencies(rate, points)
        for output in OUTPUTS:
            expected = by_evalresp(response, at, output)
            if isinstance(expected, type):
                assert not is_known(response), f"{name}: evalresp raises {expected.__name__}"
            elif not is_known(response):
                self.unknown.add(name)
            else:
                self._compare(f"{name} {output}", evaluate(response, at, output), expected, at)

    def _compare(self, name: str, ours: Any, expected: Any, at: FloatArray) -> None:
        finite = np.isfinite(expected)
        assert (np.isfinite(ours) == finite).all(), name
        ours, expected, at = ours[finite], expected[finite], at[finite]
        amplitude, difference = np.abs(expected), np.abs(ours - expected)
        # Divided by the frequency, a response to displacement is without bounds towards 0 Hz.
        peak = amplitude[at > 1e-20].max()
        assert (ours[amplitude == 0] == 0).all() or peak > 0, name
        high = amplitude > 1e-3 * peak
        relative = (difference[high] / amplitude[high]).max(initial=0.0)
        of_peak = difference[~high].max(initial=0.0) / (peak or 1.0)
        assert relative <= RELATIVE, name
        assert of_peak <= OF_PEAK, name
        self.relative, self.of_peak = max(self.relative, relative), max(self.of_peak, of_peak)
        self.pairs += 1

    def __str__(self) -> str:
        return (
            f"{self.pairs} pairs of responses and outputs: worst relative error"
            f" {self.relative:.1e} above -60 dB, {self.of_peak:.1e} of the peak below"
        )


def analog(number: int, zeros: Any, poles: Any, **members: Any) -> PolesZerosResponseStage:
    """Poles and zeros, by default in rad/s and with a gain at 1 Hz."""
    kind = members.pop("kind", "LAPLACE (RADIANS/SECOND)")
    usual = {"normalization_factor": 1.0, "stage_gain": 1500.0, "stage_gain_frequency": 1.0}
    units = {"input_units": "M/S", "output_units": "V", "normalization_frequency": 1.0}
    return PolesZerosResponseStage(
        number, zeros=zeros, poles=poles, pz_transfer_function_type=kind, **usual | units | members
    )


def fir(number: int, coefficients: Any, symmetry: str = "NONE", **members: Any) -> FIRResponseStage:
    """A FIR filter of counts at 200 Hz."""
    return FIRResponseStage(
        number,
        members.pop("gain", 1.0),
        members.pop("gain_frequency", 1.0),
        "COUNTS",
        "COUNTS",
        symmetry=symmetry,
        coefficients=coefficients,
        **decimation(200.0) | members,
    )


def coefficients(number: int, above: Any, below: Any, **members: Any) -> Any:
    """Coefficients from volts to counts at 200 Hz."""
    return CoefficientsTypeResponseStage(
        number,
        members.pop("gain", 4e5),
        members.pop("gain_frequency", 1.0),
        members.pop("input_units", "V"),
        "COUNTS",
        cf_transfer_function_type=members.pop("kind", "DIGITAL"),
        numerator=above,
        denominator=below,
        **decimation(200.0) | members,
    )


def gain(number: int, value: float = 4.0, **members: Any) -> ResponseStage:
    """A gain alone, of volts."""
    return ResponseStage(number, value, 1.0, "V", "V", **members)


def chain(*stages: ResponseStage, sensitivity_at: float | None = 1.0) -> Response:
    """A response of stages, with a sensitivity at a frequency in Hz, or None without."""
    if sensitivity_at is None:
        return Response(response_stages=list(stages))
    units = stages[0].input_units, stages[-1].output_units
    stated = InstrumentSensitivity(6e8, sensitivity_at, *units)
    return Response(instrument_sensitivity=stated, response_stages=list(stages))
