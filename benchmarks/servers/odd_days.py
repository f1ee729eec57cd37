"""Generated 100 Hz days of 17,280 records, five seconds each: sound, out of order, in parts."""

from collections.abc import Iterator

import numpy as np
from obspy import Stream, Trace

from benchmarks.generated_day import HEADER, SECONDS_PER_DAY, counts
from local.synthetic.channel_day import miniseed

KINDS = ("SOUND", "SWAP", "TWICE", "PARTS")
"""Days whose records are in order, swapped in pairs, all there twice, with a gap after each."""

SAMPLING_RATE = 100.0  # Hz
RECORDS = 17_280

_SAMPLES = round(SECONDS_PER_DAY * SAMPLING_RATE) // RECORDS
_MISSING = 10  # samples after each record of a day in parts
_RMS_COUNTS = 3  # so little that a record has room for all its samples
_RECORD_LENGTH = 512
_STATION = slice(8, 13)  # the station code in a record's header


def contents() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the miniSEED of each of `KINDS`."""
    sound = _records(0)
    swapped = sound.reshape(-1, 2, _RECORD_LENGTH)[:, ::-1]
    days = sound, swapped, np.repeat(sound, 2, axis=0), _records(_MISSING)
    for kind, records in zip(KINDS, days, strict=True):
        named = np.array(records).reshape(-1, _RECORD_LENGTH)
        named[:, _STATION] = np.frombuffer(kind.ljust(5).encode(), np.uint8)
        yield kind, named.tobytes()


def _records(missing: int) -> np.ndarray:
    """Return a day's records, one per row; after `missing` samples, the next is off the grid."""
    samples = counts(RECORDS * _SAMPLES, _RMS_COUNTS).reshape(RECORDS, _SAMPLES)
    header = {**HEADER, "channel": "HHZ", "location": "", "sampling_rate": SAMPLING_RATE}
    after_s = np.arange(RECORDS) * (_SAMPLES / SAMPLING_RATE)
    if missing:
        after_s += np.random.default_rng(2).uniform(0, 0.01, RECORDS)
    traces = [
        Trace(row[: _SAMPLES - missing], {**header, "starttime": HEADER["starttime"] + after})
        for row, after in zip(samples, after_s, strict=True)
    ]
    records = np.frombuffer(miniseed(Stream(traces)), np.uint8).reshape(-1, _RECORD_LENGTH)
    if len(records) != RECORDS:
        raise RuntimeError(f"the samples of a segment need more than a record: {len(records)}")
    return records
