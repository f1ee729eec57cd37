"""Tasks of S3 Batch Operations: the request about each object, and result codes."""

import json

import pytest

from shared.errors import BadRequestError
from tests.support.batches import NO_LIMIT, PERMANENT, TRANSIENT, Context, handler, no_jobs_handler


def event(*tasks, version="2.0", arguments=None):
    """Return an event of either version, as the user guide of S3 documents it.

    See "Invoke AWS Lambda function" under S3 Batch Operations.
    """
    bucket = (
        {"s3Bucket": "scedc-pds"} if version == "2.0" else {"s3BucketArn": "arn:aws:s3:::scedc-pds"}
    )
    return {
        "invocationSchemaVersion": version,
        "invocationId": "YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo",
        "job": {"id": "f3cc4f60", **({"userArguments": arguments} if arguments else {})},
        "tasks": [
            {"taskId": f"t{number}", "s3Key": key, "s3VersionId": None, **bucket}
            for number, key in enumerate(tasks or ["folder/a.ms"])
        ],
    }


def results(batch, context=NO_LIMIT):
    """Return code and string of each result, and check the rest of the reply."""
    reply = handler(batch, context)
    assert {**reply, "results": None} == {
        "invocationSchemaVersion": batch["invocationSchemaVersion"],
        "treatMissingKeysAs": "PermanentFailure",
        "invocationId": batch["invocationId"],
        "results": None,
    }
    assert [result["taskId"] for result in reply["results"]] == [
        task["taskId"] for task in batch["tasks"]
    ]
    return [(result["resultCode"], result["resultString"]) for result in reply["results"]]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_request_is_about_the_object(version):
    ((code, text),) = results(event("a%20folder/a+b%2Bc.ms", version=version))
    assert code == "Succeeded"
    assert json.loads(text) == {"bucket": "scedc-pds", "key": "a folder/a b+c.ms"}


def test_arguments_are_members_of_the_request():
    arguments = {
        "output": "DISP",
        "pre_filt": "[0.01, 0.02, 35, 45]",
        "water_level": "null",
        "zero_mean": "false",
        "nan": "NaN",
    }
    ((_, text),) = results(event(arguments=arguments))
    assert json.loads(text) == {
        "bucket": "scedc-pds",
        "key": "folder/a.ms",
        "output": "DISP",
        "pre_filt": [0.01, 0.02, 35, 45],
        "water_level": None,
        "zero_mean": False,
        "nan": "NaN",  # not JSON, so it stays text
    }


@pytest.mark.parametrize("kind", PERMANENT)
def test_permanent_failure(kind):
    batch = event(arguments={"fail": kind})
    assert results(batch) == [("PermanentFailure", f"{PERMANENT[kind].__name__}: it is {kind}")]


@pytest.mark.parametrize("kind", TRANSIENT)
def test_transient_failure(kind):
    batch = event(arguments={"fail": kind})
    assert results(batch) == [("TemporaryFailure", f"{TRANSIENT[kind].__name__}: it is {kind}")]


def test_internal_error_is_reported_without_details():
    ((code, text),) = results(event(arguments={"fail": "bug"}))
    assert code == "PermanentFailure"
    assert text == "InternalError: this is our fault; the log has the details"


def test_a_version_is_refused():
    """Only the current version of an object is read."""
    batch = event("folder/a.ms", "folder/b.ms")
    batch["tasks"][0]["s3VersionId"] = "abc"
    (code, text), (other, _) = results(batch)
    assert (code, other) == ("PermanentFailure", "Succeeded")
    assert text.startswith(
        "BadRequestError: s3VersionId is 'abc': only an object's current version is read"
    )


def test_a_task_without_a_key():
    batch = event("folder/a.ms", "folder/b.ms")
    batch["tasks"][0]["s3Key"] = None
    (code, text), (other, _) = results(batch)
    assert (code, other) == ("PermanentFailure", "Succeeded")
    assert text == "BadRequestError: s3Key is None: must be an object's key"


@pytest.mark.parametrize(
    "changed",
    [
        {"tasks": None},
        {"tasks": [5]},
        {"tasks": [{"s3Key": "a"}]},
        {"invocationId": None},
        {"invocationSchemaVersion": "9.9"},
        {"invocationSchemaVersion": None},
        {"job": "a job"},
        {"job": {"userArguments": "some"}},
    ],
)
def test_event_that_s3_would_not_send(changed):
    with pytest.raises(BadRequestError, match="must be"):
        handler({**event(), **changed}, NO_LIMIT)


def test_a_long_result_is_cut():
    ((_, text),) = results(event("x" * 5_000))
    assert len(text) == 1_000


def test_tasks_that_exceed_the_time_are_retried():
    done = results(event("a", "b", "c"), Context(readings=1))
    assert [code for code, _ in done] == ["Succeeded", "Succeeded", "TemporaryFailure"]
    assert "time is running out" in done[2][1]


def test_a_function_without_jobs_refuses_by_name():
    with pytest.raises(BadRequestError, match="a task of S3 Batch Operations, which this function"):
        no_jobs_handler(event(), NO_LIMIT)
