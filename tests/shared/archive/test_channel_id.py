"""Only valid SEED codes pass, as codes become parts of keys and paths."""

import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shared.archive.channel_id import ChannelId, blank_location
from shared.errors import BadRequestError
from shared.fields import shown

SEED = string.ascii_uppercase + string.digits
LENGTHS = {"network": (1, 2), "station": (1, 5), "channel": (3, 3), "location": (0, 2)}
GOOD = {"network": "CI", "station": "SOC", "channel": "HHZ", "location": "00"}

# Characters similar to valid ones: Arabic and full-width digits, Greek and Cyrillic capitals, ...
nasty_text = st.text(
    st.one_of(st.sampled_from(SEED), st.sampled_from("az_-./\\ \n\t\0*?%é١0AΑАİK\u00a0\u2028")),
    max_size=7,
)
any_text = st.one_of(nasty_text, st.text(max_size=7))
codes = {name: st.text(SEED, min_size=a, max_size=b) for name, (a, b) in LENGTHS.items()}
channel_ids = st.builds(ChannelId, **codes)


def is_seed(name, code):
    low, high = LENGTHS[name]
    return low <= len(code) <= high and set(code) <= set(SEED)


@pytest.mark.parametrize("field", LENGTHS)
@pytest.mark.parametrize("character", "٣３²AАİaé_-.*?%/\\ \t\n\0")
def test_one_wrong_character_is_enough(field, character):
    """At each position of a code of the right length."""
    length = LENGTHS[field][1]
    for place in range(length):
        code = "X" * place + character + "X" * (length - place - 1)
        right = character == "A" or (field == "location" and code == "X ")
        if right:
            ChannelId(**{**GOOD, field: code})
        else:
            with pytest.raises(BadRequestError):
                ChannelId(**{**GOOD, field: code})


@pytest.mark.parametrize("field", LENGTHS)
@given(text=any_text)
@example(text="..")
@example(text="SOC\n")
@example(text="A\n")
@example(text="\n")
@example(text="/")
@example(text="١٢٣")
def test_a_code_passes_if_it_is_one_of_seed(field, text):
    right = is_seed(field, text)
    if field == "location":
        right = is_seed(field, text.rstrip(" ")) or text == "--"
    if right:
        assert is_seed(field, getattr(ChannelId(**{**GOOD, field: text}), field))
    else:
        with pytest.raises(BadRequestError) as caught:
            ChannelId(**{**GOOD, field: text})
        assert caught.value.details == {"field": field}
        assert field in caught.value.message


@given(text=st.one_of(nasty_text, st.lists(any_text, max_size=5).map(".".join)))
@example(text="CI.SOC.HHZ.\n")
@example(text="CI.SOC.HHZ\n")
@example(text="CI.SOC.HHZ.00.")
@example(text="CI...HHZ")
@example(text="...")
def test_no_text_makes_a_channel_that_seed_does_not_have(text):
    try:
        channel = ChannelId.parse(text)
    except BadRequestError as error:
        assert shown(text) in error.message  # noqa: PT017
        assert error.details == {"field": "nscl"}  # noqa: PT017
        return
    for name in LENGTHS:
        assert is_seed(name, getattr(channel, name))


@pytest.mark.parametrize(
    "nscl",
    [
        "",
        "CI",
        "CI.SOC",
        ".SOC.HHZ.",
        "CI..HHZ.",
        "CI.SOC..",
        "CI.SOC.HHZ.00.",
        "CI.SOC.HHZ..",
        "C-I.SOC.HHZ.",
        "CIX.SOC.HHZ.",
        "CI.SOCSOC.HHZ.",
        "CI.SOC.HH.",
        "CI.SOC.HHZZ.",
        "CI.SOC.HHZ.000",
        "CI.SOC.HHZ.-",
        "CI.SOC.HHZ.---",
        "CI.SOC.HHZ. 0",
        "CI.SOC\n.HHZ.",
        "\u00a0CI.SOC.HHZ.",
        "Cı.SOC.HHZ.",
        "CI.SOß.HHZ.",
        "CI.../../etc.HHZ.",
        "../.SOC.HHZ.",
        "CI.SO/C.HHZ.",
        "CI.SO\\C.HHZ.",
        "CI.SO%2F.HHZ.",
        "CI.*.HHZ.",
        "CI.SOC.BH?.",
        "CI.SÖC.HHZ.",
        "CI.SOC.HHZ.٠٠",
        "CI.13٨84.HNZ.10",
        "CI,SOC,HHZ,",
        "CI_SOC_HHZ_",
    ],
)
def test_malformed_nscl_is_refused(nscl):
    with pytest.raises(BadRequestError) as caught:
        ChannelId.parse(nscl)
    message = caught.value.message
    assert repr(nscl) in message
    assert "network.station.channel.location" in message
    assert "CI.SOC.HHZ." in message


@pytest.mark.parametrize(
    ("nscl", "channel"),
    [
        ("CI.SOC.HHZ.", ChannelId("CI", "SOC", "HHZ", "")),
        ("CI.SOC.HHZ", ChannelId("CI", "SOC", "HHZ", "")),
        ("CI.SOC.HHZ.--", ChannelId("CI", "SOC", "HHZ", "")),
        ("CI.SOC.HHZ.  ", ChannelId("CI", "SOC", "HHZ", "")),
        ("CE.13884.HNZ.10", ChannelId("CE", "13884", "HNZ", "10")),
        ("CI.WBM.HNZ.2C", ChannelId("CI", "WBM", "HNZ", "2C")),
        ("Z.1.BH1.0", ChannelId("Z", "1", "BH1", "0")),
    ],
)
def test_nscl(nscl, channel):
    assert ChannelId.parse(nscl) == channel


@pytest.mark.parametrize("blank", ["", "--", "  ", " "])
def test_blank_location_has_one_form(blank):
    assert blank_location(blank) == ""
    channel = ChannelId("CI", "SOC", "HHZ", blank)
    assert channel == ChannelId("CI", "SOC", "HHZ")
    assert hash(channel) == hash(ChannelId("CI", "SOC", "HHZ"))
    assert channel.location == ""


@pytest.mark.parametrize("location", ["00", "2C", "0", "-", "---", "-- "])
def test_no_other_location_is_blank(location):
    assert blank_location(location) != ""


@given(channel=channel_ids)
def test_nscl_round_trip(channel):
    assert ChannelId.parse(channel.nscl) == channel


@given(channel=channel_ids)
def test_seed_id_is_obspys(channel):
    network, station, location, code = channel.seed_id.split(".")
    assert ChannelId(network, station, code, location) == channel
    assert ChannelId.parse(channel.seed_id) == channel
    assert ChannelId.parse(channel.seed_id.lower()) == channel


def test_names():
    channel = ChannelId("CI", "WBM", "HNZ", "2C")
    assert channel.nscl == "CI.WBM.HNZ.2C"
    assert channel.seed_id == "CI.WBM.2C.HNZ"
    assert ChannelId("CI", "SOC", "HHZ").seed_id == "CI.SOC..HHZ"


@given(one=channel_ids, other=channel_ids)
def test_different_channels_have_different_names(one, other):
    assume(one != other)
    assert one.nscl != other.nscl
    assert one.seed_id != other.seed_id


def test_channel_cannot_be_changed():
    with pytest.raises(AttributeError):
        ChannelId("CI", "SOC", "HHZ").station = "../.."
