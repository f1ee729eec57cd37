"""The fuzzer of StationXML: metadata with some edits end in an answer or an error, in time."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from lxml import etree

from tests.fuzz import judge
from tests.fuzz.ask import Question, ask
from tests.fuzz.examine import stationxml
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import KEY, STATIONXML_KEY, KnownDay
from tests.fuzz.memory_s3 import MemoryS3

Edit = tuple[Any, ...]
"""A name of an edit and its arguments; elements are numbered in the document's order."""

DAY = KnownDay()
VALUES = (
    "", " ", "0", "-0", "-1", "1", "2", "NaN", "INF", "-INF", "1e400", "1e-400", "1e308", "1e30",
    "9" * 400, "0x10", "1,5", "one", "true", "é𝄞", "M/S", "m/s**2", "PA", "V", "COUNTS", "NM/S",
    "LAPLACE (RADIANS/SECOND)", "DIGITAL (Z-TRANSFORM)", "BHZ", "CI", "BOM",
    "2024-01-01T00:01:00Z", "2024-13-45T00:00:00", "99999-01-01T00:00:00", "0000-00-00",
    "-0500-01-01T00:00:00", "1000-01-01T00:00:00Z", "2599-12-31T23:59:59", "2024-02-30",
    "x" * 9_000,
)  # fmt: skip
ATTRIBUTES = (
    "code", "locationCode", "startDate", "endDate", "number", "i", "resourceId", "name", "unit",
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-32", "latin-1", "utf-8-sig", "utf-7", "cp037")
PIECES = (
    b"<!--", b"]]>", b"<![CDATA[", b"&x;", b"&#0;", b"<", b"</Channel>", b"\xff\xfe", b"\xc3", b'"',
    b"<?xml version='1.1'?>", b'<!DOCTYPE a [<!ENTITY x "y">]>',
)  # fmt: skip
QUESTIONS = tuple(
    question
    for output in ("VEL", "DISP", "DEF")
    for question in (
        Question("day", output=output),
        Question("motion", output=output, seconds=(40.0, 75.0)),
        Question("motion", http=True, seconds=(40.0, 75.0), output=output, encoding="FLOAT32"),
        Question("motion", form="sac", seconds=(40.0, 75.0), output=output),
    )
)


@dataclass(frozen=True)
class Case:
    """A document, its edits, and a question that needs it.

    Attributes:
        document: "VEL" for a seismometer's, "DEF" for a polynomial's.
        edits: of the document.
        question: about the known day.
    """

    document: str
    edits: tuple[Edit, ...]
    question: Question


def generate(rng: np.random.Generator) -> Case:
    """Draw a case."""
    document = "VEL" if rng.random() < 0.7 else "DEF"
    content = stationxml(document)
    elements = len(list(etree.fromstring(content).iter()))
    count = int(rng.choice([1, 2, 4], p=[0.6, 0.25, 0.15]))
    edits = tuple(_edit(rng, elements, len(content)) for _ in range(count))
    return Case(document, edits, QUESTIONS[int(rng.integers(len(QUESTIONS)))])


def _edit(rng: np.random.Generator, elements: int, size: int) -> Edit:
    element = int(rng.integers(elements))
    value = VALUES[int(rng.integers(len(VALUES)))]
    kind = rng.random()
    if kind < 0.45:
        return "text", element, value
    if kind < 0.6:
        return "attribute", element, ATTRIBUTES[int(rng.integers(len(ATTRIBUTES)))], value
    if kind < 0.75:
        return "remove", element
    if kind < 0.85:
        return "twice", element, int(rng.choice([1, 2, 40]))
    if kind < 0.89:
        return "move", element, int(rng.integers(elements))
    if kind < 0.92:
        return "deep", element, int(rng.choice([10, 300, 5_000]))
    if kind < 0.95:
        return "encode", ENCODINGS[int(rng.integers(len(ENCODINGS)))]
    place = int(rng.integers(size))
    edits = [("cut", place), ("flip", 8 * place + int(rng.integers(8))), ("zeros", place)]
    edits += [("put", place, PIECES[int(rng.integers(len(PIECES)))])]
    return edits[int(rng.integers(len(edits)))]


def edited(content: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Return a document after edits, first those of elements and then those of bytes."""
    tree = etree.fromstring(content)
    for edit in edits:
        _edit_tree(tree, edit)
    changed = bytearray(etree.tostring(tree))
    for name, *arguments in edits:
        if name == "cut":
            del changed[arguments[0] :]
        elif name == "flip" and arguments[0] // 8 < len(changed):
            changed[arguments[0] // 8] ^= 1 << (arguments[0] % 8)
        elif name == "zeros":
            changed[arguments[0] : arguments[0]] = bytes(8)
        elif name == "put":
            changed[arguments[0] : arguments[0]] = arguments[1]
        elif name == "encode":
            text = changed.decode("utf-8", "replace")
            changed = bytearray(text.encode(arguments[0], "xmlcharrefreplace"))
    return bytes(changed)


def _edit_tree(tree: etree._Element, edit: Edit) -> None:
    name, place, *arguments = edit
    if name not in _TREE_EDITS:
        return
    elements = list(tree.iter())
    element = elements[place % len(elements)]
    if element.getparent() is not None or name in ("text", "attribute"):
        _TREE_EDITS[name](element, elements, *arguments)


def _text(element: etree._Element, _: list[etree._Element], text: str) -> None:
    element.text = text


def _attribute(element: etree._Element, _: list[etree._Element], name: str, value: str) -> None:
    element.set(name, value)


def _remove(element: etree._Element, _: list[etree._Element]) -> None:
    _parent(element).remove(element)


def _twice(element: etree._Element, _: list[etree._Element], more: int) -> None:
    for _number in range(more):
        element.addnext(deepcopy(element))


def _move(element: etree._Element, elements: list[etree._Element], to: int) -> None:
    target = elements[to % len(elements)]
    if element not in (target, *target.iterancestors()):
        target.append(element)


def _deep(element: etree._Element, _: list[etree._Element], levels: int) -> None:
    for _number in range(levels):
        around = etree.Element(element.tag)
        _parent(element).replace(element, around)
        around.append(element)


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


_TREE_EDITS: dict[str, Any] = {
    "text": _text,
    "attribute": _attribute,
    "remove": _remove,
    "twice": _twice,
    "move": _move,
    "deep": _deep,
}

_PLAUSIBLE = ("wrong samples", "loud samples", "blames with BadRequestError")
"""Another gain gives other numbers, and another corner may pass nothing: no check can know."""


def run(case: Case, s3: MemoryS3) -> list[Fault]:
    """Ask a question that needs the edited document; return the faults of the answer."""
    s3.put(KEY, DAY.content)
    s3.put(STATIONXML_KEY, edited(stationxml(case.document), case.edits))
    found = judge.faults(ask(case.question, s3), DAY, case.question)
    return [fault for fault in found if fault.kind not in _PLAUSIBLE]


def smaller(case: Case) -> list[Case]:
    """Return cases with one edit less."""
    if len(case.edits) < 2:
        return []
    return [
        Case(case.document, case.edits[:place] + case.edits[place + 1 :], case.question)
        for place in range(len(case.edits))
    ]
