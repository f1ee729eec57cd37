"""Alarms of the template and of an account, in a form in which they can be compared."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.deployment.support.deployed_stack import template

COMMON = ("EvaluationPeriods", "ComparisonOperator", "TreatMissingData")


def of_the_template() -> list[dict[str, Any]]:
    """Return the properties of the template's alarms, in the order of their names."""
    resources = template()["Resources"].items()
    alarms = {name: item for name, item in resources if item["Type"] == "AWS::CloudWatch::Alarm"}
    return [alarms[name]["Properties"] for name in sorted(alarms)]


def conditions(alarms: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """Return the sorted conditions of alarms, each with its metrics, as JSON.

    Args:
        alarms: properties of alarms in a template, or alarms as CloudWatch describes them.
        names: the names of the resources to which properties in a template refer. Parameters have
            their defaults.
    """
    return sorted(json.dumps(_condition(alarm, names), sort_keys=True) for alarm in alarms)


def _condition(alarm: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    metrics = {one["Id"]: one for one in alarm.get("Metrics", [])}
    expressions = [one["Expression"] for one in metrics.values() if "Expression" in one]
    watched = [(name, one["MetricStat"]) for name, one in metrics.items() if "MetricStat" in one]
    if not metrics:
        watched = [("", {"Metric": alarm, "Stat": alarm["Statistic"], "Period": alarm["Period"]})]
    condition = {
        "threshold": alarm["Threshold"],
        "expressions": expressions,
        "metrics": [
            (
                name,
                one["Metric"]["Namespace"],
                one["Metric"]["MetricName"],
                one["Metric"].get("Dimensions") or [],
                one["Stat"],
                one["Period"],
            )
            for name, one in watched
        ],
        **{name: alarm[name] for name in COMMON},
    }
    resolved = _resolved(condition, names)
    return {**resolved, "threshold": float(resolved["threshold"])}


def _resolved(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value of the template with its references and parameters replaced."""
    defaults = {name: item["Default"] for name, item in template()["Parameters"].items()}
    known = {**defaults, **names}
    if isinstance(value, dict) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref":
            return known[argument]
        if function == "Fn::GetAtt":
            return known[argument[0]]
        if function == "Fn::Sub":
            return re.sub(r"\$\{(\w+)\}", lambda found: str(known[found[1]]), argument)
    if isinstance(value, dict):
        return {name: _resolved(item, names) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, names) for item in value]
    return value
