"""Frames of Steim1 and Steim2 made by hand give ObsPy's samples."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.waveforms._payload import Fault
from tests.support.payloads import (
    LAYOUTS,
    STEIM1,
    STEIM2,
    frames,
    packed,
    read,
    record,
    same,
    sole,
    with_last,
)

CODES = [(version, code) for version, codes in LAYOUTS.items() for code in codes]


def check_frames(version, codes, words, first, *, little=False, drop=0, data_offset=64):
    """Compare hand-made frames with ObsPy, which warns of a wrong last sample but reads on."""
    table, count = frames(version, codes, words, first)
    npts = count - drop
    reclen = 2 ** (data_offset + 64 * len(table) - 1).bit_length()
    layout = {"reclen": reclen, "data_offset": data_offset, "little": little}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        truth = read(record(version, npts, packed(table, little), **layout))
    content = record(version, npts, packed(with_last(table, int(truth[-1])), little), **layout)
    found, fault = sole(content)
    assert fault == Fault.NONE
    same(found, truth)
    wrong = record(version, npts, packed(with_last(table, int(truth[-1]) ^ 1), little), **layout)
    assert sole(wrong)[1] == Fault.LAST_SAMPLE_DIFFERS


@pytest.mark.parametrize("little", [False, True])
@pytest.mark.parametrize(("version", "code"), CODES)
def test_every_code_is_decoded_as_obspy_does(version, code, little):
    words = np.random.default_rng(code).integers(0, 2**32, 28).tolist()
    check_frames(version, [code] * 28, words, -5, little=little)
    check_frames(version, [code], [0xFFFFFFFF], 2**31 - 1, little=little)


@st.composite
def hand_made(draw):
    version = draw(st.sampled_from([STEIM1, STEIM2]))
    codes = st.sampled_from([0, *LAYOUTS[version]])
    coded = draw(st.lists(codes, min_size=1, max_size=40).filter(any))
    words = draw(st.lists(st.integers(0, 2**32 - 1), min_size=len(coded), max_size=len(coded)))
    drop = draw(st.integers(0, sum(LAYOUTS[version][code][0] for code in coded if code) - 1))
    return version, coded, words, draw(st.integers(-(2**31), 2**31 - 1)), drop


@settings(deadline=None, max_examples=40)
@given(hand_made(), st.booleans(), st.sampled_from([56, 64, 128]))
def test_hand_made_frames_are_decoded_as_obspy_does(made, little, data_offset):
    version, codes, words, first, drop = made
    check_frames(version, codes, words, first, little=little, drop=drop, data_offset=data_offset)


@pytest.mark.parametrize(("version", "code"), [(STEIM2, 8), (STEIM2, 15)])
def test_an_impossible_code_matters_up_to_the_last_sample(version, code):
    table, count = frames(version, [12] * 20, [0] * 20, 7)
    table = with_last(table, 7)
    table[1, 0] |= (code >> 2) << (30 - 2 * 8)
    table[1, 8] = (code & 3) << 30
    for npts, fault in ((count, Fault.NONE), (count + 1, Fault.IMPOSSIBLE_CODE)):
        assert sole(record(version, npts, packed(table, little=False)))[1] == fault
    truth = read(record(version, count, packed(table, little=False)))
    same(sole(record(version, count, packed(table, little=False)))[0], truth)


def test_differences_wrap_around():
    values = np.array([2**31 - 1, -(2**31), 2**31 - 1, 0, -(2**31)], np.int64)
    words = np.diff(values, prepend=values[0]) % 2**32
    table, count = frames(STEIM1, [12] * 5, words.tolist(), int(values[0]))
    content = record(STEIM1, count, packed(with_last(table, int(values[-1])), little=False))
    found, fault = sole(content)
    assert fault == Fault.NONE
    same(found, values.astype(np.int32))
    same(found, read(content))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([STEIM1, STEIM2]), st.integers(1, 600))
def test_random_frames_are_those_of_obspy_if_they_are_sound(seed, version, npts):
    payload = np.random.default_rng(seed).bytes(448)
    found, fault = sole(record(version, npts, payload))
    if fault == Fault.NONE:
        same(found, read(record(version, npts, payload)))
