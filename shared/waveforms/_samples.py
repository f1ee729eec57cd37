"""Decode the payloads of miniSEED 2 records, none of whose claims is trusted.

ObsPy's libmseed reads as many samples as a header claims, beyond the record if need be. Here each
claim is first compared with the bytes that are there. A record that fails is left out by itself.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.waveforms._payload import BoolArray, Fault, IntArray, Octets, Payloads, bytes_of
from shared.waveforms._steim import FRAME_BYTES, STEIM1, STEIM2, Faults, decode_frames

_NUMBERS = {1: "i2", 3: "i4", 4: "f4", 5: "f8"}
_STEIM = {10: STEIM1, 11: STEIM2}

ENCODINGS: dict[int, np.dtype[np.generic]] = {
    1: np.dtype(np.int32),
    3: np.dtype(np.int32),
    4: np.dtype(np.float32),
    5: np.dtype(np.float64),
    10: np.dtype(np.int32),
    11: np.dtype(np.int32),
}
"""The type of the samples of each encoding format that is known, as ObsPy gives them."""

_CHUNK_BYTES = 2**18
"""Of records that are decoded at a time: so much that calls cost little, and fits in a cache."""

Samples = npt.NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Decoded:
    """The samples of records.

    Attributes:
        faults: a `Fault` for each record.
        types: the sample type of each record as libmseed names it: "i" for int32, "f" for float32,
            "d" for float64; empty for an unknown encoding.
        arrays: for each sample type the samples of all sound records in the records' order.
        firsts: the index of each sound record's first sample in that array.
        npts: the number of samples of each sound record, else 0.
    """

    faults: Faults
    types: npt.NDArray[np.bytes_]
    arrays: dict[bytes, Samples]
    firsts: npt.NDArray[np.int64]
    npts: npt.NDArray[np.int64]

    @property
    def sound(self) -> BoolArray:
        """Which records are sound."""
        sound: BoolArray = self.faults == Fault.NONE
        return sound

    def samples(self, first: int, end: int) -> Samples:
        """Return the samples of some records, one record after another, as a view.

        Args:
            first: the first record.
            end: the record after the last one.

        Raises:
            ValueError: the sound ones among the records have more than one sample type.
        """
        types = self.types[first:end]
        if types.size and (types == types[0]).all():  # as in all runs
            samples = self.arrays.get(bytes(types[0]), np.zeros(0, np.int32))
            return samples[self.firsts[first] : self.firsts[end - 1] + self.npts[end - 1]]
        sound = first + np.flatnonzero(self.npts[first:end])
        if not sound.size:
            return np.zeros(0, np.int32)
        types = self.types[sound]
        if (types != types[0]).any():
            raise ValueError(f"records {first} to {end - 1} have more than one sample type")
        last = self.firsts[sound[-1]] + self.npts[sound[-1]]
        return self.arrays[bytes(types[0])][self.firsts[sound[0]] : last]


def decode(content: bytes | memoryview | Octets, payloads: Payloads) -> Decoded:
    """Decode the payloads of records.

    Args:
        content: the content that has the records.
        payloads: the claims of their headers.

    Returns:
        The samples, in the order of `payloads`, and the fault of each record that is left out.
        Samples that are NaN or infinite are not faults. A record without samples is sound.
    """
    octets = np.frombuffer(content, np.uint8) if len(content) else np.zeros(0, np.uint8)
    faults = _check(payloads, len(octets))
    types = _types(payloads.encodings)
    arrays = {}
    to_decode = (faults == 0) & (payloads.npts > 0)
    for kind in np.unique(types[to_decode]).tolist():
        records = np.flatnonzero((types == kind) & to_decode)
        arrays[kind] = _decode_type(octets, payloads, payloads.groups(records), kind, faults)
    npts = np.where(faults == 0, payloads.npts, 0).astype(np.int64)
    firsts = np.zeros(len(payloads), np.int64)
    for kind in arrays:
        of_kind = types == kind
        firsts[of_kind] = np.cumsum(npts[of_kind]) - npts[of_kind]
    return Decoded(faults, types, arrays, firsts, npts)


def _types(encodings: IntArray) -> npt.NDArray[np.bytes_]:
    types = np.zeros(len(encodings), "S1")
    for encoding, dtype in ENCODINGS.items():
        types[encodings == encoding] = dtype.char
    return types


def _check(payloads: Payloads, size: int) -> Faults:
    """Return the faults that claims have without a look at the payloads.

    Args:
        payloads: the claims.
        size: the length of the content in bytes.
    """
    faults = np.zeros(len(payloads), np.uint8)
    room = payloads.lengths.astype(np.int64) - payloads.data_offsets
    most = np.zeros(len(payloads), np.int64)
    for encoding, number in _NUMBERS.items():
        of_encoding = payloads.encodings == encoding
        most[of_encoding] = room[of_encoding] // np.dtype(number).itemsize
    for encoding, version in _STEIM.items():
        of_encoding = payloads.encodings == encoding
        most[of_encoding] = room[of_encoding] // FRAME_BYTES * version.max_samples
    faults[(payloads.npts < 0) | (payloads.npts > most)] = Fault.TOO_MANY_SAMPLES
    faults[payloads.outside(size)] = Fault.OUTSIDE
    faults[~np.isin(payloads.encodings, list(ENCODINGS))] = Fault.UNKNOWN_ENCODING
    faults[payloads.npts == 0] = Fault.NONE
    return faults


def _decode_type(
    content: Octets, payloads: Payloads, groups: list[IntArray], kind: bytes, faults: Faults
) -> Samples:
    """Decode groups of records of one sample type; note their faults.

    Returns:
        The samples of the sound records, in the records' order.
    """
    parts = [_decode_group(content, payloads, group, kind, faults) for group in groups]
    if len(parts) == 1:
        return parts[0]
    sound = [group[faults[group] == 0] for group in groups]
    npts = np.zeros(len(payloads), np.int64)
    for group in sound:
        npts[group] = payloads.npts[group]
    firsts = np.cumsum(npts) - npts
    samples = np.empty(int(npts.sum()), _dtype(kind))
    for group, part in zip(sound, parts, strict=True):
        _place(samples, part, firsts[group], npts[group])
    return samples


def _place(samples: Samples, part: Samples, firsts: IntArray, npts: IntArray) -> None:
    """Copy the samples of records to the places where each record's first one belongs."""
    done = 0
    for begin in range(0, len(firsts), 512):
        lengths = npts[begin : begin + 512]
        end = done + int(lengths.sum())
        ahead = firsts[begin : begin + 512] - (done + np.cumsum(lengths) - lengths)
        samples[np.arange(done, end) + np.repeat(ahead, lengths)] = part[done:end]
        done = end


def _decode_group(
    content: Octets, payloads: Payloads, group: IntArray, kind: bytes, faults: Faults
) -> Samples:
    """Decode records whose claims differ in the count alone; note their faults.

    Returns:
        The samples of the sound records, in the records' order.
    """
    one = group[0]
    length, skip = int(payloads.lengths[one]), int(payloads.data_offsets[one])
    little, encoding = bool(payloads.little[one]), int(payloads.encodings[one])
    npts = payloads.npts[group].astype(np.int64)
    samples = np.empty(int(npts.sum()), _dtype(kind))
    done, step = 0, max(1, _CHUNK_BYTES // length)
    for begin in range(0, len(group), step):
        chunk, counts = group[begin : begin + step], npts[begin : begin + step]
        starts = payloads.offsets[chunk].astype(np.int64) + skip
        out = samples[done:]
        if encoding in _STEIM:
            frames = bytes_of(content, starts, (length - skip) // FRAME_BYTES * FRAME_BYTES)
            count, faults[chunk] = decode_frames(
                frames, counts, _STEIM[encoding], out, little=little
            )
        else:
            number = np.dtype(_NUMBERS[encoding]).newbyteorder("<" if little else ">")
            count = _decode_numbers(content, starts, counts, number, out)
        done += count
    return samples[:done]


def _decode_numbers(
    content: Octets, starts: IntArray, npts: IntArray, number: np.dtype[np.generic], out: Samples
) -> int:
    """Decode records of plain numbers; return how many.

    Args:
        content: the content.
        starts: the offset of the first number of each record in bytes.
        npts: how many each record has, at least 1; they lie within the content.
        number: their type.
        out: takes the numbers.
    """
    count = int(npts.sum())
    most = int(npts.max())
    if (npts == most).all():
        octets = bytes_of(content, starts, most * number.itemsize)
        out[:count] = np.ascontiguousarray(octets).view(number).ravel()
        return count
    done = 0
    for start, length in zip(starts.tolist(), npts.tolist(), strict=True):
        out[done : done + length] = np.frombuffer(content, number, length, start)
        done += length
    return count


def _dtype(kind: bytes) -> np.dtype[np.generic]:
    return np.dtype(kind.decode())
