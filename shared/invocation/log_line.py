"""The log line of an invocation: one JSON object, which is also the source of its metrics.

The line has CloudWatch's embedded metric format, so that no request to CloudWatch is needed:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import itertools
import json
import logging
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from http import HTTPStatus
from typing import Any

from shared import settings, telemetry
from shared.invocation import event_source
from shared.version import VERSION

logger = logging.getLogger(__name__)

NAMESPACE = "scedc-lambda"
"""The metrics' namespace in CloudWatch."""

METRICS = {
    "Seconds": "Seconds",
    "S3Requests": "Count",
    "S3Bytes": "Bytes",
    "S3Failures": "Count",
    "Failed": "Count",
    "InternalErrors": "Count",
    "ColdStarts": "Count",
}
"""The metrics with their units."""

MAX_FAILURES = 50
"""Most kinds of failures in a line, which CloudWatch takes up to 256 KB."""

_SOURCES = {
    event_source.DIRECT: "direct",
    event_source.HTTP: "HTTP",
    event_source.SQS: "SQS",
    event_source.S3_BATCH: "S3 Batch",
    event_source.DISTRIBUTED_MAP: "Distributed Map",
}

_invocations = itertools.count()


@dataclass
class LogLine:
    """The facts of a line that the handler knows.

    Attributes:
        source: the service that sent the event, a result of `event_source.identify`.
        status: the HTTP status of the reply; None for other events.
        error: the error that the handler raises; None if it returns.
    """

    source: str = ""
    status: int | None = None
    error: BaseException | None = None


@contextmanager
def log_line(context: Any) -> Iterator[LogLine]:
    """Write the log line of the invocation that the enclosed block handles, also if it raises.

    Args:
        context: Lambda's context object.
    """
    start, cold, line = time.perf_counter(), next(_invocations) == 0, LogLine()
    with telemetry.recording() as invocation:
        try:
            yield line
        except BaseException as error:
            line.error = error
            if not invocation.failures:
                telemetry.count_failure(error)
            raise
        finally:
            seconds = time.perf_counter() - start
            _write(_as_dict(line, context, invocation, seconds, cold))


def _write(members: dict[str, Any]) -> None:
    """Write the line itself: `logging` would wrap it, and filter it by its level."""
    text = json.dumps(members, separators=(",", ":"), default=str)
    with suppress(OSError, ValueError):  # an invocation does not fail because its log is closed
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _as_dict(
    line: LogLine, context: Any, invocation: telemetry.Invocation, seconds: float, cold: bool
) -> dict[str, Any]:
    now = datetime.now(timezone.utc)
    metrics = {
        "Seconds": round(seconds, 4),
        "S3Requests": sum(invocation.s3_requests.values()),
        "S3Bytes": invocation.bytes_read + invocation.bytes_written,
        "S3Failures": invocation.s3_failures,
        "Failed": invocation.failed,
        "InternalErrors": invocation.bugs,
        "ColdStarts": int(cold),
    }
    return {
        # Lambda drops lines below the function's log level, and gives INFO to lines without these.
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": "INFO",
        "requestId": str(getattr(context, "aws_request_id", "")),
        "function": settings.function_name(),
        "function_version": settings.function_version(),
        "version": VERSION,
        "invoked_by": _SOURCES.get(line.source, "other"),
        "outcome": _outcome(line, invocation),
        **_known(status=line.status),
        "cold": cold,
        **_work(invocation),
        "steps": {name: round(duration, 4) for name, duration in invocation.steps.items()},
        "s3": {
            **{kind: invocation.s3_requests[kind] for kind in ("GET", "HEAD", "LIST", "PUT")},
            "bytes_read": invocation.bytes_read,
            "bytes_written": invocation.bytes_written,
        },
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **metrics,
        **_failures(invocation),
        "_aws": _metric_directives(now),
    }


def _outcome(line: LogLine, invocation: telemetry.Invocation) -> str:
    """Return "ok", "partial" if only some windows or jobs failed, or the type of the error."""
    if line.error:
        return telemetry.error_type(line.error)
    if not invocation.failures:
        return "ok"
    is_refused = line.status is not None and line.status >= HTTPStatus.BAD_REQUEST
    if not is_refused and invocation.failed < max(invocation.windows, invocation.jobs):
        return "partial"
    return invocation.failures.most_common(1)[0][0].error


def _work(invocation: telemetry.Invocation) -> dict[str, Any]:
    members: dict[str, Any] = {"jobs": invocation.jobs, **invocation.facts}
    if invocation.windows:
        members["windows"] = invocation.windows
    if invocation.jobs > 1:
        seconds, facts = invocation.slowest
        places = {name: facts[name] for name in ("channel", "day") if name in facts}
        members["slowest"] = {"seconds": round(seconds, 4), **places}
    return members


def _failures(invocation: telemetry.Invocation) -> dict[str, Any]:
    kinds = [
        {**_known(**failure._asdict()), "count": count}
        for failure, count in invocation.failures.most_common(MAX_FAILURES)
    ]
    omitted = len(invocation.failures) - len(kinds)
    return {**_known(failures=kinds), **_known(failures_omitted=omitted)}


def _known(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _metric_directives(now: datetime) -> dict[str, Any]:
    definitions = [{"Name": name, "Unit": unit} for name, unit in METRICS.items()]
    return {
        "Timestamp": int(now.timestamp() * 1000),
        "CloudWatchMetrics": [
            {"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": definitions}
        ],
    }
