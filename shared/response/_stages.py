"""Checks of the stages of a response against each other, by their own figures.

evalresp and ObsPy take most of these contradictions without a word, or refuse them in words about
the format of a RESP file. A fault raises a ValueError whose message names the stage; everything
else is a message.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from obspy.core.inventory import (
    CoefficientsTypeResponseStage,
    FIRResponseStage,
    PolesZerosResponseStage,
    PolynomialResponseStage,
    ResponseStage,
)

from shared.response._filters import SUM_TOLERANCE

Stages = Sequence[ResponseStage]

RATE_TOLERANCE = 1e-3
"""Largest relative difference of two sampling rates that are one: metadata round them."""

_DECIMATION = {
    "decimation_input_sample_rate": "InputSampleRate",
    "decimation_factor": "Factor",
    "decimation_offset": "Offset",
    "decimation_delay": "Delay",
    "decimation_correction": "Correction",
}

_NAMES = {
    "VOLT": "V",
    "VOLTS": "V",
    "COUNT": "COUNTS",
    "CT": "COUNTS",
    "CTS": "COUNTS",
    "PASCAL": "PA",
    "PASCALS": "PA",
    "M/S/S": "M/S**2",
}


def require_usable(stages: Stages) -> None:
    """Raise a ValueError for numbers and gains that cannot be right.

    Args:
        stages: in the order of their numbers.
    """
    numbers = [stage.stage_sequence_number for stage in stages]
    for number in numbers:
        if numbers.count(number) > 1:
            raise ValueError(f"stage {number} appears {numbers.count(number)} times")
        if number < 1:
            raise ValueError(f"stage {number}: the first stage must have the number 1")
    if 1 not in numbers:
        listed = ", ".join(map(str, numbers))
        raise ValueError(f"stage 1 is missing: the StationXML has the stages {listed}")
    for stage in stages:
        if isinstance(stage, PolynomialResponseStage):
            continue
        gain = stage.stage_gain
        if gain is None or not math.isfinite(gain) or gain == 0:
            stated = "missing" if gain is None else f"{gain:g}"
            raise ValueError(
                f"the gain of stage {stage.stage_sequence_number} is {stated}:"
                " must be a finite number other than 0"
            )
        if keeps_normalization(stage) and stage.normalization_factor == 0:
            raise ValueError(
                f"the normalization factor of stage {stage.stage_sequence_number} is 0: must be a"
                " finite number other than 0"
            )
        if stage.stage_gain_frequency is None:
            raise ValueError(f"the gain of stage {stage.stage_sequence_number} has no frequency")


def order_messages(stages: Stages) -> Iterator[str]:
    """Yield a message if stages, in the order of the file, are unsorted or leave numbers out."""
    numbers = [stage.stage_sequence_number for stage in stages]
    listed = ", ".join(map(str, numbers))
    present = sorted({0, *numbers})
    missing = [
        str(before + 1) if after == before + 2 else f"{before + 1} to {after - 1}"
        for before, after in pairwise(present)
        if after > before + 1
    ]
    if numbers != sorted(numbers):
        yield f"the stages {listed} are not in order in the StationXML: used by their numbers"
    if missing:
        names = ", ".join(missing)
        yield f"stage {names} is missing in the StationXML, which has the stages {listed}"


def rate_messages(stages: Stages) -> Iterator[str]:
    """Yield a message for each stage whose input rate is not the rate of the stages before it."""
    rate, source = None, 0
    for stage in stages:
        number = stage.stage_sequence_number
        begins, ends = rates(stage)
        if begins is None:
            continue
        if rate and abs(begins / rate - 1) > RATE_TOLERANCE:
            yield f"stage {number} takes {begins:g} Hz, but stage {source} gives {rate:g} Hz"
        rate, source = ends, number


def rates(stage: ResponseStage) -> tuple[float | None, float | None]:
    """Return the sampling rates of a stage's input and output in Hz; None is not stated."""
    rate, factor = stage.decimation_input_sample_rate, stage.decimation_factor
    if not rate or not factor:
        return None, None
    return float(rate), float(rate) / float(factor)


def final_rate(stages: Stages) -> float | None:
    """Return the sampling rate in Hz in which the stages end; None is not stated."""
    stated = [rates(stage)[1] for stage in stages]
    return next((rate for rate in reversed(stated) if rate), None)


def unit_messages(stages: Stages) -> dict[int, str]:
    """Return a message for each stage whose input is not in the unit of the output before it.

    Stages that are a gain alone have no units in StationXML; ObsPy infers them.
    """
    messages: dict[int, str] = {}
    source, unit = 0, ""
    for stage in stages:
        if type(stage) is ResponseStage:
            continue
        number, takes = stage.stage_sequence_number, stage.input_units or ""
        if unit and takes and not is_one_unit(takes, unit):
            messages[number] = f"stage {number} takes {takes}, but stage {source} gives {unit}"
        source, unit = number, stage.output_units or ""
    return messages


def decimation_messages(stages: Stages) -> dict[int, str]:
    """Return a message for each stage whose Decimation is missing or incomplete."""
    messages: dict[int, str] = {}
    for stage in stages:
        number = stage.stage_sequence_number
        missing = [name for key, name in _DECIMATION.items() if getattr(stage, key) is None]
        if len(missing) == len(_DECIMATION):
            if is_digital(stage):
                messages[number] = f"stage {number} is digital and has no Decimation"
            continue
        if missing:
            messages[number] = f"the Decimation of stage {number} has no {', '.join(missing)}"
        elif type(stage) is ResponseStage:
            messages[number] = f"stage {number} has a Decimation and no filter"
    return messages


def is_digital(stage: ResponseStage) -> bool:
    """Return whether a stage works on samples: its response depends on their rate."""
    if isinstance(stage, PolesZerosResponseStage):
        return bool(stage.pz_transfer_function_type.startswith("DIGITAL"))
    if isinstance(stage, CoefficientsTypeResponseStage):
        return bool(stage.cf_transfer_function_type == "DIGITAL")
    return isinstance(stage, FIRResponseStage)


def keeps_normalization(stage: ResponseStage) -> bool:
    """Return whether evalresp uses a stage's normalization factor, and not one of its own.

    It computes its own where the gain is stated at another frequency.
    """
    return (
        isinstance(stage, PolesZerosResponseStage)
        and stage.normalization_frequency == stage.stage_gain_frequency
    )


def gain_messages(stages: Stages) -> dict[int, str]:
    """Return a message for each filter whose gain is stated at 0 Hz, where its zeros make it 0."""
    return {
        stage.stage_sequence_number: (
            f"the gain of stage {stage.stage_sequence_number} is stated at 0 Hz, where it has a"
            " zero: must be stated in its passband"
        )
        for stage in stages
        if stage.stage_gain_frequency == 0 and is_zero_at_0_hz(stage)
    }


def is_zero_at_0_hz(stage: ResponseStage) -> bool:
    """Return whether a stage blocks 0 Hz, for which evalresp refuses to take a gain then."""
    return isinstance(stage, PolesZerosResponseStage) and any(
        abs(zero) == 0 for zero in stage.zeros
    )


def stability_messages(stages: Stages) -> Iterator[str]:
    """Yield a message for each filter with a pole that no physical instrument has.

    Its amplitude is that of a stable filter, so no other check sees the lost sign.
    """
    for stage in filter(lambda stage: isinstance(stage, PolesZerosResponseStage), stages):
        number, digital = stage.stage_sequence_number, is_digital(stage)
        for pole in stage.poles:
            if abs(pole) > 1 if digital else pole.real > 0:
                place = "outside of the unit circle" if digital else "with a positive real part"
                value = f"{pole.real:.4g}{pole.imag:+.4g}i"
                yield f"stage {number} has a pole {place}, {value}, which no stable filter has"
                break


def sum_messages(stages: Stages) -> Iterator[str]:
    """Yield a message for each filter whose coefficients evalresp scales; it writes so to stderr.

    Raises:
        ValueError: coefficients whose sum is 0, by which evalresp divides.
    """
    for stage in stages:
        number, total = stage.stage_sequence_number, _coefficient_sum(stage)
        if total == 0:
            raise ValueError(f"the coefficients of stage {number} sum to 0: must sum to 1")
        if total is not None and abs(total - 1) > SUM_TOLERANCE:
            yield f"the coefficients of stage {number} sum to {total:.4g}: scaled to a sum of 1"


def _coefficient_sum(stage: ResponseStage) -> float | None:
    """Return the sum of an asymmetric filter's coefficients; None for all other stages.

    evalresp does not scale the coefficients of a symmetric filter.
    """
    if isinstance(stage, FIRResponseStage) and stage.symmetry == "NONE":
        listed = [float(value) for value in stage.coefficients]
    elif isinstance(stage, CoefficientsTypeResponseStage) and not stage.denominator:
        listed = [float(value) for value in stage.numerator]
    else:
        return None
    return math.fsum(listed) if listed else None


def is_one_unit(name: str, other: str) -> bool:
    """Return whether two names of units are two spellings of one."""
    return _unit(name) == _unit(other)


def _unit(name: str) -> str:
    unit = name.upper().replace(" ", "").replace("SEC", "S").replace("(S**2)", "S**2")
    return _NAMES.get(unit, unit)
