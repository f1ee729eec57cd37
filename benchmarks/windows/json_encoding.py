"""Measure the processor time to encode six hours at 100 Hz as JSON: ours and the tutorial's."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import obspy
from obspy import Trace

from benchmarks.windows import tutorial
from benchmarks.windows.archive import DAY, ORDINARY, path_of
from shared import strict_json
from shared.windows.request import Window
from shared.windows.result import WindowResult

_ROUNDS = 5
_HOURS = (6, 12)
_GAPS_S = {1000: 7, 6000: 60, 15_000: 600}


def measure(gaps_s: Mapping[int, int]) -> dict[str, float]:
    """Encode the same trace with both encoders; return the median processor time of each, in s.

    Args:
        gaps_s: the length of each gap in s, by its start in s.

    Raises:
        RuntimeError: the encoded samples differ.
    """
    start, end = (DAY.starttime + hour * 3600 for hour in _HOURS)
    trace: Trace = obspy.read(str(path_of(ORDINARY[0])))[0].trim(start, end)
    if gaps_s:
        trace.data = np.ma.masked_array(trace.data, mask=False)
        rate = trace.stats.sampling_rate
        for begin, length in gaps_s.items():
            trace.data[round(begin * rate) : round((begin + length) * rate)] = np.ma.masked
    answer = WindowResult(Window(ORDINARY[0], start, end), trace=trace).as_dict()
    our_text, ours_s = _timed(lambda: strict_json.dumps([answer]))
    peer_text, peer_s = _timed(lambda: json.dumps([tutorial.waveform(trace)]))
    if json.loads(our_text)[0]["data"] != json.loads(peer_text)[0]["data"]:
        raise RuntimeError("the samples differ")
    return {"ours": ours_s, "tutorial": peer_s}


def _timed(encode: Callable[[], Any]) -> tuple[Any, float]:
    seconds = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        text = encode()
        seconds.append(time.process_time() - begun)
    return text, statistics.median(seconds)


def main() -> None:
    """Print the measurements with and without gaps as JSON."""
    sys.stdout.write(json.dumps({"whole": measure({}), "gaps": measure(_GAPS_S)}))


if __name__ == "__main__":
    main()
