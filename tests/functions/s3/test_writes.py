"""Writes: a result is whole or absent, and S3's words about credentials reach the log alone.

A result is one PUT, however large, so nothing half-written can remain. Fake time, where S3 refuses.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.aws import s3_write
from shared.invocation import reply_size
from tests.support import s3_faults
from tests.support.builders import emptied, http_event
from tests.support.fake_time import FakeTime, use_fake_time
from tests.support.faulty_s3 import FaultyS3, Respond
from tests.support.invoked import DAY, JOB, WINDOWS, Invoke, Invoked, sqs_event
from tests.support.s3_faults import refuse

RESULT = "noresp"
LARGE_REPLY = "corrected-waveforms/windows"

WRITES: dict[str, tuple[str, str, Any]] = {
    "a result, directly": (RESULT, "response", JOB),
    "a result, over HTTP": (RESULT, "response", http_event(json.dumps(JOB))),
    "a large reply, directly": (LARGE_REPLY, "timewindow", WINDOWS),
    "a large reply, over HTTP": (LARGE_REPLY, "timewindow", http_event(json.dumps(WINDOWS))),
}
each_function = pytest.mark.parametrize("write", ["a result, directly", "a large reply, over HTTP"])

Write = Callable[[str], Invoked]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    monkeypatch.setattr(reply_size, "MAX_REPLY_BYTES", 1_500)  # less than the windows have
    return use_fake_time(monkeypatch)


@pytest.fixture
def do(s3: FaultyS3, invoke: Invoke, clock: FakeTime) -> Write:
    """A function that invokes a function with a minute left."""
    return lambda write: invoke(*WRITES[write][1:], left_s=60, clock=clock.monotonic)


def stored(archive: S3Server) -> list[bytes]:
    """Return the objects in the output bucket."""
    listed = archive.client.list_objects_v2(Bucket=OUTPUT_BUCKET).get("Contents", [])
    uploads = archive.client.list_multipart_uploads(Bucket=OUTPUT_BUCKET)
    assert "Uploads" not in uploads
    return [archive.get(f"s3://{OUTPUT_BUCKET}/{item['Key']}") for item in listed]


PASSING: dict[str, Respond] = {
    "damaged on its way": refuse(400, "BadDigest", "The CRC32 you specified did not match"),
    "half of it arrived": refuse(400, "IncompleteBody"),
    "an error in an answer of 200": refuse(200, "SlowDown"),
    "an answer that is lost": s3_faults.lose_answer,
    "a reset": s3_faults.reset,
    "a storm": s3_faults.slow_down,
    "another region": refuse(301, "PermanentRedirect", x_amz_bucket_region="us-east-2"),
    "another region for now": refuse(307, "TemporaryRedirect", x_amz_bucket_region="us-east-2"),
    "another region in the signature": refuse(400, "AuthorizationHeaderMalformed"),
}


@each_function
def test_faults_that_pass(s3: FaultyS3, archive: S3Server, do: Write, write: str) -> None:
    assert do(write).json
    (whole,) = stored(archive)
    for fault, respond in PASSING.items():
        with emptied(archive, OUTPUT_BUCKET):
            pass
        s3.faults.clear()
        s3.add(respond, part=WRITES[write][0], methods=("PUT",), times=1)
        assert "Error" not in json.dumps(do(write).json), fault
        assert stored(archive) == [whole], fault


@pytest.mark.parametrize("fault", PASSING)
@each_function
def test_fault_that_lasts(
    s3: FaultyS3, archive: S3Server, do: Write, write: str, fault: str
) -> None:
    part = WRITES[write][0]
    s3.add(PASSING[fault], part=part, methods=("PUT",))
    done = do(write)
    assert done.seconds < 60
    assert done.error["type"] == "S3Error"
    assert "could not write s3://corrected-waveforms/" in done.error["message"]
    assert part.rpartition("/")[2] in done.error["object"]
    assert len(stored(archive)) == (fault == "an answer that is lost")  # whole, if at all


@pytest.mark.parametrize("times", [3, math.inf])
def test_link_awaits_the_region_of_the_bucket(
    s3: FaultyS3, do: Write, times: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that is signed for another region would not work."""
    monkeypatch.setattr(s3_write, "_regions", {})
    s3.add(s3_faults.slow_down, methods=("HEAD",), part="/corrected-waveforms", times=times)
    done = do("a large reply, directly")
    assert done.seconds < 60
    if times < math.inf:
        assert "url" in done.answer
    else:
        assert done.error["type"] == "S3Error"
        assert "could not sign a link to s3://corrected-waveforms/" in done.error["message"]


CREDENTIALS = {
    "InvalidAccessKeyId": 403,
    "InvalidToken": 400,
    "SignatureDoesNotMatch": 403,
    "RequestTimeTooSkewed": 403,
}


@pytest.mark.parametrize(
    ("write", "code"),
    [
        *((write, "ExpiredToken") for write in WRITES),
        *(("a result, directly", c) for c in CREDENTIALS),
    ],
)
def test_credentials_are_none_of_a_callers_business(
    s3: FaultyS3, do: Write, write: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = f"{code} of {s3_faults.ROLE}"
    s3.add(refuse(CREDENTIALS.get(code, 400), code, said), part=WRITES[write][0], methods=("PUT",))
    error = do(write).error
    assert error["type"] == "S3Error"
    assert "S3 does not accept the function's credentials" in error["message"]
    for secret in (code, "arn:", s3_faults.ACCOUNT, s3_faults.KEY_ID, s3_faults.HOST_ID):
        assert secret not in json.dumps(error)
    assert said in caplog.text
    assert [request[0] for request in s3.requests].count("PUT") == 1


BATCHES: dict[str, Any] = {
    "SQS": sqs_event(JOB),
    "S3 Batch Operations": {
        "invocationSchemaVersion": "2.0",
        "invocationId": "1",
        "job": {"id": "2"},
        "tasks": [{"taskId": "3", "s3Bucket": "scedc-pds", "s3Key": DAY}],
    },
    "Distributed Map": {"Items": [JOB]},
}


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken"])
@pytest.mark.parametrize("batch", BATCHES)
def test_batches_do_not_name_accounts(
    s3: FaultyS3,
    invoke: Invoke,
    clock: FakeTime,
    batch: str,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    s3.add(refuse(403, code, f"{s3_faults.ROLE} may not"), part=RESULT, methods=("PUT",))
    done = invoke("response", BATCHES[batch], left_s=60, clock=clock.monotonic)
    assert s3_faults.ROLE in caplog.text
    for secret in ("arn:", s3_faults.ACCOUNT, s3_faults.KEY_ID, s3_faults.HOST_ID):
        assert secret not in json.dumps(done.json)
    if batch != "SQS":
        assert "S3Error" in json.dumps(done.json)


@pytest.mark.parametrize("fault", ["a storm", "a refusal", "a stall"])
def test_dead_letter_that_cannot_be_sent(
    s3: FaultyS3,
    archive: S3Server,
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The message returns to its queue, in time."""
    url = archive.sqs.create_queue(QueueName="dead")["QueueUrl"]
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", s3.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    event = sqs_event({**JOB, "day": "2024,002"})
    assert invoke("response", event, left_s=60).answer == {"batchItemFailures": []}
    faults = {
        "a storm": (s3_faults.slow_down, 60, use_fake_time),
        "a refusal": (s3_faults.forbid, 60, use_fake_time),
        "a stall": (s3_faults.stall, 1, None),
    }
    respond, left_s, fake = faults[fault]
    s3.add(respond, methods=("POST",))
    clock = {"clock": fake(monkeypatch).monotonic} if fake else {}
    done = invoke("response", event, left_s=left_s, **clock)
    assert done.seconds < left_s + 2 * (fault == "a stall")
    assert done.answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert "message m0 returns to the queue" in caplog.text
