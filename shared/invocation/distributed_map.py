"""A batch of items of Step Functions' Distributed Map: requests, and what they have in common.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from collections.abc import Mapping
from typing import Any

from shared.errors import BadRequestError, ServiceError, TooLargeError
from shared.invocation.batch import JobResult, Worker

_OUR_FAULT = "this is our fault; the log has the details"


def do_items(event: Mapping[str, Any], worker: Worker) -> list[dict[str, Any]]:
    """Do each item's job; members of `BatchInput` are every item's, but for those of its own.

    Returns:
        One entry for each item, in order: `{"result": ...}`, or `{"error": ...}` if it can never
        succeed, or failed by our own fault.

    Raises:
        BadRequestError: `Items` is no array, or `BatchInput` no object.
        TooLargeError: the function's time does not suffice for all of them.
        ServiceError: what failed and may succeed another time, once all others are done: Step
            Functions sees its name, and its Retry does the batch again, which writes the same
            objects.
    """
    items, common = event["Items"], event.get("BatchInput")
    common = {} if common is None else common
    if not isinstance(items, list) or not isinstance(common, Mapping):
        kinds = f"Items is {type(items).__name__}, BatchInput {type(common).__name__}"
        raise BadRequestError(f"{kinds}: must be a JSON array of requests, and an object")
    entries: list[dict[str, Any]] = []
    failures: list[ServiceError] = []
    for number, item in enumerate(items):
        if not worker.has_time():
            failures.append(_no_time(number, len(items)))
            break
        done = _do(item, common, worker, number)
        if done.error is None:
            entries.append({"result": done.brief})
        elif not isinstance(done.error, ServiceError):
            entries.append({"error": {"type": "InternalError", "message": _OUR_FAULT}})
        elif done.permanent:
            entries.append({"error": done.error.as_dict()})
        else:
            failures.append(done.error)
    if failures:
        raise failures[0]
    return entries


def _do(item: Any, common: Mapping[str, Any], worker: Worker, number: int) -> JobResult:
    return worker.do(lambda: _request(item, common), f"item {number}")


def _request(item: Any, common: Mapping[str, Any]) -> Any:
    return {**common, **item} if isinstance(item, Mapping) else item


def _no_time(number: int, count: int) -> TooLargeError:
    return TooLargeError(
        f"{count - number} of {count} items were not begun, as the function's time ends: send fewer"
        " at a time (MaxItemsPerBatch), or give the function a longer timeout",
        items=count,
        done=number,
    )
