"""One deadline: the worst fault of S3 is an S3Error in time, with the key in it.

The time of an invocation is that of its context, less the time to answer. Every read, retry and
pause is within it, in direct, HTTP and batch calls alike.
"""

import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from tests.support import s3_faults
from tests.support.builders import http_event, make_trace, noise, put_day
from tests.support.faulty_s3 import FaultyS3
from tests.support.invoked import (
    DAY,
    EVENTS,
    JOB,
    NSCL,
    WINDOWS,
    Invoke,
    Invoked,
    sqs_event,
)

LEFT_S = 3.0

LASTING = {
    "stall": s3_faults.stall,
    "stall in the body": s3_faults.stall_in_body,
    "drip": s3_faults.drip,
    "drip of the body": s3_faults.drip_body,
    "reset": s3_faults.reset,
    "reset in the body": s3_faults.reset_in_body,
    "storm of 503": s3_faults.slow_down,
}


def at_once(invoke: Invoke, events: Iterable[tuple[str, Any]]) -> list[Invoked]:
    """Invoke functions in parallel, since most of the time is spent waiting."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda event: invoke(*event, left_s=LEFT_S), events))


@pytest.mark.parametrize("fault", LASTING)
def test_lasting_fault_of_the_day(s3: FaultyS3, invoke: Invoke, fault: str) -> None:
    s3.add(LASTING[fault], part=DAY, methods=("GET",))
    for done in at_once(invoke, EVENTS.values()):
        assert done.seconds < LEFT_S
        assert done.error["type"] == "S3Error"
        assert f"s3://scedc-pds/{DAY}" in done.error["message"]
        assert done.error["object"] == f"s3://scedc-pds/{DAY}"


@pytest.mark.parametrize("fault", ["stall", "drip", "storm of 503"])
def test_lasting_fault_of_any_request(s3: FaultyS3, invoke: Invoke, fault: str) -> None:
    kinds = {DAY: "HEAD", "CI_BOM.xml": "GET", "noresp": "PUT"}
    for part, method in kinds.items():
        s3.faults.clear()
        s3.add(LASTING[fault], part=part, methods=(method,))
        done = invoke("response", JOB, left_s=LEFT_S)
        assert done.seconds < LEFT_S
        assert done.error["type"] == "S3Error"
        assert part in done.error["message"]


@pytest.mark.parametrize("fault", ["stall", "drip of the body", "storm of 503"])
def test_batch_is_reported_in_time(s3: FaultyS3, invoke: Invoke, fault: str) -> None:
    """The second message is not started, and returns to the queue, too."""
    s3.add(LASTING[fault], part=DAY, methods=("GET",))
    done = invoke("response", sqs_event(JOB, JOB), left_s=LEFT_S)
    assert done.seconds < LEFT_S
    assert done.answer == {
        "batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]
    }


@pytest.mark.parametrize("fault", LASTING)
def test_passing_fault_is_survived(s3: FaultyS3, invoke: Invoke, fault: str) -> None:
    s3.add(LASTING[fault], part=DAY, methods=("GET",), times=1)
    done = invoke("response", JOB, left_s=8)
    assert done.seconds < 8
    assert done.answer["samples"] == 12_000


def test_storm_of_some_seconds_is_survived_with_a_minute_left(s3: FaultyS3, invoke: Invoke) -> None:
    storm = s3.add(s3_faults.slow_down)
    start = time.monotonic()
    calm = s3.fault_of

    def fault_of(method: str, path: str) -> Any:
        return calm(method, path) if time.monotonic() - start < 4 else None

    s3.fault_of = fault_of  # type: ignore[method-assign]
    done = invoke("response", JOB, left_s=60)
    assert storm.takes("GET", "")
    assert done.answer["samples"] == 12_000
    assert 4 < done.seconds < 15
    assert len(s3.requests) < 20  # with pauses


def test_sixty_four_stalled_objects(s3: FaultyS3, archive: S3Server, invoke: Invoke) -> None:
    days = [f"2024-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in range(1, 29)][:64]
    s3.add(s3_faults.stall, part="continuous_waveforms")
    windows = [
        {**WINDOWS["Windows"][0], "Starttime": f"{day}T01:00:00", "Endtime": f"{day}T01:00:10"}
        for day in days
    ]
    done = invoke("timewindow", http_event(json.dumps({"Windows": windows})), left_s=4)
    assert done.seconds < 4
    errors = [window["error"] for window in json.loads(done.answer["body"])]
    assert {error["type"] for error in errors} == {"S3Error"}
    for day, error in zip(days, errors, strict=True):
        assert day[:4] in error["object"]
    assert len({error["object"] for error in errors}) == 64


def test_stalled_object_leaves_time_for_the_others(
    s3: FaultyS3, archive: S3Server, invoke: Invoke
) -> None:
    for code in ("BHN", "BHE"):
        nscl = NSCL.replace("BHZ", code)
        put_day(archive, nscl, "2024,001", make_trace(nscl, "2024-01-01", noise(12_000)))
    s3.add(s3_faults.stall, part=DAY)
    first = WINDOWS["Windows"][0]
    windows = [{**first, "Channel": code} for code in ("BHZ", "BHN", "BHE")]
    done = invoke("timewindow", {"Windows": windows}, left_s=8)
    assert done.seconds < 8
    assert ["error" in window for window in done.answer] == [True, False, False]


def test_large_reply_is_stored_in_time_or_not_at_all(
    s3: FaultyS3, archive: S3Server, invoke: Invoke
) -> None:
    data = noise(1_500_000)
    put_day(archive, "CI.BOM.BHE.", "2024,001", make_trace("CI.BOM.BHE.", "2024-01-01", data))
    s3.add(s3_faults.stall, part="corrected-waveforms/windows")
    window = {**WINDOWS["Windows"][0], "Channel": "BHE", "Endtime": "2024-01-01T10:25:00"}
    done = invoke("timewindow", {"Windows": [window]}, left_s=6)
    assert done.seconds < 6
    assert done.error["type"] == "S3Error"
    assert "s3://corrected-waveforms/windows/" in done.error["message"]


def test_no_time_at_all(s3: FaultyS3, invoke: Invoke) -> None:
    done = invoke("response", JOB, left_s=0)
    assert done.error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{DAY}: " in done.error["message"]
    assert "the time of the invocation is nearly over" in done.error["message"]
    assert s3.requests == []


def test_without_a_clock_attempts_are_limited(
    s3: FaultyS3, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.add(s3_faults.slow_down)
    done = invoke("response", JOB)
    assert "S3 answered 503, at each of 5 attempts in " in done.error["message"]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    done = invoke("response", JOB)
    assert "at each of 2 attempts in " in done.error["message"]
    assert len(s3.requests) == 5 + 2
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
    assert invoke("response", JOB).error["setting"] == "AWS_MAX_ATTEMPTS"


def test_ordinary_invocations_send_as_few_requests_as_ever(s3: FaultyS3, invoke: Invoke) -> None:
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000
    kinds = [(method, path.partition("?")[0].split("/")[-1]) for method, path in s3.requests]
    name = DAY.rpartition("/")[2]
    assert kinds == [("HEAD", name), ("GET", name), ("GET", "CI_BOM.xml"), ("PUT", name)]
    s3.requests.clear()
    assert "data" in invoke("timewindow", WINDOWS, left_s=60).answer[0]
    assert [method for method, _ in s3.requests] == ["GET"]
