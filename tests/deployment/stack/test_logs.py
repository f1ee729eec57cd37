"""The page about operation: its fields, metrics and queries are those of real log lines."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.invocation import log_line
from tests.deployment.support.deployed_stack import template
from tests.deployment.support.page_lines import OPERATING
from tests.support.builders import http_event
from tests.support.invoked import JOB, WINDOWS, sqs_event
from tests.support.log_lines import METRIC_UNITS, log_lines
from tests.support.pages import code

Handler = Callable[[Any], Any]
HEADING = "Logs and metrics"

REPORT = {
    "type": "platform.report",
    "record": {
        "requestId": "6f7f0961f83442118a7af6fe80b88d56",
        "status": "success",
        "metrics": {
            "durationMs": 101.51,
            "billedDurationMs": 300,
            "memorySizeMB": 512,
            "maxMemoryUsedMB": 33,
            "initDurationMs": 116.67,
        },
    },
}
"""Lambda's own line, as documented under "Lambda Telemetry API Event schema reference"."""

FUNCTIONS = {"jsonParse", "ispresent", "sum", "count", "bin"}
COMMANDS = {"filter", "fields", "unnest", "stats", "sort", "limit"}
WORDS = {"as", "into", "by", "desc", "and", "1h"}


@pytest.fixture
def lines(
    day: S3Server,
    response_handler: Handler,
    timewindow_handler: Handler,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> list[dict[str, Any]]:
    """The lines of a day, a batch, windows, and many failures."""
    response_handler(JOB)
    response_handler(sqs_event(JOB, {**JOB, "day": "2024,002"}))
    monkeypatch.setattr(log_line, "MAX_FAILURES", 1)
    response_handler({"Items": [{**JOB, "day": "2024,002"}, {**JOB, "day": "2024,003"}]})
    absent = {**WINDOWS["Windows"][0], "Station": "NONE"}
    request = {"Windows": [*WINDOWS["Windows"], absent], "Output": "VEL"}
    timewindow_handler(http_event(json.dumps(request)))
    return log_lines(capsys.readouterr().out)


def paths(value: Any, prefix: str = "") -> set[str]:
    """Return the names of the fields that Logs Insights finds in an object."""
    if not isinstance(value, dict):
        return {prefix}
    return {prefix} | {
        path
        for name, member in value.items()
        for path in paths(member, f"{prefix}.{name}" if prefix else name)
    }


def fields_of(query: str) -> set[str]:
    """Return the fields that a query reads, without the names that it gives itself."""
    assert {part.split()[0] for part in query.split("|")} <= COMMANDS
    own = set(re.findall(r"(?:as|into) (\w+)", query))
    without_texts = re.sub(r'"[^"]*"', "", query)
    called = set(re.findall(r"(\w+)\(", without_texts))
    assert called <= FUNCTIONS
    names = set(re.findall(r"(?<![\w.@])[a-zA-Z][\w.]*", without_texts))
    return names - own - called - COMMANDS - WORDS


@OPERATING.covers(*((HEADING, "text", number) for number in range(4)))
def test_queries_read_fields_of_the_lines(lines: list[dict[str, Any]]) -> None:
    known = set().union(*map(paths, [*lines, REPORT]))
    failure = lines[1]["failures"][0]
    known |= {f"failure.{name}" for name in failure} | {"line.failures"}
    queries = [text for key, text in OPERATING.blocks.items() if key[:2] == (HEADING, "text")]
    read = [fields_of(query) for query in queries]
    assert len(read) == 4
    assert set().union(*read) - known == set()
    assert all(read)
    inline = next(text for text in code(OPERATING.sections[HEADING]) if text.startswith("filter "))
    assert fields_of(inline) == {"type", "record.status"}
    assert "steps.remove_response" in read[1]


def test_an_unknown_field_is_found() -> None:
    query = 'filter a.b = "c" and d > 5\n| stats sum(e) / 1000 as f by bin(1h)\n| sort f desc'
    assert fields_of(query) == {"a.b", "d", "e"}


def test_the_tables_have_all_fields_and_metrics(lines: list[dict[str, Any]]) -> None:
    named = [name for row in OPERATING.table(HEADING) for name in code(row[0])]
    written = set().union(*lines)
    assert set(named) == written - {"_aws"}
    metrics = re.findall(r"^\| `([A-Z]\w+)` \|", OPERATING.sections[HEADING], re.MULTILINE)
    assert set(metrics) == set(METRIC_UNITS)
    assert {line["invoked_by"] for line in lines} <= set(code(OPERATING.sections[HEADING]))


def test_the_alarms_stand_on_their_metrics() -> None:
    resources = template()["Resources"]
    named = [(code(row[0]), code(row[2])) for row in OPERATING.table(HEADING) if len(row) == 3]
    alarms = {name: metric[0] for metric, names in named if metric for name in names}
    alarms.pop("Duration")  # Lambda's own
    assert {name: resources[name]["Properties"]["MetricName"] for name in alarms} == alarms
    ours = {
        name
        for name, resource in resources.items()
        if resource.get("Properties", {}).get("Namespace") == log_line.NAMESPACE
    }
    assert set(alarms) == ours
