"""Storms of refusals, in fake time: survived if they end in time, an S3Error in time if not."""

import pytest

from tests.support import s3_faults
from tests.support.fake_time import use_fake_time
from tests.support.faulty_s3 import FaultyS3
from tests.support.invoked import DAY, EVENTS, JOB, Invoke


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(("storm_s", "left_s"), [(46, 60), (250, 300)])
def test_storm_within_the_time_is_survived(
    s3: FaultyS3,
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    event: str,
    storm_s: float,
    left_s: float,
) -> None:
    clock = use_fake_time(monkeypatch)
    start, calm = clock.now, s3.fault_of
    # Requests for a day pause at the same time, and fake time adds up their last pauses.
    at_once = 3 if EVENTS[event][0] == "response" else 1
    storm_s -= 5 * (at_once - 1)
    s3.add(s3_faults.slow_down)
    monkeypatch.setattr(
        s3,
        "fault_of",
        lambda *request: calm(*request) if clock.now - start < storm_s else None,
    )
    invoked = invoke(*EVENTS[event], left_s=left_s, clock=clock.monotonic)
    assert "error" not in str(invoked.answer)
    assert storm_s < invoked.seconds < storm_s + 5 * at_once + 1
    assert len(s3.requests) < 20 + storm_s / 2.5  # pauses grow to five seconds


@pytest.mark.parametrize("event", EVENTS)
def test_storm_beyond_the_time(
    s3: FaultyS3, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    clock = use_fake_time(monkeypatch)
    s3.add(s3_faults.slow_down)
    invoked = invoke(*EVENTS[event], left_s=60, clock=clock.monotonic)
    assert invoked.error["type"] == "S3Error"
    assert DAY in invoked.error["message"]
    assert 40 < invoked.seconds < 52.5  # an eighth of the time is for the reply


def test_no_time_at_all(s3: FaultyS3, invoke: Invoke) -> None:
    error = invoke("response", JOB, left_s=0).error
    assert error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{DAY}: " in error["message"]
    assert "the time of the invocation is nearly over" in error["message"]
    assert s3.requests == []


def test_without_a_clock_attempts_are_limited(
    s3: FaultyS3, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_time(monkeypatch)
    s3.add(s3_faults.slow_down)
    error = invoke("response", JOB).error
    assert "S3 answered 503, at each of 5 attempts in " in error["message"]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    error = invoke("response", JOB).error
    assert "at each of 2 attempts in " in error["message"]
    assert [method for method, _ in s3.requests].count("HEAD") == 5 + 2
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
    assert invoke("response", JOB).error["setting"] == "AWS_MAX_ATTEMPTS"
