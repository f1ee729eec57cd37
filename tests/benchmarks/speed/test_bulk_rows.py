"""The row of ObsPy's clients: both deliver the same waveforms, and each is measured."""

import numpy as np
import pytest
from obspy import Stream, Trace

from benchmarks.speed import __main__ as speed
from benchmarks.speed import bulk_rows


def test_both_clients_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[Stream, Stream]] = []

    def check(served: Stream, local: Stream) -> None:
        compared.append((served, local))
        check_same(served, local)

    check_same = bulk_rows._check_same
    for name, value in {"_WINDOWS": 2, "_RATE": 1.0, "_ROUNDS": 1, "_check_same": check}.items():
        monkeypatch.setattr(bulk_rows, name, value)
    row = speed.measured("bulk")
    assert min(row.figures) > 0
    assert "the first request in a new process" in row.detail
    ((served, local),) = compared
    for stream in (served, local):
        assert [trace.id for trace in stream] == ["CI.S00..LHZ", "CI.S01..LHZ"]
        assert [len(trace) for trace in stream] == [301, 301]


@pytest.mark.parametrize(
    "other",
    [
        Stream([Trace(np.zeros(1), header={"station": "A"})]),
        Stream([Trace(np.zeros(1), header={"starttime": 1})]),
        Stream([Trace(np.ones(1))]),
    ],
)
def test_waveforms_that_differ_are_no_measurement(other: Stream) -> None:
    with pytest.raises(RuntimeError, match="differ"):
        bulk_rows._check_same(Stream([Trace(np.zeros(1))]), other)
