"""Cold starts and warm invocations: the measuring process, one round of it, and its table."""

from collections.abc import Iterator

import pytest

from benchmarks.functions import cold_and_warm, one_container
from benchmarks.processes import run_module
from benchmarks.servers.server_process import ServerProcess


@pytest.mark.parametrize("side", ["response", "timewindow", "libraries"])
def test_cold_starts_load_what_they_say(side: str) -> None:
    measured = run_module("benchmarks.functions.one_container", side, content="[]")
    assert measured["start_cpu_s"] > 0
    assert measured["start_s"] > 0
    assert measured["invocations_s"] == []
    assert not {"obspy", "boto3", "shared"} & vars(one_container).keys()


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    with cold_and_warm.archive_server(1.0, 100.0) as server:
        yield server


def test_one_round(server: ServerProcess) -> None:
    measured = cold_and_warm.measure(server, rounds=1, sampling_rate=1.0)
    assert measured.keys() == cold_and_warm.SIDES.keys()
    for side, (result,) in measured.items():
        assert len(result["invocations_s"]) == (0 if side == "libraries" else 3)
    counts = server.counts()
    assert (
        counts["PUT corrected-waveforms"] == 2 * 3
    )  # the round that does not count, and the other


def test_the_table_has_medians() -> None:
    results = [
        {"start_s": start, "start_cpu_s": start / 2, "invocations_s": [9 * start, start, start + 1]}
        for start in (1.0, 3.0, 2.0)
    ]
    bare = [{"start_s": 0.5, "start_cpu_s": 0.25, "invocations_s": []}]
    measured = {"response": results, "timewindow": results[:1], "libraries": bare}
    rows = cold_and_warm.result_table(measured).splitlines()
    assert [row.strip("| ").split(" | ")[1:] for row in rows[2:4]] == [
        ["2.000 s", "1.000 s", "0.500 s"],
        ["1.000 s", "0.500 s", "0.250 s"],
    ]
    assert rows[4] == "| first invocation | 18.000 s | 9.000 s |  |"
    assert rows[5] == "| warm invocation | 2.500 s | 1.500 s |  |"
