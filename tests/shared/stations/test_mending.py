"""Row 4 of docs/correctness.md: StationXML that ObsPy's reader would drop or refuse."""

import pytest
from lxml import etree
from obspy.core.inventory import Channel

from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.stations.findings import faults, notes
from shared.stations.stationxml import StationXML, read_stationxml
from tests.support import metadata_faults
from tests.support.known_instruments import (
    NAMESPACE,
    SEISMOMETER,
    channel,
    elements,
    stationxml,
)
from tests.support.metadata_faults import RATE, Edit, both, four_stages, old_epoch, write

NSCL = "XX.TRUE.BHZ."


def first(path: str, text: str) -> Edit:
    """Another text for the first element of a path."""

    def edit(tree: etree._Element) -> None:
        elements(tree, path)[0].text = text

    return edit


def without_number(tree: etree._Element) -> None:
    del metadata_faults.stage(tree, 2).attrib["number"]


def emptied(tree: etree._Element) -> None:
    metadata_faults.stage(tree, 4)[:] = []


def station_without_latitude(tree: etree._Element) -> None:
    for path in ("Station/Latitude", "Channel/Latitude"):
        (element,) = elements(tree, path)
        element.getparent().remove(element)


def read(*edits: Edit) -> list[Channel]:
    """Read the epochs of an edited file."""
    tree = stationxml(NSCL, channel(NSCL, four_stages(), RATE, azimuth=0.0, dip=-90.0))
    both(*edits)(tree)
    source = SCEDC.object(SCEDC.stationxml_keys("XX", "TRUE")[0])
    file = StationXML(source, ChannelId.parse(NSCL), etree.tostring(tree))
    network, *_ = read_stationxml(file)
    return list(network[0])


FAULTS: dict[str, tuple[Edit, str]] = {
    "gain": (write(2, "StageGain/Value", "1,5"), "stage 2: StageGain/Value is '1,5': must be"),
    "frequency": (write(2, "StageGain/Frequency", ""), "stage 2: StageGain/Frequency is ''"),
    "no frequency": (metadata_faults.drop(2, "StageGain/Frequency"), "no StageGain/Frequency"),
    "pole": (first("Pole/Imaginary", "x"), "stage 1: Pole/Imaginary is 'x': must be"),
    "infinite zero": (first("Zero/Real", "INF"), "stage 1: Zero/Real is 'INF': must be"),
    "coefficient": (first("FIR/NumeratorCoefficient", ""), "FIR/NumeratorCoefficient is ''"),
    "number": (without_number, "a stage has the number None: must be an integer"),
    "kind": (first("PzTransferFunctionType", "FOO"), "stage 1: ObsPy cannot read it: 'FOO' is no"),
    "symmetry": (first("FIR/Symmetry", "FOO"), "stage 4"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_kept_with_its_epoch(name: str) -> None:
    """The other epochs can be read, and so can the faulty one, without its response."""
    fault, words = FAULTS[name]
    epochs = read(fault, old_epoch("2020-01-01T00:00:00"))
    assert len(epochs) == 2
    if name == "symmetry":  # which the reader takes as it is
        assert [faults(epoch) for epoch in epochs] == [[], []]
        return
    assert len(faults(epochs[0])) == 1
    assert words in faults(epochs[0])[0]
    assert epochs[0].response.response_stages == []
    if name not in ("gain", "frequency", "no frequency"):
        return  # the old epoch is a copy of the faulty one
    epochs = read(old_epoch("2020-01-01T00:00:00"), fault)
    assert [bool(faults(epoch)) for epoch in epochs] == [False, True]
    assert len(epochs[0].response.response_stages) == 4


NOTES: dict[str, tuple[Edit, str]] = {
    "latitude": (
        first("Channel/Latitude", "95"),
        "Latitude is '95' in the StationXML: taken as 34",
    ),
    "depth": (metadata_faults.without("Depth"), "Depth is missing in the StationXML: taken as 0"),
    "azimuth": (first("Channel/Azimuth", "361"), "Azimuth is '361' in the StationXML: left out"),
    "no latitude at all": (station_without_latitude, "Latitude is missing"),
    "normalization": (
        first("PolesZeros/NormalizationFactor", "?"),
        "stage 1: NormalizationFactor is '?': taken from poles and zeros",
    ),
    "empty stage": (emptied, "stage 4 is empty in the StationXML: left out"),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_change_is_a_note(name: str) -> None:
    change, words = NOTES[name]
    (epoch,) = read(change)
    assert [text for text in notes(epoch) if words in text], notes(epoch)
    assert faults(epoch) == []
    assert epoch.response.response_stages[0].normalization_factor == pytest.approx(
        SEISMOMETER.normalization
    )


def test_nothing_is_found_in_ordinary_metadata() -> None:
    def remark(tree: etree._Element) -> None:
        (response,) = elements(tree, "Channel/Response")
        response.insert(1, etree.Comment("stages"))

    (epoch,) = read(remark)
    assert (faults(epoch), notes(epoch)) == ([], [])
    assert len(epoch.response.response_stages) == 4


def numbered(names: str, attribute: str, *numbers: int) -> Edit:
    """Numbered coefficients of the last stage, as a filter or as a polynomial."""

    kind, name = (f"{NAMESPACE}{part}" for part in names.split("/"))

    def edit(tree: etree._Element) -> None:
        parent = metadata_faults.stage(tree, 4).find(metadata_faults.path("FIR"))
        for element in parent.findall(metadata_faults.path("NumeratorCoefficient")):
            parent.remove(element)
        parent.tag = kind
        for number in numbers:
            etree.SubElement(parent, name, {attribute: str(number)}).text = str(float(number))

    return edit


@pytest.mark.parametrize("numbers", [(0, 1, 2), (1, 2, 3), (7, 7, 7)])
def test_numbers_in_order_are_no_finding(numbers: tuple[int, ...]) -> None:
    (epoch,) = read(numbered("FIR/NumeratorCoefficient", "i", *numbers))
    assert (faults(epoch), notes(epoch)) == ([], [])


def test_coefficients_count_by_their_numbers() -> None:
    (epoch,) = read(numbered("FIR/NumeratorCoefficient", "i", 3, 1, 2))
    (note,) = notes(epoch)
    assert note.startswith("stage 4: FIR/NumeratorCoefficient has the numbers 3, 1, 2 in the")
    assert epoch.response.response_stages[-1].coefficients == [1.0, 2.0, 3.0]
    (epoch,) = read(numbered("Polynomial/Coefficient", "number", 2, 1, 4))
    assert faults(epoch) == [
        "stage 4: Polynomial/Coefficient has the numbers 2, 1, 4: must be consecutive, as they are"
        " powers"
    ]


@pytest.mark.parametrize("name", ["startDate", "endDate"])
def test_an_unreadable_date_is_a_note(name: str) -> None:
    def edit(tree: etree._Element) -> None:
        elements(tree, "Channel")[0].set(name, "soon")

    (epoch,) = read(edit)
    assert notes(epoch) == [f"{name} is 'soon' in the StationXML: the epoch is taken as open"]
