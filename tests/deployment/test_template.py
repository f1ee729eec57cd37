"""The stack of template.yaml has no faults, and cfn-lint rules find those planted in it."""

import copy
import importlib.machinery
import importlib.util
import json
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cfnlint.context import ParameterSet
from cfnlint.rules import Rules
from cfnlint.rules.functions.RelationshipConditions import RelationshipConditions
from cfnlint.template import Template

from shared.archive.scedc import SCEDC
from shared.invocation import log_line
from tests.deployment.support.deployed_stack import template
from tests.support.commands import PROJECT, command_environment, sam_cli

RULES = Rules.create_from_directory(str(Path(__file__).parent / "support" / "template_rules"))
TEMPLATE = template()
PARAMETERS = TEMPLATE["Parameters"]
TIMEOUTS = PARAMETERS["ResponseTimeout"]["AllowedValues"]

INDEX = "UpdateStationIndex"
OWN = ["CreateBucket", "OwnBucket", INDEX]

# Parameters, and the conditions that hold with them.
CHOICES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, OWN),
    *(({"ResponseTimeout": timeout}, OWN) for timeout in TIMEOUTS),
    ({"OutputBucketName": "my-bucket"}, ["OwnBucket", INDEX]),
    ({"OutputBucketName": "my-bucket", "OutputBucketAccount": "210987654321"}, [INDEX]),
    ({"TimewindowConcurrency": 20}, [*OWN, "ReserveTimewindow"]),
    ({"WindowsAuthorization": "NONE"}, [*OWN, "OpenToAnyone", "OpenWithoutReserve"]),
    (
        {"WindowsAuthorization": "NONE", "TimewindowConcurrency": 20},
        [*OWN, "OpenToAnyone", "ReserveTimewindow"],
    ),
    ({"StationIndexSchedule": ""}, ["CreateBucket", "OwnBucket"]),
    ({"FunctionUrls": "yes"}, [*OWN, "WithFunctionUrls"]),
    ({"AlarmEmail": "someone@example.org"}, [*OWN, "SendAlarms"]),
    ({"MonthlyBudget": 50}, [*OWN, "WithBudget"]),
    ({"AlarmEmail": "a@b.org", "MonthlyBudget": 50}, [*OWN, "SendAlarms", "WithBudget"]),
    ({"AWS::Region": "eu-central-1"}, [*OWN, "FarFromTheData"]),
]


def faults(template: dict[str, Any], rules: Rules = RULES, **parameters: Any) -> list[str]:
    """Return the messages of cfn-lint's rules, ours by default, on a template."""
    given = [ParameterSet(parameters=parameters)] if parameters else None
    cfn = Template(None, template, parameter_sets=given)
    return [match.message for rule in rules.values() for match in rule.match(cfn)]


@pytest.mark.parametrize(("parameters", "conditions"), CHOICES, ids=str)
def test_stack_has_no_faults(parameters: dict[str, Any], conditions: list[str]) -> None:
    assert faults(TEMPLATE, **parameters) == []
    values = {name: parameter["Default"] for name, parameter in PARAMETERS.items()}
    values |= {"AWS::Region": SCEDC.region, **parameters}
    values = {name: str(value) for name, value in values.items()}  # as CloudFormation has them
    holds = Template(None, TEMPLATE).conditions.satisfiable
    found = {name for name in TEMPLATE["Conditions"] if holds({name: True}, values)}
    assert found == set(conditions)


REMOVED = object()

# Paths of properties and attributes, and the wrong value to plant there.
WRONG_VALUES = [
    ("ResponseFunction.FunctionName", "response"),
    ("ResponseFunction.Metadata.DockerBuildArgs", {}),
    ("ResponseFunction.PackageType", "Zip"),
    ("ResponseFunction.Environment.Variables.DEAD_LETTER_QUEUE_URL", REMOVED),
    ("ResponseFunction.Events.Jobs", REMOVED),
    ("ResponseFunction.Events.Jobs.Properties.FunctionResponseTypes", REMOVED),
    ("ResponseFunction.Events.Jobs.Properties.ScalingConfig", REMOVED),
    ("ResponseFunction.LoggingConfig", REMOVED),
    ("ResponseFunction.ReservedConcurrentExecutions", 5),
    ("ResponseFunction.LoggingConfig.ApplicationLogLevel", "WARN"),
    ("ResponseRole.ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]),
    ("ResponseRole.AssumeRolePolicyDocument.Statement.0.Condition", REMOVED),
    ("ResponseRole.AssumeRolePolicyDocument.Statement.0.Principal", "*"),
    ("ResponseUrl.AuthType", "NONE"),
    ("ResponseUrl.Condition", "CreateBucket"),
    ("TimewindowFunction.Metadata.Dockerfile", "Dockerfile"),
    ("TimewindowFunction.Metadata.DockerTag", "response"),
    ("TimewindowFunction.Environment.Variables.S3_OUTPUT_BUCKET", "another"),
    ("TimewindowFunction.Environment.Variables.STORE_LARGE_REPLIES", "yes"),
    ("TimewindowFunction.EphemeralStorage", {"Size": 1024}),
    ("TimewindowFunction.AutoPublishAliasAllProperties", REMOVED),
    ("ResponseFunction.VersionDescription", REMOVED),
    ("TimewindowUrl.TargetFunctionArn", {"Ref": "TimewindowFunction"}),
    ("StationIndexUpdate.Targets.0.Arn", {"Fn::GetAtt": ["TimewindowFunction", "Arn"]}),
    ("ScheduleMayCallTimewindow.SourceArn", REMOVED),
    ("TimewindowFunction.ReservedConcurrentExecutions", REMOVED),
    ("TimewindowFunction.ReservedConcurrentExecutions", 5),
    ("TimewindowFunction.Timeout", 900),
    ("TimewindowFunction.Role", REMOVED),
    ("TimewindowFunction.Policies", "AmazonS3FullAccess"),
    ("ApiLogs.RetentionInDays", REMOVED),
    ("HttpApiStage.AccessLogSettings", REMOVED),
    ("HttpApiStage.DefaultRouteSettings", REMOVED),
    ("HttpApiStage.DefaultRouteSettings.ThrottlingRateLimit", {"Ref": "ApiRateLimit"}),
    ("HttpApiStage.DefaultRouteSettings.ThrottlingBurstLimit", 1000),
    ("HttpApi.CorsConfiguration", {"AllowOrigins": ["*"]}),
    ("HttpApiStage.RouteSettings", {"GET /windows": {"ThrottlingRateLimit": 1000}}),
    ("HttpApiStage.RouteSettings.OPTIONS /windows.ThrottlingRateLimit", {"Ref": "ApiRateLimit"}),
    ("PostResponse.AuthorizationType", REMOVED),
    ("WindowsRoute.AuthorizationType", "NONE"),
    ("FdsnwsRoute.AuthorizationType", REMOVED),
    ("HelpRoute.AuthorizationType", "NONE"),
    ("WindowsRoute.RouteKey", "ANY /window"),
    ("FdsnwsRoute.Target", "integrations/-"),
    ("FdsnwsPreflight.AuthorizationType", {"Ref": "WindowsAuthorization"}),
    ("ResponsePreflight.RouteKey", "ANY /response"),
    ("TimewindowIntegration.IntegrationUri", {"Fn::GetAtt": ["TimewindowFunction", "Arn"]}),
    ("HttpApiMayCallResponse.SourceArn", "-"),
    ("Jobs.QueueName", "jobs"),
    ("Jobs.RedrivePolicy", REMOVED),
    ("DeadLetters.QueueName", REMOVED),
    ("DeadLetters.RedriveAllowPolicy", REMOVED),
    ("DeadLetters.SqsManagedSseEnabled", False),
    ("QueuesByTlsOnly.Queues.1", REMOVED),
    ("QueuesByTlsOnly.PolicyDocument.Statement.0.Condition", {}),
    ("OutputBucket.BucketEncryption", REMOVED),
    ("OutputBucket.PublicAccessBlockConfiguration.BlockPublicPolicy", False),
    ("OutputBucket.OwnershipControls", REMOVED),
    ("OutputBucket.CorsConfiguration", REMOVED),
    ("OutputBucket.LifecycleConfiguration.Rules.0.Prefix", REMOVED),
    ("OutputBucket.DeletionPolicy", REMOVED),
    ("OutputBucket.Condition", REMOVED),
    ("OutputBucketByTlsOnly.PolicyDocument.Statement.0.Effect", "Allow"),
    ("OutputBucketByTlsOnly.PolicyDocument.Statement.0.Resource.1", REMOVED),
    ("AlarmTopicForAlarmsOnly", REMOVED),
    ("AlarmTopicForAlarmsOnly.PolicyDocument.Statement.0.Condition", REMOVED),
    ("TimewindowThrottles", REMOVED),
    ("ResponseDuration.Threshold", 120_000),
    ("TimewindowDuration.Metrics.1.MetricStat.Stat", "Average"),
    ("AccountConcurrency.Metrics.0.Expression", "claimed"),
    ("ResponseCost.Metrics.0.Expression", "duration"),
    ("TimewindowCost.AlarmActions", REMOVED),
    ("ResponseBugs.Namespace", "AWS/Lambda"),
    ("TimewindowBugs.Dimensions.0.Name", "FunctionName"),
    ("ResponseS3Failures", REMOVED),
    ("TimewindowS3Failures.EvaluationPeriods", 12),
    ("Budget.Condition", REMOVED),
    ("Budget.Budget.BudgetLimit.Amount", 1),
    ("ApiErrors.MetricName", "4xx"),
    ("JobsWait.MetricName", "Age"),
    ("JobsWait.TreatMissingData", REMOVED),
    ("JobsFailed.AlarmActions", REMOVED),
    ("JobsFailed.Dimensions.0.Value", "jobs"),
    ("JobsFailed.Threshold", 0),
    ("ResponseErrors.Namespace", "AWS/SQS"),
]


@pytest.mark.parametrize(("path", "value"), WRONG_VALUES)
def test_wrong_value(path: str, value: Any) -> None:
    name, *members = path.split(".")
    if members and members[0] not in ("Condition", "DeletionPolicy", "Metadata"):
        members.insert(0, "Properties")
    template = doctored(".".join(["Resources", name, *members]), value)
    found = [fault for _, fault in RULES["E9001"].faults(template["Resources"])]
    places = [fault.split(" is ")[0].replace(": ", ".") for fault in found]
    assert any(path.startswith(one) or one.startswith(path) for one in places), found


JOBS = "Resources.Jobs.Properties"
DEAD_LETTERS = "Resources.DeadLetters.Properties"
STATEMENTS = "Resources.ResponseRole.Properties.Policies.0.PolicyDocument.Statement"
READS_THE_ARCHIVE = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::scedc-pds/*",
}

# Where to change the template, the new value, and the fault to find.
FAULTS = [
    (f"{STATEMENTS}.0.Action", "s3:*", "ResponseRole: Grants.s3:* is [{'Fn::Sub': "),
    (f"{STATEMENTS}.0.Resource", "*", "ResponseRole: Grants.s3:PutObject is ['*'], not [{"),
    (f"{STATEMENTS}.0.Resource", REMOVED, "ResponseRole: Grants.s3:PutObject is [], not [{"),
    (f"{STATEMENTS}.0.Effect", "Deny", "ResponseRole: Grants.s3:PutObject is absent, not [{"),
    (f"{STATEMENTS}.0.Condition", REMOVED, "GrantConditions.s3:PutObject is absent, not [{"),
    (f"{STATEMENTS}.0.Action", REMOVED, "ResponseRole: Grants.NotAction is [{"),
    (f"{STATEMENTS}.1.Action", "s3:ListBucket", "Grants.s3:ListBucket is [{"),
    (f"{STATEMENTS}.3", READS_THE_ARCHIVE, "Grants.s3:GetObject is ['arn:aws:s3:::scedc-pds/*']"),
    (f"{JOBS}.VisibilityTimeout", 719, "hidden for 719 s, less than six times 120 s"),
    (f"{JOBS}.VisibilityTimeout", REMOVED, "hidden for 30 s, less than six times 60 s"),
    ("Mappings.VisibilityOfTimeout.120.Seconds", 600, "600 s, less than six times 120 s"),
    ("Mappings.VisibilityOfTimeout.900.Seconds", 5399, "5399 s, less than six times 900 s"),
    ("Parameters.ResponseTimeout.AllowedValues.0", 90, "None s, less than six times 90 s"),
    (f"{JOBS}.RedrivePolicy.maxReceiveCount", 1, "after 1 tries, fewer than five"),
    (f"{JOBS}.RedrivePolicy.maxReceiveCount", 6, "MAX_RECEIVE_COUNT is 5, while Jobs have 6"),
    (f"{DEAD_LETTERS}.MessageRetentionPeriod", REMOVED, "345600 s, less than four days beyond"),
    ("Resources.Extra", {"Type": "AWS::Lambda::Url"}, "Extra is not in expected.yaml"),
    ("Resources.Extra", {"Type": "AWS::IAM::ManagedPolicy"}, "Extra is not in expected.yaml"),
]


@pytest.mark.parametrize(("path", "value", "fault"), FAULTS)
def test_fault(path: str, value: Any, fault: str) -> None:
    found = faults(doctored(path, value))
    assert any(fault in one for one in found), found


def test_reference_to_an_absent_resource() -> None:
    """cfn-lint's own rule for this, one of those that `make check` runs."""
    rule = RelationshipConditions()
    rules = Rules({rule.id: rule})
    assert faults(TEMPLATE, rules) == []
    found = faults(doctored("Resources.OutputBucket.Condition", "SendAlarms"), rules)
    assert any("'OutputBucket' that may not be available" in one for one in found), found


def test_sam_refuses_an_unknown_property(tmp_path: Path) -> None:
    """`make check` validates twice, because cfn-lint does not know all of SAM's properties."""
    sam = sam_cli()
    assert "lint" not in (PROJECT / "samconfig.toml").read_text()  # or it would lint both times
    text = (PROJECT / "template.yaml").read_text()
    assert text.count("ScalingConfig:") == 1
    template = tmp_path / "template.yaml"
    for name, known in (("ScalingConfig", True), ("ScalingConfigg", False)):
        template.write_text(text.replace("ScalingConfig:", f"{name}:"))
        done = subprocess.run(
            [sam, "validate", "--template", str(template)],
            cwd=PROJECT,
            env=command_environment(SAM_CLI_TELEMETRY="0", AWS_DEFAULT_REGION="us-west-2"),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode == 0) == known, done.stderr
        assert ("ScalingConfigg not defined" in done.stderr) != known


def doctored(path: str, value: Any) -> dict[str, Any]:
    """Return the template with another value at a path, or without the one there."""
    doctored = copy.deepcopy(TEMPLATE)
    place: Any = doctored
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step) if isinstance(place, list) else step]
    key = int(last) if isinstance(place, list) else last
    if value is REMOVED:
        del place[key]
    else:
        place[key] = value
    return doctored


def test_dockerfiles_exist() -> None:
    images = [one["Metadata"] for one in TEMPLATE["Resources"].values() if "Metadata" in one]
    assert len(images) == 2
    for image in images:
        assert (PROJECT / image["DockerContext"] / image["Dockerfile"]).is_file()


def test_functions_read_their_environment() -> None:
    declared = {
        name
        for resource in TEMPLATE["Resources"].values()
        for name in resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
    }
    text = (PROJECT / "shared" / "settings.py").read_text()
    assert declared == {
        "S3_OUTPUT_BUCKET",
        "STORE_LARGE_REPLIES",
        "DEAD_LETTER_QUEUE_URL",
        "MAX_RECEIVE_COUNT",
    }
    assert {name for name in declared if f'"{name}"' in text} == declared


def test_region_is_the_archive_region() -> None:
    assert TEMPLATE["Outputs"]["FarFromTheData"]["Condition"] == "FarFromTheData"
    config = (PROJECT / "samconfig.toml").read_text()
    assert re.search(r'^region = "(.*?)"', config, re.M)[1] == SCEDC.region


def test_the_images_keep_the_endpoints_of_their_services(tmp_path: Path) -> None:
    services = {"s3": {"endpoints": {"aws-global": {}}}, "ec2": {}, "sqs": {}}
    described = {"version": 3, "partitions": [{"partition": "aws", "services": services}]}
    path = tmp_path / "endpoints.json"
    path.write_text(json.dumps(described))
    installer().prune_endpoints(path)
    del services["ec2"]
    assert json.loads(path.read_text()) == described


def test_every_python_version_has_a_lock() -> None:
    assert PARAMETERS["PythonVersion"]["AllowedValues"] == list(installer().LOCKS)


def installer() -> ModuleType:
    """Return the script that installs the images' dependencies."""
    path = str(PROJECT / "image" / "install-dependencies")
    loader = importlib.machinery.SourceFileLoader("install_dependencies", path)
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_parameters_are_explained_and_used() -> None:
    interface = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)
    used = ("Rules", "Conditions", "Globals", "Resources")
    body = str([TEMPLATE[section] for section in used])
    for name, parameter in PARAMETERS.items():
        assert len(parameter["Description"]) > 15
        assert "Default" in parameter
        assert f"{{'Ref': '{name}'}}" in body


@pytest.mark.parametrize("given", ["", "my-bucket", "my.bucket-2"])
def test_bucket_names(given: str) -> None:
    assert re.fullmatch(PARAMETERS["OutputBucketName"]["AllowedPattern"], given)


@pytest.mark.parametrize("given", ["s3://my-bucket", "My-Bucket", "my-bucket/noresp", "b"])
def test_invalid_bucket_names(given: str) -> None:
    assert not re.fullmatch(PARAMETERS["OutputBucketName"]["AllowedPattern"], given)


def test_outputs() -> None:
    everywhere = {
        "ApiUrl",
        "WindowsUrl",
        "ResponseFunctionName",
        "TimewindowFunctionName",
        "ResponseFunctionArn",
        "TimewindowFunctionArn",
        "QueueUrl",
        "QueueName",
        "DeadLetterQueueUrl",
        "OutputBucketName",
        "ResponseRoleArn",
        "TimewindowRoleArn",
    }
    outputs = TEMPLATE["Outputs"]
    assert all(output["Description"] for output in outputs.values())
    bucket = {"Fn::If": ["CreateBucket", {"Ref": "OutputBucket"}, {"Ref": "OutputBucketName"}]}
    assert outputs["OutputBucketName"]["Value"] == bucket
    conditions = {name: output.get("Condition") for name, output in outputs.items()}
    assert conditions == {
        **dict.fromkeys(everywhere),
        "ResponseFunctionUrl": "WithFunctionUrls",
        "TimewindowFunctionUrl": "WithFunctionUrls",
        "FarFromTheData": "FarFromTheData",
        "OpenToAnyone": "OpenWithoutReserve",
    }


def test_alarms_on_the_log_line_name_its_metrics() -> None:
    alarms = [item["Properties"] for item in TEMPLATE["Resources"].values()]
    ours = [alarm for alarm in alarms if alarm.get("Namespace") == log_line.NAMESPACE]
    assert {alarm["MetricName"] for alarm in ours} == {"InternalErrors", "S3Failures"}
    assert {alarm["MetricName"] for alarm in ours} <= set(log_line.METRICS)
    assert len(ours) == 4


def test_new_account_can_deploy_it() -> None:
    """AWS refuses any reservation in an account with a quota of ten."""
    assert PARAMETERS["TimewindowConcurrency"]["Default"] == 0
    assert PARAMETERS["MaximumConcurrency"]["Default"] < 10


def test_stranger_can_call_nothing_by_default() -> None:
    assert PARAMETERS["WindowsAuthorization"]["Default"] == "AWS_IAM"
    assert PARAMETERS["AnonymousLargeReplies"]["Default"] == "no"
    for limit in ("RateLimit", "BurstLimit"):
        anonymous, signed = (PARAMETERS[f"{who}{limit}"]["Default"] for who in ("Anonymous", "Api"))
        assert anonymous < signed


@pytest.mark.parametrize("given", ["", "123456789012"])
def test_accounts(given: str) -> None:
    assert re.fullmatch(PARAMETERS["OutputBucketAccount"]["AllowedPattern"], given)


@pytest.mark.parametrize("given", ["12345678901", "1234-5678-9012", "mine"])
def test_invalid_accounts(given: str) -> None:
    assert not re.fullmatch(PARAMETERS["OutputBucketAccount"]["AllowedPattern"], given)
