"""Sizes and versions: half an object is never taken for a whole one, nor are two versions for one.

Each answer is compared with HEAD, Content-Range and ETag. One that disagrees is asked for again,
and becomes an S3Error that names the object if that lasts.
"""

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from tests.support import s3_faults
from tests.support.builders import forget_objects
from tests.support.faulty_s3 import FaultyS3
from tests.support.invoked import DAY, EVENTS, JOB, STATIONXML, WINDOWS, Invoke, window

CONTRADICTIONS = {
    "half": s3_faults.half,
    "half a range": s3_faults.half_range,
    "no length": s3_faults.without_length,
}


@pytest.mark.parametrize("key", [DAY, STATIONXML])
@pytest.mark.parametrize("fault", ["half", "half a range"])
def test_half_an_object_is_never_used(
    s3: FaultyS3, archive: S3Server, invoke: Invoke, fault: str, key: str
) -> None:
    s3.add(CONTRADICTIONS[fault], part=key, methods=("GET",))
    error = invoke("response", JOB, left_s=60).error
    assert error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{key}: S3 " in error["message"]
    assert "at each of 3 attempts" in error["message"]
    assert "Contents" not in archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET)


@pytest.mark.parametrize("fault", ["half", "half a range"])
@pytest.mark.parametrize("reading", ["records", "whole"])
def test_half_an_object_is_never_a_window(
    s3: FaultyS3, invoke: Invoke, fault: str, reading: str
) -> None:
    s3.add(CONTRADICTIONS[fault], part=DAY, methods=("GET",))
    error = invoke("timewindow", {**WINDOWS, "Read": reading}, left_s=60).error
    assert error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{DAY}: S3 " in error["message"]


@pytest.mark.parametrize("fault", CONTRADICTIONS)
@pytest.mark.parametrize("key", [DAY, STATIONXML])
def test_contradiction_that_passes_is_survived(
    s3: FaultyS3, invoke: Invoke, fault: str, key: str
) -> None:
    s3.add(CONTRADICTIONS[fault], part=key, methods=("GET",), times=1)
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("event", EVENTS)
def test_answer_without_a_length(s3: FaultyS3, invoke: Invoke, method: str, event: str) -> None:
    """A range gives the length a second time, so that windows need no Content-Length."""
    s3.add(s3_faults.without_length, part=DAY, methods=(method,))
    done = invoke(*EVENTS[event], left_s=60)
    if EVENTS[event][0] == "response":
        assert done.error["type"] == "S3Error"
        assert f"could not read s3://scedc-pds/{DAY}: " in done.error["message"]
        assert "S3's answer has no Content-Length" in done.error["message"]
    else:
        assert "error" not in str(done.answer)


def test_versions_are_not_mixed(s3: FaultyS3, invoke: Invoke) -> None:
    s3.add(s3_faults.of_another_version, part=DAY, methods=("GET",))
    error = invoke("response", JOB, left_s=60).error
    assert error["type"] == "S3Error"
    assert f"s3://scedc-pds/{DAY}" in error["message"]
    assert "it was replaced 3 times while it was read" in error["message"]


def test_replaced_object_is_read_again(s3: FaultyS3, invoke: Invoke) -> None:
    s3.add(s3_faults.of_another_version, part=DAY, methods=("GET",), times=1)
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000


@pytest.mark.parametrize("size", [1, 1_000, 100_000])
def test_head_with_another_size(s3: FaultyS3, invoke: Invoke, size: int) -> None:
    s3.add(s3_faults.of_size(size), part=DAY, methods=("HEAD",))
    error = invoke("response", JOB, left_s=60).error
    assert error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{DAY}: S3 announced" in error["message"]
    s3.faults.clear()
    s3.add(s3_faults.of_size(size), part=DAY, methods=("HEAD",), times=1)
    assert invoke("response", JOB, left_s=60).error["type"] == "S3Error"  # HEAD is believed
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000


@pytest.mark.usefixtures("small_reads")
def test_object_is_replaced_between_two_ranges(s3: FaultyS3, invoke: Invoke) -> None:
    late = {"Windows": [window(Starttime="2024-01-01T00:02:01", Endtime="2024-01-01T00:02:11")]}
    expected = invoke("timewindow", late, left_s=60).answer[0]["data"]
    assert len(s3.requests) > 2
    forget_objects()
    s3.add(s3_faults.of_another_version, part=DAY, after=1, times=1)
    assert invoke("timewindow", late, left_s=60).answer[0]["data"] == expected
    forget_objects()
    s3.faults.clear()
    s3.add(s3_faults.of_ever_new_versions(), part=DAY)
    error = invoke("timewindow", late, left_s=60).error
    assert error["type"] == "S3Error"
    assert f"s3://scedc-pds/{DAY}" in error["message"]
    assert "was replaced 3 times while it was read" in error["message"]


@pytest.mark.parametrize("event", EVENTS)
def test_empty_day(archive: S3Server, s3: FaultyS3, invoke: Invoke, event: str) -> None:
    archive.put(DAY, b"")
    error = invoke(*EVENTS[event], left_s=60).error
    assert error["type"] in ("NoWaveformError", "UnreadableObjectError")
    assert DAY in error["message"]


@pytest.mark.parametrize("event", ["a direct job", "a job over HTTP"])
def test_empty_stationxml(archive: S3Server, s3: FaultyS3, invoke: Invoke, event: str) -> None:
    archive.put(STATIONXML, b"")
    error = invoke(*EVENTS[event], left_s=60).error
    assert error["type"] == "UnreadableObjectError"
    assert STATIONXML in error["message"]


ELSEWHERE = {
    "for good": s3_faults.refuse(301, "PermanentRedirect", x_amz_bucket_region="us-east-2"),
    "for now": s3_faults.refuse(307, "TemporaryRedirect", x_amz_bucket_region="us-east-2"),
    "in the signature": s3_faults.refuse(400, "AuthorizationHeaderMalformed"),
}


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("event", EVENTS)
def test_bucket_in_another_region(s3: FaultyS3, invoke: Invoke, event: str, elsewhere: str) -> None:
    """botocore follows S3 there, once; it does not without end."""
    s3.add(ELSEWHERE[elsewhere], part=DAY, methods=("GET",), times=1)
    assert "Error" not in str(invoke(*EVENTS[event], left_s=60).answer)
    s3.requests.clear()
    s3.add(ELSEWHERE[elsewhere], part=DAY)
    error = invoke(*EVENTS[event], left_s=60).error
    assert error["type"] == "S3Error"
    assert DAY in error["message"]
    assert len(s3.requests) < 8
