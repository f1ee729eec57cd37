"""Versions of the functions, their alias, SnapStart, and the routes of the HTTP API."""

import itertools
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cfnlint.context import ParameterSet
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template

from tests.deployment.support.deployed_stack import template
from tests.support.commands import command_environment, sam_cli

TEMPLATE = template()
PARAMETERS = TEMPLATE["Parameters"]

SNAP_START = [
    ("3.13", "auto", "PublishedVersions"),
    ("3.13", "yes", "PublishedVersions"),
    ("3.13", "no", "None"),
    ("3.10", "auto", "None"),
    ("3.10", "yes", None),  # refused
    ("3.10", "no", "None"),
]


@pytest.mark.parametrize(("python", "wanted", "applied"), SNAP_START)
def test_snapstart(python: str, wanted: str, applied: str | None) -> None:
    (rule,) = TEMPLATE["Rules"].values()
    (assertion,) = rule["Assertions"]
    broken = {"Fn::And": [rule["RuleCondition"], {"Fn::Not": [assertion["Assert"]]}]}
    with_condition = {**TEMPLATE, "Rules": {}, "Conditions": {"Broken": broken}}
    holds = Template(None, with_condition).conditions.satisfiable
    values = {"PythonVersion": python, "SnapStart": wanted}
    assert holds({"Broken": True}, values) == (applied is None)
    assert {"SnapStart", "Python 3.10", "3.13"} <= set(
        re.findall(r"SnapStart|Python 3\.10|3\.13", assertion["AssertDescription"])
    )
    found = {
        value
        for value, *_ in CfnTemplateValidator(
            schema={},
            cfn=Template(None, TEMPLATE, parameter_sets=[ParameterSet(parameters=values)]),
        ).resolve_value(TEMPLATE["Globals"]["Function"]["SnapStart"]["ApplyOn"])
    }
    assert found == {applied or "None"}


def test_snapstart_is_known_of_each_python() -> None:
    allowed = [PARAMETERS[name]["AllowedValues"] for name in ("PythonVersion", "SnapStart")]
    assert {(python, wanted) for python, wanted, _ in SNAP_START} == set(
        itertools.product(*allowed)
    )
    assert PARAMETERS["PythonVersion"]["Default"] == "3.13"
    assert PARAMETERS["SnapStart"]["Default"] == "auto"


def test_callers_use_the_alias() -> None:
    """Nothing but the alias itself names a function to call."""
    shared = TEMPLATE["Globals"]["Function"]
    assert (shared["AutoPublishAlias"], shared["VersionDeletionPolicy"]) == ("live", "Delete")
    callers = {
        "AWS::ApiGatewayV2::Integration": "IntegrationUri",
        "AWS::Events::Rule": "Targets",
        "AWS::Lambda::Permission": "FunctionName",
        "AWS::Lambda::Url": "TargetFunctionArn",
    }
    targets = [
        str(resource["Properties"][callers[resource["Type"]]])
        for resource in TEMPLATE["Resources"].values()
        if resource["Type"] in callers
    ]
    assert len(targets) == 8
    assert all(re.search(r"Function\.Alias'|Function\}:live'", target) for target in targets)


VERSIONED = {
    "ResponseFunction": {"ResponseMemorySize", "ResponseTimeout", "SnapStart", "OutputBucketName"},
    "TimewindowFunction": {
        "TimewindowMemorySize",
        "TimewindowTimeout",
        "SnapStart",
        "OutputBucketName",
        "AnonymousLargeReplies",
    },
}
"""Parameters that change a function itself, apart from its image."""


@pytest.mark.parametrize("function", VERSIONED)
def test_parameters_of_a_function_publish_a_version(function: str) -> None:
    """SAM compares no values of parameters, and CloudFormation replaces a version by them.

    A description with any other parameter would fail: Lambda publishes no version of a function
    that is the same as before.
    """
    properties = TEMPLATE["Resources"][function]["Properties"]
    properties = {**TEMPLATE["Globals"]["Function"], **properties}
    described = references(properties.pop("VersionDescription"))
    unversioned = ("ReservedConcurrentExecutions", "Events")
    used = references({name: properties[name] for name in properties.keys() - {*unversioned}})
    assert (used & PARAMETERS.keys()) - {"PythonVersion"} == VERSIONED[function]
    assert described & PARAMETERS.keys() == VERSIONED[function] | {"PythonVersion"}
    # The value itself, and not the name of a condition.
    assert described >= used & TEMPLATE["Conditions"].keys()


def references(value: Any) -> set[str]:
    """Return the names of parameters, resources and conditions that a value refers to."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set(re.findall(r"\$\{(\w+)\}", str(value))) & PARAMETERS.keys()
    named = {value["Ref"]} if "Ref" in value else set()
    named |= {value["Fn::If"][0]} if "Fn::If" in value else set()
    return named.union(*map(references, value.values()))


def test_sam_publishes_a_version_of_another_image() -> None:
    """SAM names each image by its content, so a rebuilt one has another name."""
    one, same, other = (versions(image) for image in ("image:1", "image:1", "image:2"))
    assert one == same
    assert len(one) == 2
    assert not one & other


TRANSLATE = """
import json, sys
from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
translator = Translator({}, Parser(), boto_session=Session(region_name="us-west-2"))
print(json.dumps(translator.translate(**json.load(sys.stdin))["Resources"]))
"""
"""Run by the SAM CLI's own Python: the translation that CloudFormation makes of the template."""


def versions(image: str) -> set[str]:
    """Return the logical names of the versions that SAM makes for an image of both functions."""
    body = template()
    for function in VERSIONED:
        body["Resources"][function]["Properties"]["ImageUri"] = image
    values = {name: str(item["Default"]) for name, item in PARAMETERS.items()}
    values["AWS::Region"] = "us-west-2"
    interpreter = Path(sam_cli()).read_text().splitlines()[0].removeprefix("#!")
    done = subprocess.run(
        [interpreter, "-c", TRANSLATE],
        input=json.dumps({"sam_template": body, "parameter_values": values}),
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    made = {
        name: resource
        for name, resource in json.loads(done.stdout).items()
        if resource["Type"] == "AWS::Lambda::Version"
    }
    assert {resource["DeletionPolicy"] for resource in made.values()} == {"Delete"}
    assert all("Description" in resource["Properties"] for resource in made.values())
    return {*made}


ROUTES = {
    "ANY /windows": "timewindow",
    "ANY /fdsnws/{proxy+}": "timewindow",
    "ANY /openapi.json": "timewindow",
    "ANY /": "timewindow",
    "POST /response": "response",
}
"""The routes of the HTTP API, with the functions behind them."""


def test_preflight_routes_are_limited_and_stand_beside_their_own() -> None:
    """A path has its own OPTIONS route unless browsers open it alone, as a page."""
    resources = TEMPLATE["Resources"]
    routes = {
        item["Properties"]["RouteKey"]: item["Properties"]["Target"]["Fn::Sub"]
        for item in resources.values()
        if item["Type"] == "AWS::ApiGatewayV2::Route"
    }
    preflight = {name for name in routes if name.startswith("OPTIONS ")}
    assert routes.keys() - preflight == ROUTES.keys()
    for name, function in ROUTES.items():
        assert f"${{{function.capitalize()}Integration}}" in routes[name]
        path = name.split()[1]
        assert routes.get(f"OPTIONS {path}") == (routes[name] if path != "/" else None)
    stage = resources["HttpApiStage"]
    assert stage["Properties"]["RouteSettings"].keys() == preflight
    # The stage names routes by their keys, which CloudFormation does not take for references.
    assert {resources[name]["Properties"]["RouteKey"] for name in stage["DependsOn"]} == preflight


def test_obspys_client_can_start() -> None:
    """It asks for five documents at the same time, and reports a service without one as absent."""
    assert PARAMETERS["AnonymousBurstLimit"]["Default"] >= 5


@pytest.mark.parametrize("given", ["", "rate(1 day)", "rate(12 hours)", "cron(0 6 * * ? *)"])
def test_schedules(given: str) -> None:
    assert re.fullmatch(PARAMETERS["StationIndexSchedule"]["AllowedPattern"], given)


@pytest.mark.parametrize("given", ["1 day", "rate(0 days)", "rate(day)", "cron()", "rate(1 day) "])
def test_invalid_schedules(given: str) -> None:
    assert not re.fullmatch(PARAMETERS["StationIndexSchedule"]["AllowedPattern"], given)
