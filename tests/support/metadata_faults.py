"""Faults of StationXML as edits of the metadata of a seismometer with four stages."""

import copy
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from lxml import etree
from obspy.core.inventory import FIRResponseStage, Response

from tests.support.known_instruments import (
    NAMESPACE,
    SEISMOMETER,
    ComplexArray,
    amplifier,
    decimation,
    digitizer,
    elements,
)

Edit = Callable[[etree._Element], None]

_RECURSIVE_FACTOR = float(abs(1 - 0.5 / np.exp(2j * np.pi / 20)))

RATE = 5.0
"""The sampling rate in Hz in which the stages end."""

AMPLIFIER_GAIN = 4.0
SENSITIVITY = 1500.0 * AMPLIFIER_GAIN * 400_000.0
"""Counts in one m/s, at 1 Hz."""


def four_stages() -> Response:
    """Sensor, amplifier, digitizer and a filter that only decimates."""
    response = SEISMOMETER.response(RATE)
    last = FIRResponseStage(
        4,
        1.0,
        1.0,
        "COUNTS",
        "COUNTS",
        symmetry="NONE",
        coefficients=[1.0],
        **decimation(4 * RATE, 4),
    )
    response.response_stages = [
        SEISMOMETER.stage(sampled_at=4 * RATE),
        amplifier(2, AMPLIFIER_GAIN),
        digitizer(3, 4 * RATE, 1.0),
        last,
    ]
    response.instrument_sensitivity.value = SENSITIVITY
    return response


def stage(tree: etree._Element, number: int) -> etree._Element:
    """The stage of a number, of the epoch that is last in the file."""
    return [item for item in elements(tree, "Stage") if item.get("number") == str(number)][-1]


def path(names: str) -> str:
    """A path of element names, for `find`."""
    return "/".join(f"{NAMESPACE}{name}" for name in names.split("/"))


def both(*edits: Edit) -> Edit:
    """Several edits, in order."""

    def edit(tree: etree._Element) -> None:
        for one in edits:
            one(tree)

    return edit


def write(number: int, names: str, text: str) -> Edit:
    """Another text for an element of a stage."""

    def edit(tree: etree._Element) -> None:
        stage(tree, number).find(path(names)).text = text

    return edit


def write_overall(names: str, text: str) -> Edit:
    """Another text for the elements of a response."""

    def edit(tree: etree._Element) -> None:
        for element in elements(tree, names):
            element.text = text

    return edit


def scale(names: str, factor: float) -> Edit:
    """Another value for an element, by a factor."""

    def edit(tree: etree._Element) -> None:
        (element,) = elements(tree, names)
        element.text = repr(float(element.text) * factor)

    return edit


def drop(number: int, names: str) -> Edit:
    """A stage without the elements of a name."""

    def edit(tree: etree._Element) -> None:
        for element in stage(tree, number).findall(path(names)):
            element.getparent().remove(element)

    return edit


def drop_stage(number: int) -> Edit:
    """The response without a stage; the others keep their numbers."""

    def edit(tree: etree._Element) -> None:
        element = stage(tree, number)
        element.getparent().remove(element)

    return edit


def renumber(*numbers: int) -> Edit:
    """Other numbers for the stages, in the order of the file."""

    def edit(tree: etree._Element) -> None:
        for element, number in zip(elements(tree, "Stage"), numbers, strict=True):
            element.set("number", str(number))

    return edit


def reorder(*numbers: int) -> Edit:
    """Another order of the stages in the file; each keeps its number."""

    def edit(tree: etree._Element) -> None:
        for element in [stage(tree, number) for number in numbers]:
            element.getparent().append(element)

    return edit


def recursive_gain(frequencies: npt.ArrayLike, rate: float) -> ComplexArray:
    """The response of the recursive filter at frequencies in Hz, sampled at a rate in Hz."""
    z = np.exp(2j * np.pi * np.asarray(frequencies) / rate)
    gain: ComplexArray = _RECURSIVE_FACTOR * z / (z - 0.5)
    return gain


def digital_poles_and_zeros(decimation: bool) -> Edit:
    """A last stage that is a recursive filter of the digitizer's counts, 1 at 1 Hz."""
    text = f"""<PolesZeros xmlns="{NAMESPACE[1:-1]}">
        <InputUnits><Name>COUNTS</Name></InputUnits>
        <OutputUnits><Name>COUNTS</Name></OutputUnits>
        <PzTransferFunctionType>DIGITAL (Z-TRANSFORM)</PzTransferFunctionType>
        <NormalizationFactor>{_RECURSIVE_FACTOR!r}</NormalizationFactor>
        <NormalizationFrequency>1.0</NormalizationFrequency>
        <Zero number="0"><Real>0.0</Real><Imaginary>0.0</Imaginary></Zero>
        <Pole number="0"><Real>0.5</Real><Imaginary>0.0</Imaginary></Pole>
    </PolesZeros>"""

    def edit(tree: etree._Element) -> None:
        last = stage(tree, 4)
        last.replace(last.find(path("FIR")), etree.fromstring(text))
        if not decimation:
            last.remove(last.find(path("Decimation")))

    return edit


def without(name: str, epoch: int = -1) -> Edit:
    """An epoch of the channel without one of its elements, such as "Depth"."""

    def edit(tree: etree._Element) -> None:
        channel = elements(tree, "Channel")[epoch]
        channel.remove(channel.find(path(name)))

    return edit


def old_epoch(end: str = "") -> Edit:
    """An older epoch, of twice the sensor's gain, after the channel's own in the file.

    It has all coordinates, whatever the channel's own has lost.

    Args:
        end: its last instant; "" leaves it open.
    """

    def edit(tree: etree._Element) -> None:
        (own,) = elements(tree, "Channel")
        old = copy.deepcopy(own)
        own.set("startDate", "2020-01-01T00:00:00")
        old.set("startDate", "2015-01-01T00:00:00")
        if end:
            old.set("endDate", end)
        for names in ("Response/Stage/StageGain/Value", "Response/InstrumentSensitivity/Value"):
            value = old.find(path(names))
            value.text = repr(2 * float(value.text))
        for name in ("Depth", "Elevation", "Longitude", "Latitude"):
            if old.find(path(name)) is None:
                element = etree.Element(path(name))
                element.text = "0.0"
                old.insert(0, element)
        own.addnext(old)

    return edit
