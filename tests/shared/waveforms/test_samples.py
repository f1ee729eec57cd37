"""Payloads of every encoding give ObsPy's samples where they are sound."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.waveforms._payload import Payloads
from shared.waveforms._samples import decode
from tests.support.payloads import EVERY, FLOAT32, STEIM2, data, payloads, read, same, sole, written


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(EVERY),
    st.booleans(),
    st.integers(8, 13),
    st.integers(1, 3000),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.4, 3, 50, 1e3, 1e5, 1e8, 1e12]),
)
def test_any_data_are_decoded_as_obspy_does(encoding, big, exponent, npts, seed, scale):
    content = written(data(encoding, npts, seed, scale), encoding, int(big), 2**exponent)
    claims = payloads(content, 2**exponent)
    decoded = decode(content, claims)
    assert decoded.sound.all()
    same(decoded.samples(0, len(claims)), read(content))
    middle = len(claims) // 2
    parts = [decoded.samples(0, middle), decoded.samples(middle, len(claims))]
    same(np.concatenate([part for part in parts if len(part)]), read(content))


@pytest.mark.parametrize("encoding", EVERY)
def test_the_longest_records_are_decoded(encoding):
    content = written(data(encoding, 60_000, 1, 1e3), encoding, reclen=2**20)
    same(sole(content)[0], read(content))


def test_floats_that_are_not_numbers_are_delivered():
    content = written(np.array([1, np.nan, np.inf, -np.inf], np.float32), FLOAT32)
    same(sole(content)[0], read(content))


def mixed(seed):
    """Return records of every encoding, order and of two lengths and offsets, with their truth."""
    generator = np.random.default_rng(seed)
    contents, truths = [], []
    for encoding in generator.permutation(EVERY * 6).tolist():
        reclen = int(generator.choice([256, 512]))
        values = data(encoding, 20, int(generator.integers(100)), 1e3)
        content = written(values, encoding, int(generator.integers(2)), reclen)
        contents.append(content)
        truths.append(read(content))
    return contents, truths


def claims_of(contents):
    """Return the claims of records that follow one another, each with its own length."""
    each = [payloads(content, len(content)) for content in contents]
    ends = np.cumsum([len(content) for content in contents])
    offsets = ends - [len(content) for content in contents]
    names = ("lengths", "data_offsets", "npts", "encodings", "little")
    columns = {name: np.concatenate([getattr(one, name) for one in each]) for name in names}
    return Payloads(offsets, **columns)


def test_groups_may_lie_among_one_another():
    contents, truths = mixed(3)
    decoded = decode(b"".join(contents), claims_of(contents))
    assert decoded.sound.all()
    for place, truth in enumerate(truths):
        same(decoded.samples(place, place + 1), truth)
    whole = [place for place, kind in enumerate(decoded.types) if kind == b"i"]
    runs = [place for place in whole if place + 1 in whole]
    for place in runs:
        same(decoded.samples(place, place + 2), np.concatenate(truths[place : place + 2]))
    with pytest.raises(ValueError, match="more than one sample type"):
        decoded.samples(0, len(contents))


def test_samples_are_a_view():
    content = written(data(STEIM2, 3000, 1, 1e3), STEIM2)
    decoded = decode(memoryview(content), payloads(content, 512))
    assert np.shares_memory(decoded.samples(1, 4), decoded.samples(0, 5))


def test_memory_is_bounded_by_the_samples():
    content = written(data(STEIM2, 400_000, 1, 300), STEIM2)
    claims = payloads(content, 512)
    tracemalloc.start()
    try:
        samples = decode(content, claims).samples(0, len(claims))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < samples.nbytes + 8 * 2**20
