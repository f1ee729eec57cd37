"""Encode samples with Steim1 or Steim2, for records that are cut at a time.

Each word takes as many differences as fit (SEED manual 2.4, appendix B).
"""

import struct

import numpy as np

from shared.waveforms._steim import FRAME_BYTES, STEIM1, STEIM2, Samples, Steim

_WORD_BYTES = 4
_WORDS = FRAME_BYTES // _WORD_BYTES
_IN_MEMORY_ORDER = {8: "4b", 16: "2h"}
"""Differences that lie in a word as an array of such numbers, by their bits."""

VERSIONS = {10: STEIM1, 11: STEIM2}
"""The versions of Steim's compression by SEED's encoding formats."""

_LAYOUTS = tuple(
    sorted(
        ((code, count, bits, 1 << (bits - 1)) for code, (count, bits) in version.layouts.items()),
        key=lambda layout: -layout[1],
    )
    for version in VERSIONS.values()
)
"""Code, number and bits of the differences in a word, and the first one too large; densest first.
"""


def encode_frames(
    samples: Samples, before: int | None, version: Steim, frames: int, *, little: bool
) -> tuple[bytes, int]:
    """Encode as many samples as fit into some frames.

    Args:
        samples: at least one; 32-bit integers.
        before: the sample before the first one; None if it is unknown.
        version: the version of the compression.
        frames: the number of frames, at least 1.
        little: whether words are little-endian.

    Returns:
        The frames in use, and the number of samples that they hold.

    Raises:
        ValueError: a difference does not fit into a word.
    """
    first = int(samples[0]) if before is None else before
    differences = np.diff(samples, prepend=np.int32(first)).tolist()  # modulo 2^32, as decoded
    order = "<" if little else ">"
    content: list[bytes] = []
    place = 0
    while place < len(differences) and len(content) < frames * _WORDS:
        words, codes = [], 0
        for number in range(1, _WORDS):
            if not content and number < 3:  # the first and the last sample of the record
                words.append(struct.pack(f"{order}i", int(samples[0])))
            elif place < len(differences):
                code, count, word = _word(differences, place, version, order)
                codes |= (code >> 2) << (30 - 2 * number)
                words.append(word)
                place += count
            else:
                words.append(bytes(_WORD_BYTES))
        content += [struct.pack(f"{order}I", codes), *words]
    content[2] = struct.pack(f"{order}i", int(samples[place - 1]))
    return b"".join(content), place


def _word(differences: list[int], place: int, version: Steim, order: str) -> tuple[int, int, bytes]:
    """Return the code of the next word, the number of its differences, and its bytes."""
    for code, count, bits, limit in _LAYOUTS[version is STEIM2]:
        part = differences[place : place + count]
        if len(part) < count or not -limit <= min(part) <= max(part) < limit:
            continue
        if order == "<" and bits in _IN_MEMORY_ORDER:
            return code, count, struct.pack(f"<{_IN_MEMORY_ORDER[bits]}", *part)
        word = (code & 3) << 30 if version.refined[code >> 2] else 0
        for nth, difference in enumerate(part, 1):
            word |= (difference & ((1 << bits) - 1)) << (bits * (count - nth))
        return code, count, struct.pack(f"{order}I", word)
    raise ValueError(f"a difference of {differences[place]} does not fit into a word")
