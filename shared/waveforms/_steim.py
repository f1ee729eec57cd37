"""Decode the frames of Steim1 and Steim2.

A frame has 16 words of 32 bits. The first one gives two bits for each word: 0 for no difference,
else the width of the differences in it; Steim2 has two more bits in the word itself. Words 1 and 2
of the first frame are the record's first and last sample. Source: SEED manual 2.4, appendix B.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shared.waveforms._payload import Fault, IntArray, Octets

FRAME_BYTES = 64
_WORDS = 16  # of a frame
_SHIFTS = (30 - 2 * np.arange(_WORDS)).astype(np.uint32)
_ANY = 4  # values of the upper two bits of a word, where they belong to a difference

Samples = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint32]
Faults = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Steim:
    """A version of Steim's compression.

    A code is four times the two bits of the frame's first word, plus the upper two bits of the
    word where these say more about the differences.

    Attributes:
        layouts: for each code the number of differences and the width of each in bits.
        refined: for the bits of the first word whether the upper two bits of the word count.
    """

    layouts: dict[int, tuple[int, int]]
    refined: tuple[bool, bool, bool, bool]

    @cached_property
    def codes(self) -> npt.NDArray[np.uint8]:
        """The code for two bits of the first word, followed by the upper two of the word."""
        codes = np.arange(16, dtype=np.uint8)
        return np.where(np.repeat(self.refined, _ANY), codes, codes & np.uint8(12))

    @cached_property
    def counts(self) -> npt.NDArray[np.int8]:
        """The number of differences of each code; -1 for an impossible one."""
        counts = np.full(16, -1, np.int8)
        counts[0] = 0
        for code, (count, _) in self.layouts.items():
            counts[code] = count
        return counts

    @property
    def max_samples(self) -> int:
        """The most samples that a frame can hold."""
        return (_WORDS - 1) * max(count for count, _ in self.layouts.values())


STEIM1 = Steim({4: (4, 8), 8: (2, 16), 12: (1, 32)}, (False, False, False, False))
STEIM2 = Steim(
    {4: (4, 8), 9: (1, 30), 10: (2, 15), 11: (3, 10), 12: (5, 6), 13: (6, 5), 14: (7, 4)},
    (False, False, True, True),
)


def decode_frames(
    frames: Octets, npts: IntArray, version: Steim, out: Samples, *, little: bool
) -> tuple[int, Faults]:
    """Decode the frames of records with one number of frames.

    Args:
        frames: the frames, with shape (records, bytes); a multiple of 64 bytes, and not 0.
        npts: the numbers of samples, at least 1.
        version: the version of the compression.
        out: takes the samples of the sound records, one record after another; it has room for
            `npts.sum()`.
        little: whether words are little-endian.

    Returns:
        The number of samples in `out`, and a `Fault` for each record. Differences and codes after
        the last sample do not matter.
    """
    words = np.ascontiguousarray(frames).view("<u4" if little else ">u4").astype(np.uint32)
    words = words.reshape(len(frames), -1, _WORDS)
    firsts, lasts = (words[:, 0, place].view(np.int32).copy() for place in (1, 2))
    codes = _codes(words, version)
    counts = version.counts[codes]
    faults = _faults(counts, npts)
    if counts.min() < 0 or faults.any():
        codes[counts < 0] = 0
        codes[faults > 0] = 0
        counts = version.counts[codes]
    differences = _differences(words.ravel(), codes.ravel(), counts.ravel(), version, little=little)
    good = np.flatnonzero(faults == 0)
    lengths = npts[good].astype(np.int64)
    differences = _cut(differences, counts.sum(1, dtype=np.int64)[good], lengths)
    wrong = _integrate(differences, lengths, firsts[good], lasts[good], out)
    if not wrong.any():
        return differences.size, faults
    faults[good[wrong]] = Fault.LAST_SAMPLE_DIFFERS
    kept = out[: differences.size][np.repeat(~wrong, lengths)]
    out[: kept.size] = kept
    return kept.size, faults


def _codes(words: Words, version: Steim) -> npt.NDArray[np.uint8]:
    """Return the code of each word, with shape (records, words)."""
    codes = words[:, :, :1] >> _SHIFTS & np.uint32(3)
    codes[:, :, 0] = 0
    codes[:, 0, 1:3] = 0
    codes = (codes << np.uint32(2) | words >> np.uint32(30)).astype(np.uint8)
    found: npt.NDArray[np.uint8] = version.codes[codes]
    return found.reshape(len(words), -1)


def _faults(counts: npt.NDArray[np.int8], npts: IntArray) -> Faults:
    """Return the faults that the numbers of differences of each word show."""
    faults = np.zeros(len(counts), np.uint8)
    if counts.min() < 0:
        impossible = counts < 0
        before = np.cumsum(np.where(impossible, 0, counts), axis=1, dtype=np.int32)
        faults[(impossible & (before < npts[:, np.newaxis])).any(1)] = Fault.IMPOSSIBLE_CODE
        counts = np.where(impossible, np.int8(0), counts)
    too_few = counts.sum(1, dtype=np.int64) < npts
    faults[too_few & (faults == 0)] = Fault.TOO_FEW_DIFFERENCES
    return faults


def _differences(
    words: Words,
    codes: npt.NDArray[np.uint8],
    counts: npt.NDArray[np.int8],
    version: Steim,
    *,
    little: bool,
) -> Samples:
    """Return the differences of words, one after another."""
    ends = np.cumsum(counts, dtype=np.int32)
    differences = np.empty(int(ends[-1]), np.int32)
    for code, (count, bits) in version.layouts.items():
        places = np.flatnonzero(codes == code)
        if not places.size:
            continue
        packed, first = words[places], ends[places].astype(np.intp) - count
        if little and bits in (8, 16):  # these lie in memory's order, as an array of such numbers
            packed = packed.byteswap()
            if bits == 16:
                packed = packed.view(np.uint16).byteswap().view(np.uint32)
        for nth in range(count):
            # Its bits are moved to the top, and down again with their sign.
            top = packed << np.uint32(32 - bits * (count - nth))
            differences[nth:][first] = top.view(np.int32) >> np.int32(32 - bits)
    return differences


def _cut(differences: Samples, counts: IntArray, npts: IntArray) -> Samples:
    """Remove the differences after the last sample of each record.

    Args:
        differences: of all records, one after another.
        counts: how many each record has.
        npts: how many remain.
    """
    if (counts == npts).all():
        return differences
    starts = np.cumsum(counts) - counts
    place = np.arange(differences.size) - np.repeat(starts, counts)
    return differences[place < np.repeat(npts, counts)]


def _integrate(
    differences: Samples, npts: IntArray, firsts: Samples, lasts: Samples, out: Samples
) -> npt.NDArray[np.bool_]:
    """Add up the differences of each record from its first sample, modulo 2^32.

    Args:
        differences: of all records, one after another; overwritten.
        npts: the number of each record's differences, at least 1.
        firsts: the first samples, which take the place of the first differences.
        lasts: the last samples.
        out: takes the samples.

    Returns:
        Which records end with another sample than their last one.
    """
    if not len(npts):
        return np.zeros(0, bool)
    starts = np.cumsum(npts) - npts
    differences[starts] = firsts
    sums = np.add.reduceat(differences, starts, dtype=np.int32)
    differences[starts[1:]] -= sums[:-1]
    np.cumsum(differences, dtype=np.int32, out=out[: differences.size])
    wrong: npt.NDArray[np.bool_] = sums != lasts
    return wrong
