"""403 is not 404: a refusal is an S3Error that may pass, where missing objects answer 404.

Where the bucket cannot be listed, S3 answers 403 for missing objects, too. That is asked once in a
container, at the first refusal. S3's words about accounts and roles reach the log alone.
"""

import json
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.aws import s3_client
from tests.support import s3_faults
from tests.support.builders import http_event, make_trace, noise, put_day, put_station
from tests.support.faulty_s3 import FaultyS3
from tests.support.invoked import (
    DAY,
    EVENTS,
    JOB,
    STATIONXML,
    WINDOWS,
    Invoke,
    job,
    sqs_event,
    window,
)
from tests.support.s3_faults import ACCOUNT

LISTING = "list-type"


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("part", [DAY, STATIONXML])
def test_refusal_may_pass(s3: FaultyS3, invoke: Invoke, part: str, event: str) -> None:
    if part == STATIONXML and EVENTS[event][0] == "timewindow":
        pytest.skip("counts need no StationXML")
    s3.add(s3_faults.forbid, part=part)
    error = invoke(*EVENTS[event], left_s=20).error
    assert error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{part}: S3 refused it with " in error["message"]
    s3.faults.clear()
    assert "error" not in str(invoke(*EVENTS[event], left_s=20).answer)


def test_batch_keeps_a_refused_message(s3: FaultyS3, invoke: Invoke) -> None:
    s3.add(s3_faults.forbid, part=DAY)
    reply = invoke("response", sqs_event(JOB), left_s=20).answer
    assert reply == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


@pytest.mark.parametrize("event", EVENTS)
def test_where_listing_is_refused_403_may_mean_missing(
    s3: FaultyS3, invoke: Invoke, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    s3.add(s3_faults.forbid, part=DAY)
    s3.add(s3_faults.forbid, part=LISTING)
    error = invoke(*EVENTS[event], left_s=20).error
    assert error["type"] == "NoWaveformError"
    assert "s3://scedc-pds cannot be listed: 403 is taken for a missing object" in caplog.text


def test_listing_is_asked_once_in_a_container(s3: FaultyS3, invoke: Invoke) -> None:
    s3.add(s3_faults.forbid, part=DAY)
    s3.add(s3_faults.forbid, part=LISTING)
    for _ in range(3):
        invoke("timewindow", WINDOWS, left_s=20)
    assert [LISTING in path for _, path in s3.requests].count(True) == 1
    s3_client.forget_clients()  # another container
    invoke("timewindow", WINDOWS, left_s=20)
    assert [LISTING in path for _, path in s3.requests].count(True) == 2


def test_missing_object_shows_that_listing_is_allowed(s3: FaultyS3, invoke: Invoke) -> None:
    invoke("response", {**JOB, "day": "2024,002"}, left_s=20)
    s3.add(s3_faults.forbid, part=DAY)
    assert invoke("response", JOB, left_s=20).error["type"] == "S3Error"
    assert not any(LISTING in path for _, path in s3.requests)


@pytest.mark.parametrize("fault", [s3_faults.slow_down, s3_faults.reset, s3_faults.stall])
def test_unknown_listing_is_no_proof_of_absence(
    s3: FaultyS3, invoke: Invoke, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again at the next refusal."""
    s3.add(s3_faults.forbid, part=DAY)
    s3.add(fault, part=LISTING)
    assert invoke("response", JOB, left_s=1).error["type"] == "S3Error"
    s3.faults.pop()
    s3.add(s3_faults.forbid, part=LISTING)
    assert invoke("response", JOB, left_s=20).error["type"] == "NoWaveformError"


OTHER = "XX.ABC.BHZ."
ASKED: dict[str, tuple[str, Any]] = {
    "a direct job": ("response", job(OTHER)),
    "a job over HTTP": ("response", http_event(json.dumps(job(OTHER)))),
    "windows of ground motion": ("timewindow", {"Windows": [window(OTHER)], "Output": "VEL"}),
    "windows with coordinates": ("timewindow", {"Windows": [window(OTHER)], "Format": "sac"}),
}


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("listed", [True, False])
def test_refusal_does_not_silently_lead_to_another_stationxml(
    s3: FaultyS3,
    archive: S3Server,
    invoke: Invoke,
    listed: bool,
    ask: str,
) -> None:
    put_day(archive, OTHER, "2024,001", make_trace(OTHER, "2024-01-01", noise(4_000)))
    content = put_station(archive, "XX", "ABC", BHZ=40.0)
    own, copy, _ = SCEDC.stationxml_keys("XX", "ABC")
    archive.put(copy, content)
    s3.add(s3_faults.forbid, part=own)
    if not listed:
        s3.add(s3_faults.forbid, part=LISTING)
        s3.add(s3_faults.forbid, part="XXABC__BHZ___2023365")  # like any missing object then
    for _ in ("cold", "warm"):
        text = json.dumps(invoke(*ASKED[ask], left_s=20).json)
        if listed:
            assert f"could not read s3://scedc-pds/{own}: S3 refused it" in text
        else:
            told = f"s3://scedc-pds/{copy} is used, as S3 answered 403 for s3://scedc-pds/{own}"
            assert told in text
            assert "S3Error" not in text


@pytest.mark.parametrize("event", EVENTS)
def test_accounts_and_roles_reach_the_log_alone(
    s3: FaultyS3, invoke: Invoke, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A direct error is raised, so that Lambda passes on its message alone."""
    part, methods = (DAY, ("GET",))
    if EVENTS[event][0] == "response":
        part, methods = "noresp", ("PUT",)
    s3.add(s3_faults.forbid, part=part, methods=methods)
    done = invoke(*EVENTS[event], left_s=20)
    said = json.dumps(done.error)
    assert "AccessDenied (HTTP 403)" in said
    assert done.error["code"] == "AccessDenied"
    for secret in (ACCOUNT, "arn:", "secret-role"):
        assert secret not in said
        assert secret in caplog.text
