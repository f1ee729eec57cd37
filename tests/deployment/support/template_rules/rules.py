"""cfn-lint rules for template.yaml, loaded by `cfn-lint --append-rules`.

They find faults of this stack that AWS's own rules accept, for all values of its parameters.
"""

from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml
from cfnlint.helpers import ensure_list, is_function
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

EXPECTED = cfn_yaml.load(str(Path(__file__).with_name("expected.yaml")))
ABSENT = {"Ref": "AWS::NoValue"}
DAY_S = 86_400


class ExpectedValues(CloudFormationLintRule):
    id = "E9001"
    shortdesc = "Resources have the values of expected.yaml"

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Compare values as written, functions included: they hold for all parameters."""
        found = self.faults(cfn.get_resources())
        return [RuleMatch(["Resources", name], fault) for name, fault in found]

    def faults(self, resources: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield each difference, with the logical name of its resource."""
        types = {name: resource["Type"] for name, resource in resources.items()}
        listed = {name for name in EXPECTED if "::" not in name}
        listed_types = {types.get(name) for name in listed}
        for name in types.keys() - listed:
            if types[name] in listed_types or types[name].startswith("AWS::IAM::"):
                yield name, f"{name} is not in expected.yaml, unlike every other {types[name]}"
        for name in types.keys() | listed:
            resource = resources.get(name, {})
            conditions = grants(resource, "Condition").items()
            members = {
                **resource,
                **resource.get("Properties", {}),
                "Grants": grants(resource, "Resource"),
                "GrantConditions": {action: found for action, found in conditions if found},
            }
            shared = EXPECTED.get(types.get(name), {})
            for path, value in {"Condition": ABSENT, **shared, **EXPECTED.get(name, {})}.items():
                actual = reduce(lambda at, key: at.get(key, ABSENT), path.split("."), members)
                for fault in mismatches(path, actual, value):
                    yield name, f"{name}: {fault}"


def mismatches(path: str, actual: Any, expected: Any) -> Iterator[str]:
    """Yield the differences between two values; those of objects member by member."""
    objects = isinstance(actual, dict) and isinstance(expected, dict)
    if objects and not is_function(actual)[0] and not is_function(expected)[0]:
        for key in actual.keys() | expected.keys():
            pair = (value.get(key, ABSENT) for value in (actual, expected))
            yield from mismatches(f"{path}.{key}", *pair)
    elif actual != expected:
        shown = ("absent" if value == ABSENT else repr(value) for value in (actual, expected))
        yield f"{path} is {', not '.join(shown)}"


def grants(resource: dict[str, Any], member: str) -> dict[str, list[Any]]:
    """Return the actions that a role's policies allow, with a member of their statements.

    Args:
        resource: a resource of the template; one that is no role grants nothing.
        member: the member, Resource or Condition.
    """
    granted: dict[str, list[Any]] = {}
    is_role = resource.get("Type") == "AWS::IAM::Role"
    for policy in resource["Properties"]["Policies"] if is_role else []:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                for action in ensure_list(statement.get("Action", "NotAction")):
                    granted.setdefault(action, []).extend(ensure_list(statement.get(member, [])))
    return granted


class QueueLimits(CloudFormationLintRule):
    id = "E9002"
    shortdesc = "The function has time, a job five tries, and a dead letter four days"

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Check the queues against each other and against the function."""
        return [RuleMatch(["Resources", "Jobs"], fault) for fault in self._faults(cfn)]

    def _faults(self, cfn: Template) -> Iterator[str]:
        names = ("ResponseFunction", "Jobs", "DeadLetters")
        function, jobs, dead_letters = (cfn.get_resources()[name]["Properties"] for name in names)
        visibility = jobs.get("VisibilityTimeout", 30)  # SQS's default
        validator = CfnTemplateValidator(schema={}, cfn=cfn)
        # A second resolution keeps the parameter values of the first.
        for timeout_s, resolver, _ in validator.resolve_value(function["Timeout"]):
            hidden_s = next((value for value, *_ in resolver.resolve_value(visibility)), None)
            if hidden_s is None or int(hidden_s) < 6 * int(timeout_s):
                yield f"Jobs are hidden for {hidden_s} s, less than six times {timeout_s} s"
        tries = jobs.get("RedrivePolicy", {}).get("maxReceiveCount", 0)
        if tries < 5:
            yield f"Jobs become dead letters after {tries} tries, fewer than five"
        count = function["Environment"]["Variables"].get("MAX_RECEIVE_COUNT")
        if count != str(tries):
            yield f"ResponseFunction: MAX_RECEIVE_COUNT is {count}, while Jobs have {tries} tries"
        # A dead letter's age includes its time as a job.
        job_s, dead_s = (
            one.get("MessageRetentionPeriod", 4 * DAY_S) for one in (jobs, dead_letters)
        )
        if dead_s < job_s + 4 * DAY_S:
            yield f"DeadLetters keeps messages for {dead_s} s, less than four days beyond {job_s} s"
