"""Log lines of invocations, read back from the output of a function."""

import json
from typing import Any

METRIC_UNITS = {
    "Seconds": "Seconds",
    "S3Requests": "Count",
    "S3Bytes": "Bytes",
    "S3Failures": "Count",
    "Failed": "Count",
    "InternalErrors": "Count",
    "ColdStarts": "Count",
}


def log_lines(output: str) -> list[dict[str, Any]]:
    """Return the log lines of invocations in an output, each a line of JSON with valid metrics."""
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    for line in lines:
        check_metrics(line)
    return lines


def log_line(output: str) -> dict[str, Any]:
    """Return the only log line of an output, which has no other line."""
    (text,) = output.splitlines()
    (line,) = log_lines(text)
    return line


def check_metrics(line: dict[str, Any]) -> None:
    """Assert that CloudWatch finds all metrics in a line.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    assert set(line["_aws"]) == {"Timestamp", "CloudWatchMetrics"}
    assert type(line["_aws"]["Timestamp"]) is int
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000  # milliseconds
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
    assert directive["Namespace"] == "scedc-lambda"
    assert directive["Dimensions"] == [["function"]]
    assert type(line["function"]) is str
    assert line["function"]
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == METRIC_UNITS
    assert all(set(metric) == {"Name", "Unit"} for metric in directive["Metrics"])
    assert all(type(line[name]) in (int, float) and line[name] >= 0 for name in METRIC_UNITS)
