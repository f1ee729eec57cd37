"""Tasks of S3 Batch Operations: each names an object, and the request is about that object.

Shapes and result codes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from shared import strict_json
from shared.errors import BadRequestError, ServiceError
from shared.invocation.batch import BatchJobs, JobResult, Worker

_VERSIONS = ("1.0", "2.0")

_LONGEST_RESULT = 1000
"""Characters of a result; S3's report has room for little more."""


def do_tasks(event: Mapping[str, Any], worker: Worker) -> dict[str, Any]:
    """Do each task; what may succeed another time is a TemporaryFailure, which S3 tries again.

    Returns:
        The reply that S3 Batch Operations expects: for each task its code, and what is told of the
        answer, or the error.

    Raises:
        BadRequestError: the event is not as S3 sends it, or of a version that is not known.
    """
    _check(event)
    results = []
    for task in event["tasks"]:
        code, text = "TemporaryFailure", "not begun, as the function's time ends"
        if worker.has_time():
            code, text = _result(_do(event, task, worker))
        results.append(
            {"taskId": task["taskId"], "resultCode": code, "resultString": text[:_LONGEST_RESULT]}
        )
    return {
        "invocationSchemaVersion": event["invocationSchemaVersion"],
        "treatMissingKeysAs": "PermanentFailure",
        "invocationId": event["invocationId"],
        "results": results,
    }


def _check(event: Mapping[str, Any]) -> None:
    version, tasks = event["invocationSchemaVersion"], event["tasks"]
    if version not in _VERSIONS:
        raise BadRequestError(
            f"invocationSchemaVersion is {version!r}: must be {' or '.join(_VERSIONS)}",
            field="invocationSchemaVersion",
        )
    named = [event.get("invocationId")]
    if isinstance(tasks, list):
        named += [task.get("taskId") if isinstance(task, Mapping) else None for task in tasks]
    if not isinstance(tasks, list) or not all(isinstance(name, str) for name in named):
        raise BadRequestError(
            "tasks must be an array of objects with taskId and s3Key, beside invocationId"
        )


def _do(event: Mapping[str, Any], task: Mapping[str, Any], worker: Worker) -> JobResult:
    return worker.do(lambda: _request(event, task, worker.jobs), f"task {task['taskId']}")


def _request(event: Mapping[str, Any], task: Mapping[str, Any], jobs: BatchJobs) -> Any:
    """The request of a task. Version 1.0 has the bucket's ARN, and 2.0 its name and arguments."""
    key, version = task.get("s3Key"), task.get("s3VersionId")
    if not isinstance(key, str):
        raise BadRequestError(f"s3Key is {key!r}: must be an object's key", field="s3Key")
    if version:
        raise BadRequestError(
            f"s3VersionId is {version!r}: objects are read as they are now, so that the manifest"
            " must have no versions",
            field="s3VersionId",
        )
    bucket = task.get("s3Bucket") or str(task.get("s3BucketArn", "")).rpartition(":")[2]
    arguments = (event.get("job") or {}).get("userArguments") or {}
    members = {name: _value(text) for name, text in arguments.items()}
    return jobs.of_object(bucket, unquote_plus(key), members)


def _value(text: str) -> Any:
    """An argument's value: S3 has text alone, so that JSON stands in it, or the text itself."""
    try:
        return strict_json.loads(text)
    except ValueError:
        return text


def _result(done: JobResult) -> tuple[str, str]:
    error = done.error
    if error is None:
        return "Succeeded", done.brief if isinstance(done.brief, str) else json.dumps(done.brief)
    if not isinstance(error, ServiceError):
        return "PermanentFailure", "InternalError: this is our fault; the log has the details"
    code = "PermanentFailure" if error.permanent else "TemporaryFailure"
    return code, f"{type(error).__name__}: {error.message}"
