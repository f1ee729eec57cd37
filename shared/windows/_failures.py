"""The failures of windows, reported to the log and to the invocation's log line."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from shared import telemetry
from shared.archive.day import Day
from shared.errors import ServiceError, UpstreamError
from shared.windows._task import WindowTask
from shared.windows.request import Window

logger = logging.getLogger(__name__)


def report(tasks: Sequence[WindowTask]) -> None:
    """Report the windows that failed, and log the failures of S3 and of its objects."""
    failures = [
        (task.window, task.result.error) for task in tasks if task.result and task.result.error
    ]
    kinds: Counter[tuple[str, Day, type[ServiceError]]] = Counter()
    samples = {}
    for window, error in failures:
        kind = (window.channel.nscl, window.days[0], type(error))
        kinds[kind] += 1
        samples[kind] = error
    for (channel, day, cls), count in kinds.items():
        error = samples[channel, day, cls]
        telemetry.count_failure(error, channel=channel, day=str(day), count=count)
    channels = {task.window.channel.nscl for task in tasks}
    if len(channels) == 1:
        telemetry.describe(channel=channels.pop())
    log_upstream(failures)


def log_upstream(failures: Iterable[tuple[Window, ServiceError]]) -> None:
    """Log the failures of S3 and of its objects, once for each object.

    A storm of errors would otherwise fill the log with one line, and its cause, for each window.
    """
    by_object: defaultdict[str, list[tuple[Window, ServiceError]]] = defaultdict(list)
    for window, error in failures:
        if isinstance(error, UpstreamError):
            by_object[str(error.details.get("object", error.message))].append((window, error))
    for failed in by_object.values():
        window, error = failed[0]
        # Lambda's log shows the exception itself, and not the ones that are chained to it.
        cause = error.__cause__ or error
        others = f", and {len(failed) - 1:,} more" if len(failed) > 1 else ""
        logger.warning("%s%s: %s", window, others, error.message, exc_info=cause)
