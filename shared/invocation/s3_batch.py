"""Tasks of S3 Batch Operations: each names an object, and the request is about that object.

Events and result codes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

from shared import guard, strict_json
from shared.errors import INTERNAL_ERROR, BadRequestError, ServiceError
from shared.fields import shown
from shared.invocation.batch import BatchJobs, JobResult, Worker, check_batch_size

_VERSIONS = ("1.0", "2.0")

_MAX_RESULT_CHARACTERS = 1000
"""Longest result string; S3's report has room for little more."""


def process_tasks(event: Mapping[str, Any], worker: Worker) -> dict[str, Any]:
    """Run the job of each task; S3 retries a TemporaryFailure.

    Returns:
        The reply that S3 Batch Operations expects: for each task its result code, with the
        answer's summary or the error.

    Raises:
        BadRequestError: S3 would not send such an event, or its version is unknown.
    """
    _check(event)
    results = []
    jobs = (
        (f"task {task['taskId']}", partial(_request, event, task, worker.jobs))
        for task in event["tasks"]
    )
    for task, result in zip(event["tasks"], worker.run(jobs), strict=True):
        code, text = "TemporaryFailure", "not started, since the function's time is running out"
        if result:
            code, text = _code_and_text(task, result)
        text = text[:_MAX_RESULT_CHARACTERS]
        results.append({"taskId": task["taskId"], "resultCode": code, "resultString": text})
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
            f"invocationSchemaVersion is {shown(version)}: must be {' or '.join(_VERSIONS)}",
            field="invocationSchemaVersion",
        )
    ids = [event.get("invocationId")]
    if isinstance(tasks, list):
        ids += [task.get("taskId") if isinstance(task, Mapping) else None for task in tasks]
    if not isinstance(tasks, list) or not all(isinstance(name, str) for name in ids):
        raise BadRequestError(
            "tasks must be an array of objects with taskId and s3Key, beside invocationId"
        )
    check_batch_size("tasks", len(tasks))
    _user_arguments(event)


def _user_arguments(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the job's arguments; version 1.0 has none."""
    job = event.get("job") or {}
    arguments = job.get("userArguments") or {} if isinstance(job, Mapping) else None
    if not isinstance(arguments, Mapping):
        raise BadRequestError("job must be an object, and so must its userArguments")
    return arguments


def _request(event: Mapping[str, Any], task: Mapping[str, Any], jobs: BatchJobs) -> Any:
    """Return the request of a task.

    Version 1.0 gives the bucket's ARN; version 2.0 gives its name, and user arguments.
    """
    key, version = task.get("s3Key"), task.get("s3VersionId")
    if not isinstance(key, str):
        raise BadRequestError(f"s3Key is {shown(key)}: must be an object's key", field="s3Key")
    if version:
        raise BadRequestError(
            f"s3VersionId is {shown(version)}: only an object's current version is read, so the"
            " manifest must not list versions",
            field="s3VersionId",
        )
    bucket = task.get("s3Bucket") or task.get("s3BucketArn", "")
    if not isinstance(bucket, str):
        raise BadRequestError(f"s3Bucket is {shown(bucket)}: must be a name", field="s3Bucket")
    bucket = bucket.rpartition(":")[2]
    members = {name: _argument(text) for name, text in _user_arguments(event).items()}
    return jobs.request_from_object(bucket, unquote_plus(key), members)


def _argument(text: str) -> Any:
    """Return a user argument's value. S3 passes text alone: JSON is parsed, other text is kept."""
    try:
        return strict_json.loads(text)
    except ValueError:
        return text


def _code_and_text(task: Mapping[str, Any], result: JobResult) -> tuple[str, str]:
    error, summary = result.error, result.summary
    if error is None:
        with guard.attempt(f"task {task['taskId']}") as attempt:
            return "Succeeded", summary if isinstance(summary, str) else json.dumps(summary)
        error = attempt.error
    if not isinstance(error, ServiceError):
        return "PermanentFailure", f"InternalError: {INTERNAL_ERROR}"
    code = "PermanentFailure" if error.permanent else "TemporaryFailure"
    return code, f"{type(error).__name__}: {error.message}"
