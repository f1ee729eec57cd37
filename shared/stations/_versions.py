"""StationXML of schemas 1.0 and 1.1, and with parts in the wrong place, as valid 1.2.

The schemas are at https://www.fdsn.org/xml/station. From 1.0 to 1.1, `StorageFormat` went, an
`Operator` got a single `Agency`, coefficients lost their unit, and a stage with a polynomial its
gain. 1.2 changed the text of the schema alone. Whatever has no place in 1.2 stays as a comment of
its channel.
"""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from shared.stations._summarize import NAMESPACE

_NODE = "Description Identifier Comment DataAvailability *"
_EQUIPMENT = (
    "Type Description Manufacturer Vendor Model SerialNumber InstallationDate RemovalDate"
    " CalibrationDate *"
)
_FILTER = "Description InputUnits OutputUnits *"
_POLYNOMIAL = (
    f"{_FILTER} ApproximationType FrequencyLowerBound FrequencyUpperBound ApproximationLowerBound"
    " ApproximationUpperBound MaximumError Coefficient"
)
_SEQUENCES = {
    "Network": f"{_NODE} Operator TotalNumberStations SelectedNumberStations Station",
    "Station": (
        f"{_NODE} Latitude Longitude Elevation Site WaterLevel Vault Geology Equipment Operator"
        " CreationDate TerminationDate TotalNumberChannels SelectedNumberChannels ExternalReference"
        " Channel"
    ),
    "Channel": (
        f"{_NODE} ExternalReference Latitude Longitude Elevation Depth Azimuth Dip WaterLevel Type"
        " SampleRate SampleRateRatio ClockDrift CalibrationUnits Sensor PreAmplifier DataLogger"
        " Equipment Response"
    ),
    "DataAvailability": "Extent Span *",
    "Site": "Name Description Town County Region Country *",
    "Sensor": _EQUIPMENT,
    "PreAmplifier": _EQUIPMENT,
    "DataLogger": _EQUIPMENT,
    "Equipment": _EQUIPMENT,
    "Response": "InstrumentSensitivity InstrumentPolynomial Stage *",
    "InstrumentPolynomial": _POLYNOMIAL,
    "Stage": "PolesZeros Coefficients ResponseList FIR Decimation StageGain Polynomial *",
    "PolesZeros": (
        f"{_FILTER} PzTransferFunctionType NormalizationFactor NormalizationFrequency Zero Pole"
    ),
    "Coefficients": f"{_FILTER} CfTransferFunctionType Numerator Denominator",
    "ResponseList": f"{_FILTER} ResponseListElement",
    "FIR": f"{_FILTER} Symmetry NumeratorCoefficient",
    "Polynomial": _POLYNOMIAL,
}
"""The children of each element that may have elements of other namespaces, in order; "*" is their
place. All other elements must have neither such children nor such attributes."""

_RANKS = {
    f"{{{NAMESPACE}}}{name}": {
        child if child == "*" else f"{{{NAMESPACE}}}{child}": rank
        for rank, child in enumerate(sequence.split())
    }
    for name, sequence in _SEQUENCES.items()
}
_NODES = ("Network", "Station", "Channel")
_MOST_AGENCIES = 10
"""Further agencies of one operator that get its contacts, too."""

_ATTRIBUTES_OF_EXTENTS = {f"{{{NAMESPACE}}}{name}" for name in ("Extent", "Span")}


def to_current_version(root: "etree._Element") -> None:
    """Change an element in place, so that it follows schema 1.2 as far as its parts do.

    Args:
        root: an element Network or Station, with all that is in it.
    """
    for channel in root.iter(_tag("Channel")):
        comments = [*_without_unknown(channel), *_without_gains(channel)]
        place = place_after_comments(channel)
        channel[place:place] = comments
    for coefficient in root.iter(_tag("Numerator"), _tag("Denominator")):
        coefficient.attrib.pop("unit", None)
    for operator in list(root.iter(_tag("Operator"))):
        _split_agencies(operator)
    _name_sites(root)
    has_others = any(_other_names(root))
    names = _RANKS if has_others else map(_tag, _NODES)
    for element in list(root.iter(*names)):
        put_in_order(element)
    if has_others:
        _remove_misplaced(root)


def place_after_comments(parent: "etree._Element") -> int:
    """Return the place after the description, identifiers and comments of an element."""
    before = {_tag(name) for name in ("Description", "Identifier", "Comment")}
    places = (place + 1 for place, child in enumerate(parent) if child.tag in before)
    return max(places, default=0)


def put_in_order(element: "etree._Element") -> None:
    """Put the children of an element of `_SEQUENCES` into the schema's order, if they are not."""
    ranks = _RANKS[element.tag]
    last = len(ranks)
    found = []
    rank = -1
    for child in element:
        if isinstance(child.tag, str):  # a comment or instruction of XML stays before its element
            is_own = child.tag.startswith(f"{{{NAMESPACE}}}")
            rank = ranks.get(child.tag if is_own else "*", last)
        found.append(rank)
    if found != sorted(found):
        ordered = sorted(zip(found, element, strict=True), key=lambda pair: pair[0])
        element[:] = [child for _, child in ordered]


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: "etree._Element", name: str) -> "etree._Element":
    return etree.SubElement(parent, _tag(name))


def _comment(subject: str, text: str) -> "etree._Element":
    comment = etree.Element(_tag("Comment"), subject=subject)
    _add(comment, "Value").text = text
    return comment


def _without_unknown(channel: "etree._Element") -> "Iterator[etree._Element]":
    """Remove a channel's elements that schema 1.2 does not know, and yield a comment for each."""
    known = _RANKS[_tag("Channel")]
    for child in list(channel):
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child)
        if name.namespace == NAMESPACE and child.tag not in known:
            channel.remove(child)
            yield _comment(name.localname, " ".join("".join(child.itertext()).split()))


def _without_gains(channel: "etree._Element") -> "Iterator[etree._Element]":
    """Remove gain and decimation beside polynomials of stages, and yield a comment for each."""
    for stage in channel.iter(_tag("Stage")):
        if stage.find(_tag("Polynomial")) is None:
            continue
        for name in ("Decimation", "StageGain"):
            for child in stage.findall(_tag(name)):
                stage.remove(child)
                parts = (part for part in child if isinstance(part.tag, str))
                texts = [f"{etree.QName(each).localname} {each.text or ''}" for each in parts]
                subject = f"Stage {stage.get('number')}: {name}"
                yield _comment(subject, ", ".join(" ".join(text.split()) for text in texts))


def _split_agencies(operator: "etree._Element") -> None:
    """Give each further agency of an operator an operator of its own, with the same contacts."""
    further = operator.findall(_tag("Agency"))[1:]
    for agency in further:
        operator.remove(agency)
    for number, agency in reversed(list(enumerate(further))):
        has_contacts = number < _MOST_AGENCIES
        other = deepcopy(operator) if has_contacts else etree.Element(_tag("Operator"))
        for first in other.findall(_tag("Agency")):
            other.remove(first)
        other.insert(0, agency)
        operator.addnext(other)


def _name_sites(root: "etree._Element") -> None:
    """Give each station the site and its name that the schema asks for, empty where unknown."""
    for station in root.iter(_tag("Station")):
        if station.find(_tag("Site")) is None:
            _add(station, "Site")
    for site in root.iter(_tag("Site")):
        if site.find(_tag("Name")) is None:
            site.insert(0, etree.Element(_tag("Name")))


def _other_names(root: "etree._Element") -> Iterator[str]:
    """Yield the names below the root whose namespace is not StationXML's."""
    own = f"{{{NAMESPACE}}}"
    for element in root.iterdescendants("*"):
        for name in (element.tag, *element.attrib):
            if name[0] == "{" and not name.startswith(own):
                yield name


def _remove_misplaced(root: "etree._Element") -> None:
    """Remove elements and attributes of other namespaces where the schema has no place for them."""
    for element in list(root.iter(f"{{{NAMESPACE}}}*")):
        if element.tag in _RANKS:
            continue
        for child in list(element):
            if isinstance(child.tag, str) and not child.tag.startswith(f"{{{NAMESPACE}}}"):
                element.remove(child)
        if element.tag not in _ATTRIBUTES_OF_EXTENTS:
            for name in [name for name in element.attrib if name[0] == "{"]:
                del element.attrib[name]
