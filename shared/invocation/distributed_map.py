"""Batches of Step Functions' Distributed Map: items, and the input that they share.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from shared.errors import INTERNAL_ERROR, BadRequestError, ServiceError, TooLargeError
from shared.invocation.batch import JobResult, Worker, check_batch_size


def process_items(event: Mapping[str, Any], worker: Worker) -> list[dict[str, Any]]:
    """Run the job of each item; an item's own members override those of `BatchInput`.

    Returns:
        One entry for each item, in order: `{"result": ...}`, or `{"error": ...}` for a permanent
        failure or a bug.

    Raises:
        BadRequestError: `Items` is not an array, or `BatchInput` not an object.
        TooLargeError: the function's time ran out before the last item.
        ServiceError: the first failure that a retry may cure, raised after all items are done.
            Step Functions retries the whole batch, which writes the same objects.
    """
    items, shared_input = _read(event)
    entries: list[dict[str, Any]] = []
    failures: list[ServiceError] = []
    jobs = (
        (f"item {number}", partial(_request, item, shared_input))
        for number, item in enumerate(items)
    )
    for number, result in enumerate(worker.run(jobs)):
        if result is None:
            failures.append(_no_time(number, len(items)))
            break
        if isinstance(result.error, ServiceError) and not result.permanent:
            failures.append(result.error)
        else:
            entries.append(_entry(result))
    if failures:
        raise failures[0]
    return entries


def _read(event: Mapping[str, Any]) -> tuple[list[Any], Mapping[str, Any]]:
    items, shared_input = event["Items"], event.get("BatchInput")
    shared_input = {} if shared_input is None else shared_input
    if not isinstance(items, list) or not isinstance(shared_input, Mapping):
        types = f"Items is {type(items).__name__}, BatchInput {type(shared_input).__name__}"
        raise BadRequestError(f"{types}: must be a JSON array of requests, and an object")
    check_batch_size("Items", len(items))
    return items, shared_input


def _request(item: Any, shared_input: Mapping[str, Any]) -> Any:
    return {**shared_input, **item} if isinstance(item, Mapping) else item


def _entry(result: JobResult) -> dict[str, Any]:
    if result.error is None:
        return {"result": result.summary}
    if isinstance(result.error, ServiceError):
        return {"error": result.error.as_dict()}
    return {"error": {"type": "InternalError", "message": INTERNAL_ERROR}}


def _no_time(done: int, count: int) -> TooLargeError:
    return TooLargeError(
        f"{count - done} of {count} items were not started, since the function's time is running"
        " out: send fewer at a time (MaxItemsPerBatch), or raise the function's timeout",
        items=count,
        done=done,
    )
