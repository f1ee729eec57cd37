"""Payloads that contradict their claims are left out, and nothing else is read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.waveforms._payload import Fault, Payloads
from shared.waveforms._samples import decode
from tests.support.payloads import (
    EVERY,
    FLOAT32,
    FLOAT64,
    INT16,
    INT32,
    STEIM2,
    data,
    payloads,
    read,
    record,
    same,
    sole,
    written,
)


@pytest.mark.parametrize("encoding", EVERY)
def test_a_count_beyond_the_payload_is_a_fault(encoding):
    content = written(data(encoding, 30, 1, 1e3), encoding)
    for npts in (65_535, 2**62, -1, -(2**63)):
        found, fault = sole(content, npts=npts)
        assert not len(found)
        assert fault == Fault.TOO_MANY_SAMPLES
    found, fault = sole(content, npts=0)
    assert not len(found)
    assert fault == Fault.NONE


@pytest.mark.parametrize("encoding", [INT16, INT32, FLOAT32, FLOAT64])
def test_a_payload_may_fill_its_record_to_the_last_byte(encoding):
    room = (512 - 64) // {INT16: 2, INT32: 4, FLOAT32: 4, FLOAT64: 8}[encoding]
    content = record(encoding, room, np.random.default_rng(1).bytes(448))
    with np.errstate(invalid="ignore"):
        found, truth = sole(content)[0], read(content)
    assert found.tobytes() == truth.tobytes()
    assert sole(content, npts=room + 1)[1] == Fault.TOO_MANY_SAMPLES


@pytest.mark.parametrize("encoding", [0, 2, 12, 16, 30, 99, 255, -1, 266])
def test_another_encoding_is_a_fault(encoding):
    content = written(data(INT32, 30, 1, 1e3), INT32)
    found, fault = sole(content, encodings=encoding)
    assert not len(found)
    assert fault == Fault.UNKNOWN_ENCODING


@pytest.mark.parametrize(
    "claims",
    [
        {"data_offsets": 513},
        {"data_offsets": -8},
        {"lengths": 1024},
        {"lengths": -512},
        {"lengths": 2**62},
        {"offsets": 1},
        {"offsets": -1},
        {"offsets": 2**62},
    ],
    ids=str,
)
def test_a_payload_outside_of_the_record_or_content_is_a_fault(claims):
    assert sole(written(data(INT32, 30, 1, 1e3), INT32), **claims)[1] == Fault.OUTSIDE


def test_too_few_differences_are_a_fault():
    content = written(data(STEIM2, 30, 1, 1e3), STEIM2)
    assert sole(content)[1] == Fault.NONE
    assert sole(content, npts=31)[1] == Fault.TOO_FEW_DIFFERENCES


def test_unsound_records_are_left_out_and_the_others_stay():
    values = data(STEIM2, 3000, 1, 1e3)
    content = bytearray(written(values, STEIM2))
    claims = payloads(content, 512)
    ends = np.cumsum(claims.npts.astype(int))
    content[2 * 512 + 72] ^= 1  # the last sample
    content[4 * 512 + 100] ^= 1  # a difference
    claims.npts[6] = 60_000
    decoded = decode(content, claims)
    assert np.flatnonzero(~decoded.sound).tolist() == [2, 4, 6]
    bad = Fault.LAST_SAMPLE_DIFFERS
    assert decoded.faults[[2, 4, 6]].tolist() == [bad, bad, Fault.TOO_MANY_SAMPLES]
    kept = np.repeat(decoded.sound, np.diff(ends, prepend=0))
    same(decoded.samples(0, len(claims)), values[kept])
    same(decoded.samples(3, 6), np.concatenate([values[ends[n - 1] : ends[n]] for n in (3, 5)]))
    assert not len(decoded.samples(2, 3))


def test_every_fault_has_a_phrase():
    assert len({str(fault) for fault in Fault}) == len(Fault)


ODD = st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 2100)


@settings(deadline=None, max_examples=40)
@given(
    st.binary(max_size=2048),
    st.lists(
        st.tuples(ODD, ODD, ODD, ODD, ODD | st.sampled_from(EVERY), st.booleans()), max_size=8
    ),
)
def test_nothing_raises(content, records):
    columns = zip(*records, strict=True) if records else [[]] * 6
    claims = Payloads(*(np.array(column, np.int64) for column in columns))
    decoded = decode(content, claims)
    assert len(decoded.sound) == len(records)
    for place in range(len(records)):
        decoded.samples(place, place + 1)


@pytest.mark.parametrize("encoding", EVERY)
def test_nothing_beyond_the_record_is_read(encoding):
    """A fault and its samples are those of the record alone, whatever lies around it."""
    content = written(data(encoding, 30, 1, 1e3), encoding)
    for npts in (30, 31, 200, 400, 840):
        claims = payloads(content, 512)
        claims.npts[:] = npts
        alone = decode(content, claims)
        claims.offsets[:] = 512
        among = decode(b"\x55" * 512 + content + b"\x55" * 4096, claims)
        assert among.faults.tolist() == alone.faults.tolist()
        same(among.samples(0, 1), alone.samples(0, 1))
