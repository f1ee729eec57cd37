"""Channel patterns with wildcards."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import ChannelPattern, match_codes
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError

DAY = Day(2019, 183)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("CI.SOC.HH?.*", "CISOC__HH"),
        ("CI.SOC.HHZ.*", "CISOC__HHZ"),
        ("CI.SOC.HHZ.2?", "CISOC__HHZ2"),
        ("CI.*.HH?.*", "CI"),
        ("CI.SO*.HHZ.", "CISO"),
        ("CI.S?C.HHZ.", "CIS"),
        ("CI.SOC.*.", "CISOC__"),
        ("CI.PASC.H*.00", "CIPASC_H"),
        ("CE.13884.HN?.10", "CE13884HN"),
        ("C?.SOC.HHZ.", "C"),
        ("*.SOC.HHZ.", ""),
        ("*.*.*.*", ""),
        ("N.A*.HHZ.", "N_A"),
    ],
)
def test_prefix(text, prefix):
    codes = ChannelPattern.parse(text).codes
    assert SCEDC.listing_prefix(DAY, codes) == f"continuous_waveforms/2019/2019_183/{prefix}"


@pytest.mark.parametrize(
    ("text", "fit", "unfit"),
    [
        ("CI.SOC.HH?.*", "CI.SOC.HHZ. CI.SOC.HHE.00", "CI.SOC.HNZ. CI.SOCX.HHZ. CE.SOC.HHZ."),
        ("CI.SOC.HH?.", "CI.SOC.HHZ.", "CI.SOC.HHZ.00"),
        ("CI.SOC.HH?", "CI.SOC.HHZ.", "CI.SOC.HHZ.00"),
        ("CI.SOC.HH?.--", "CI.SOC.HHZ.", "CI.SOC.HHZ.00"),
        ("CI.SOC.HH?.  ", "CI.SOC.HHZ.", "CI.SOC.HHZ.00"),
        ("CI.SOC.HHZ.*", "CI.SOC.HHZ. CI.SOC.HHZ.2C", "CI.SOC.HHN."),
        ("CI.SOC.HHZ.?C", "CI.SOC.HHZ.2C", "CI.SOC.HHZ. CI.SOC.HHZ.C"),
        ("CI.S*.HHZ.", "CI.S.HHZ. CI.SBB2.HHZ.", "CI.PAS.HHZ."),
        ("*.*.??Z.*", "CI.SOC.HHZ. N.A.BHZ.00", "CI.SOC.HHN."),
        ("*.*.*.*", "CI.SOC.HHZ. CE.13884.HNZ.10", ""),
    ],
)
def test_matching_channels(text, fit, unfit):
    fits = ChannelPattern.parse(text).regex.fullmatch
    assert all(fits(nscl) for nscl in fit.split())
    assert not any(fits(nscl) for nscl in unfit.split())


CODES = st.text("AB1", min_size=1, max_size=2)
PATTERNS = st.text("AB1*?", min_size=1, max_size=3)


@given(CODES, CODES, st.text("AB1", min_size=3, max_size=3), CODES, st.lists(PATTERNS, min_size=4))
def test_matching_channels_have_the_prefix(network, station, channel, location, patterns):
    """Listing relies on this property. Wildcards mean the same as in shells.

    A pattern may have the codes in either order: a channel matches in one of them.
    """
    text = ".".join(patterns[:4])
    try:
        pattern = ChannelPattern.parse(text)
    except BadRequestError:
        return
    if pattern.channel:
        return
    found = ChannelId(network, station, channel, location)
    fits = bool(pattern.regex.fullmatch(found.nscl))
    orders = [name.split(".") for name in (found.nscl, found.seed_id)]
    assert fits == any(all(map(fnmatchcase, order, patterns)) for order in orders)
    if fits:
        prefix = SCEDC.listing_prefix(DAY, pattern.codes)
        assert SCEDC.waveform_key(found, DAY).startswith(prefix)


def test_without_wildcards_it_is_a_channel():
    pattern = ChannelPattern.parse("CI.SOC.HHZ.--")
    assert pattern.channel == ChannelId("CI", "SOC", "HHZ")
    assert str(pattern) == "CI.SOC.HHZ."
    assert ChannelPattern.parse("CI.SOC.HH?.").channel is None
    prefix = SCEDC.listing_prefix(DAY, pattern.codes)
    assert SCEDC.waveform_key(pattern.channel, DAY).startswith(prefix)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CI.SOC", "must be network.station.channel.location"),
        ("CI.SOC.H*", None),
        ("CI.*", "must be network.station.channel.location"),
        ("CI.*.HHZ.00.1", "must be network.station.channel.location"),
        ("c-.*.HHZ.", "network code 'C-'"),
        ("CI.SOC.H*.*", "could be the channel 'H*' at the location '*', or the channel '*'"),
        ("CI.*.HHZZ.", "channel code 'HHZZ'"),
        ("CI.??????.HHZ.", "station code '??????'"),
        ("CI..HH?.", "station code ''"),
        ("CI.S C.HH?.", "station code 'S C'"),
        ("CI.[AB].HH?.", "station code '[AB]'"),
        ("CI.SOC.HHZ.000*", "location code '000*'"),
        ("CI.SOC.HHZ.1234", "location code '1234'"),
        ("CI.*\n.HHZ.", "station code"),
    ],
)
def test_invalid_patterns(text, said):
    if said is None:
        ChannelPattern.parse(text)
        return
    with pytest.raises(BadRequestError) as raised:
        ChannelPattern.parse(text)
    assert said in raised.value.message
    assert raised.value.message.startswith(f"nscl {text!r}: ")


@given(st.lists(st.text("AB1*?", max_size=4), max_size=40), st.lists(st.text("AB1", max_size=5)))
def test_codes_match_as_in_shells(patterns, codes):
    matches = match_codes(tuple(patterns))
    for code in codes:
        assert matches(code) == any(fnmatchcase(code, pattern) for pattern in patterns)


def test_codes_of_many_wildcards_are_matched_quickly():
    """A regular expression would go back and forth between them for years."""
    for pattern in ("*" * 5_000, "*" * 5_000 + "X", "*A" * 2_000, "?*" * 500):
        assert match_codes((pattern,))("AAAAA") == (pattern == "*" * 5_000)
    assert match_codes(("A.C", "[A-Z]*"))("ABC") is False
