"""Mending of StationXML that ObsPy's reader would drop or refuse, before it reads it.

The reader drops a channel epoch without coordinates, so that an older epoch would take its place.
It takes a gain that is not a number for no gain, a part of a pole that is not one for 0, and it
refuses a whole file for one stage. Each change is a finding of the epoch (`findings`): a note, or a
fault for which the response is emptied.
"""

import math
from collections.abc import Iterable, Iterator

from lxml import etree

from shared.stations._dates import mend_dates
from shared.stations.findings import add_fault, add_note

_COORDINATES = {
    "Latitude": (-90.0, 90.0),
    "Longitude": (-180.0, 180.0),
    "Elevation": (-math.inf, math.inf),
    "Depth": (-math.inf, math.inf),
}
_ANGLES = {"Azimuth": (0.0, 360.0), "Dip": (-90.0, 90.0)}

_NUMBERS = (
    "Value",
    "Frequency",
    "Real",
    "Imaginary",
    "Numerator",
    "Denominator",
    "NumeratorCoefficient",
    "Coefficient",
    "Amplitude",
    "Phase",
)
"""Elements of a stage that are numbers, and that every evaluation of it depends on."""

_WHOLE_NUMBERS = ("Factor", "Offset")
_MAX_DIGITS = 9

_OPTIONAL_NUMBERS = (
    "SampleRate",
    "ClockDrift",
    "InputSampleRate",
    "Delay",
    "Correction",
    "NormalizationFrequency",
)
"""Elements whose numbers are not needed. ObsPy passes over text, and takes an infinity."""

_NUMBERED = {
    "Coefficient": "number",
    "NumeratorCoefficient": "i",
    "Numerator": "number",
    "Denominator": "number",
}
"""Elements whose order counts, and the attribute that states it. ObsPy takes them as they stand in
the file. In a polynomial, the place is the power."""

_POLYNOMIALS = ("Polynomial", "InstrumentPolynomial")


def mend(tree: "etree._ElementTree") -> None:
    """Mend all epochs of a StationXML tree, in place, as far as their text shows their faults."""
    for epoch in tree.iter("{*}Channel"):
        for response in epoch.findall("{*}Response"):
            stages = response.findall("{*}Stage")
            faults = [fault for stage in stages for fault in _stage_faults(stage)]
            faults += _order_coefficients(epoch, response)
            for fault in faults:
                add_fault(epoch, fault)
            for stage in stages:
                for note in _mend_stage(stage):
                    add_note(epoch, note)
            if faults:
                response[:] = []
        _mend_place(epoch)
        _remove_not_finite(epoch)
    mend_dates(tree)
    for station in tree.iter("{*}Station"):
        for name in ("Latitude", "Longitude", "Elevation"):
            if not _is_number(station.findtext(f"{{*}}{name}"), *_COORDINATES[name]):
                _write(station, name, "0.0")


def _stage_faults(stage: "etree._Element") -> Iterator[str]:
    """Yield the faults of a stage that the reader would pass over, or refuse the file for."""
    if not len(stage):
        return
    number = stage.get("number")
    if not (number or "").strip().lstrip("-").isdigit():
        yield f"a stage has the number {number!r}: must be an integer"
    polynomial = stage.find("{*}Polynomial") is not None  # its coefficients stand for the gain
    for name in ("Value", "Frequency"):
        if not polynomial and stage.find(f"{{*}}StageGain/{{*}}{name}") is None:
            yield f"stage {number}: it has no StageGain/{name}"
    for element in stage.iter(*(f"{{*}}{name}" for name in _NUMBERS)):
        parent = etree.QName(element.getparent()).localname
        if not _is_number(element.text) and not (polynomial and parent == "StageGain"):
            path = f"{parent}/{etree.QName(element).localname}"
            text = (element.text or "").strip()
            yield f"stage {number}: {path} is {text!r}: must be a finite number"
    for element in stage.iterfind("{*}Decimation/*"):
        text = (element.text or "").strip()
        name = etree.QName(element).localname
        if name in _WHOLE_NUMBERS and text.lstrip("+-").isdigit() and len(text) > _MAX_DIGITS:
            yield f"stage {number}: Decimation/{name} has {len(text)} digits: not usable"


def _mend_stage(stage: "etree._Element") -> Iterator[str]:
    """Mend a stage, and yield notes of changes that the reader makes, or that are made here."""
    number = stage.get("number")
    if not len(stage):
        yield f"stage {number} is empty in the StationXML: left out"
    for element in stage.findall("{*}PolesZeros/{*}NormalizationFactor"):
        if not _is_number(element.text):
            text, element.text = (element.text or "").strip(), None
            yield f"stage {number}: NormalizationFactor is {text!r}: taken from poles and zeros"


def _order_coefficients(epoch: "etree._Element", response: "etree._Element") -> Iterator[str]:
    """Put numbered coefficients into order, with a note, and yield faults of their numbers."""
    for parent in response.iter(
        *(f"{{*}}{name}" for name in (*_POLYNOMIALS, "FIR", "Coefficients"))
    ):
        kind, number = etree.QName(parent).localname, parent.getparent().get("number")
        for name, attribute in _NUMBERED.items():
            children = parent.findall(f"{{*}}{name}")
            numbers = _numbers(child.get(attribute) for child in children)
            if not numbers:
                continue
            where = f"stage {number}: {kind}/{name}" if number else f"{kind}/{name}"
            listed = ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
            if numbers != sorted(numbers):
                place = parent.index(children[0])
                for child in children:
                    parent.remove(child)
                order = sorted(range(len(numbers)), key=numbers.__getitem__)
                parent[place:place] = [children[index] for index in order]
                add_note(epoch, f"{where} has the numbers {listed} in the StationXML: put in order")
            if kind in _POLYNOMIALS and max(numbers) - min(numbers) >= len(numbers):
                yield f"{where} has the numbers {listed}: must be consecutive, as they are powers"


def _mend_place(epoch: "etree._Element") -> None:
    """Complete the coordinates of an epoch, without which the reader drops it."""
    station = epoch.getparent()
    for name, limits in _COORDINATES.items():
        text = epoch.findtext(f"{{*}}{name}")
        if not _is_number(text, *limits):
            other = station.findtext(f"{{*}}{name}")
            usable = _is_number(other, *limits)
            _write(epoch, name, other if usable else "0.0")
            source = f"{other.strip()}, the station's" if usable else "0"
            stated = "is missing" if text is None else f"is {text.strip()!r}"
            add_note(epoch, f"the coordinate {name} {stated} in the StationXML: taken as {source}")
    for name, limits in _ANGLES.items():
        element = epoch.find(f"{{*}}{name}")
        if element is not None and not _is_number(element.text, *limits):
            epoch.remove(element)
            add_note(epoch, f"{name} is {element.text!r} in the StationXML: left out")


def _remove_not_finite(epoch: "etree._Element") -> None:
    """Remove numbers that are none, or not finite, and not needed, with a note."""
    for element in list(epoch.iter(*(f"{{*}}{name}" for name in _OPTIONAL_NUMBERS))):
        if not _is_number(element.text):
            stages = (stage.get("number") for stage in element.iterancestors("{*}Stage"))
            where = "".join(f"stage {number}: " for number in stages)
            name = etree.QName(element).localname
            text = (element.text or "").strip()
            add_note(epoch, f"{where}{name} is {text!r} in the StationXML: left out")
            element.getparent().remove(element)


def _write(parent: "etree._Element", name: str, text: str) -> None:
    element = parent.find(f"{{*}}{name}")
    if element is None:
        element = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name))
    element.text = text


def _numbers(texts: Iterable[str | None]) -> list[int]:
    """Return the numbers of elements; none if they do not all have one, each another."""
    try:
        numbers = [int(text or "") for text in texts]
    except ValueError:
        return []
    return numbers if len(set(numbers)) == len(numbers) else []


def _is_number(text: str | None, lowest: float = -math.inf, highest: float = math.inf) -> bool:
    try:
        value = float(text or "")
    except ValueError:
        return False
    return math.isfinite(value) and lowest <= value <= highest
