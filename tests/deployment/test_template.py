"""The stack of template.yaml, for many parameters; and that its faults would be found."""

import copy
import importlib.machinery
import importlib.util
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared import settings
from tests.cloudformation import Stack, read_template
from tests.support.commands import PROJECT, command_environment, sam_cli
from tests.template_faults import faults

TEMPLATE = read_template(PROJECT / "template.yaml")
PARAMETERS = TEMPLATE["Parameters"]
TIMEOUTS = PARAMETERS["ResponseTimeout"]["AllowedValues"]
CHOICES = [
    {},
    *({"ResponseTimeout": timeout} for timeout in TIMEOUTS),
    {"OutputBucketName": "my-bucket"},
    {"WindowsAuthorization": "AWS_IAM", "FunctionUrls": "yes"},
    {"AlarmEmail": "someone@example.org"},
]


@pytest.mark.parametrize("parameters", CHOICES, ids=str)
def test_stack_has_no_faults(parameters: Mapping[str, Any]) -> None:
    assert list(faults(Stack(TEMPLATE, dict(parameters)))) == []


REMOVED = object()
PROPERTIES = "Resources.{}.Properties.{}".format
STATEMENT = "Resources.ResponseRole.Properties.Policies.0.PolicyDocument.Statement.{}.{}".format


# Where to change the template, what to put there, and the fault that this is.
DOCTORED = [
    (PROPERTIES("ResponseFunction", "FunctionName"), "response", "ResponseFunction is named"),
    (PROPERTIES("Jobs", "QueueName"), "jobs", "Jobs is named jobs"),
    (PROPERTIES("DeadLetters", "QueueName"), REMOVED, "DeadLetters is named None"),
    ("Resources.TimewindowFunction.Metadata.Dockerfile", "Dockerfile", "there is no Dockerfile in"),
    ("Resources.TimewindowFunction.Metadata.DockerTag", "response", "two images have one tag"),
    ("Resources.ResponseFunction.Metadata.DockerBuildArgs", {}, "whatever Python is the default"),
    (PROPERTIES("ResponseFunction", "PackageType"), "Zip", "ResponseFunction is no image"),
    (
        PROPERTIES("ResponseFunction", "Environment.Variables.DEAD_LETTER_QUEUE_URL"),
        REMOVED,
        "ResponseFunction has the environment",
    ),
    (
        PROPERTIES("TimewindowFunction", "Environment.Variables.S3_OUTPUT_BUCKET"),
        "another",
        "TimewindowFunction has the environment",
    ),
    (PROPERTIES("Jobs", "RedrivePolicy.maxReceiveCount"), 6, "'MAX_RECEIVE_COUNT': '5'"),
    (PROPERTIES("Jobs", "VisibilityTimeout"), 719, "hidden for 719 s, less than six times 120 s"),
    (PROPERTIES("Jobs", "VisibilityTimeout"), REMOVED, "hidden for 30 s"),
    ("Mappings.VisibilityOfTimeout.120.Seconds", 600, "hidden for 600 s"),
    (PROPERTIES("Jobs", "RedrivePolicy"), REMOVED, "do not become dead letters"),
    (PROPERTIES("Jobs", "RedrivePolicy.maxReceiveCount"), 1, "fewer than five tries"),
    (PROPERTIES("DeadLetters", "RedriveAllowPolicy"), REMOVED, "from other queues"),
    (PROPERTIES("DeadLetters", "MessageRetentionPeriod"), REMOVED, "lost within four days"),
    (PROPERTIES("DeadLetters", "SqsManagedSseEnabled"), False, "DeadLetters is not encrypted"),
    (PROPERTIES("ResponseFunction", "Events.Jobs"), REMOVED, "reach no function"),
    (
        PROPERTIES("ResponseFunction", "Events.Jobs.Properties.FunctionResponseTypes"),
        REMOVED,
        "fails its whole batch",
    ),
    (
        PROPERTIES("ResponseFunction", "Events.Jobs.Properties.ScalingConfig"),
        REMOVED,
        "all of the account's concurrency",
    ),
    (PROPERTIES("ApiLogs", "RetentionInDays"), REMOVED, "ApiLogs are kept for ever"),
    (PROPERTIES("ResponseFunction", "LoggingConfig"), REMOVED, "ResponseFunction writes no log"),
    (PROPERTIES("HttpApiStage", "AccessLogSettings"), REMOVED, "HttpApiStage writes no log"),
    (
        PROPERTIES("ResponseRole", "ManagedPolicyArns"),
        ["arn:aws:iam::aws:policy/AmazonS3FullAccess"],
        "ResponseRole has policies that AWS writes",
    ),
    (STATEMENT(2, "Action"), "s3:*", "ResponseRole may s3:* on"),
    (STATEMENT(2, "Resource"), "*", "ResponseRole may s3:PutObject on *"),
    (STATEMENT(2, "Effect"), "Deny", "ResponseRole may not s3:PutObject on"),
    (STATEMENT(1, "Resource"), "arn:aws:s3:::*", "ResponseRole may s3:ListBucket on arn:aws:s3"),
    (PROPERTIES("TimewindowFunction", "Role"), REMOVED, "a role that SAM makes up"),
    (PROPERTIES("TimewindowFunction", "Policies"), "AmazonS3FullAccess", "beside those of its"),
    (PROPERTIES("OutputBucket", "BucketEncryption"), REMOVED, "bucket is not encrypted"),
    (
        PROPERTIES("OutputBucket", "PublicAccessBlockConfiguration.BlockPublicPolicy"),
        False,
        "opened to the public",
    ),
    (PROPERTIES("OutputBucket", "OwnershipControls"), REMOVED, "may have other owners"),
    (
        PROPERTIES("OutputBucket", "LifecycleConfiguration.Rules.0.Prefix"),
        REMOVED,
        "what expires in the bucket is {(None, 1)}",
    ),
    ("Resources.OutputBucket.DeletionPolicy", REMOVED, "the bucket goes with the stack"),
    (PROPERTIES("QueuesByTlsOnly", "Queues.1"), REMOVED, "DeadLetters answers without TLS"),
    (
        PROPERTIES("OutputBucketByTlsOnly", "PolicyDocument.Statement.0.Effect"),
        "Allow",
        "OutputBucket answers without TLS",
    ),
    ("Resources.TimewindowThrottles", REMOVED, "no alarm watches Throttles of <Timewindow"),
    (PROPERTIES("ApiErrors", "MetricName"), "4xx", "no alarm watches 5xx of <HttpApi>"),
    (PROPERTIES("JobsWait", "MetricName"), "Age", "watches ApproximateAgeOfOldestMessage"),
    (PROPERTIES("JobsFailed", "Dimensions.0.Value"), "jobs", "watches ApproximateNumberOf"),
    (PROPERTIES("ResponseErrors", "Namespace"), "AWS/SQS", "watches Errors of <ResponseFunction>"),
    (PROPERTIES("JobsWait", "TreatMissingData"), REMOVED, "goes off while nothing happens"),
    (PROPERTIES("JobsFailed", "Threshold"), 0, "JobsFailed goes off at 0"),
    (PROPERTIES("PostResponse", "AuthorizationType"), REMOVED, "POST /response is ('NONE'"),
    (PROPERTIES("GetWindows", "RouteKey"), "GET /window", "GET /windows is None"),
    (PROPERTIES("HttpApiMayCallResponse", "SourceArn"), "-", "POST /response is ('AWS_IAM', '')"),
    (PROPERTIES("PostWindows", "Target"), "integrations/-", "POST /windows is ('NONE', '')"),
    (PROPERTIES("HttpApiStage", "DefaultRouteSettings"), REMOVED, "no limits of its own"),
    ("Resources.ResponseUrl.Condition", "CreateBucket", "there are 1 function URLs"),
]


@pytest.mark.parametrize(("path", "value", "fault"), DOCTORED)
def test_doctored_template_has_that_fault(path: str, value: Any, fault: str) -> None:
    found = list(faults(Stack(doctored(path, value), {})))
    assert any(fault in one for one in found), found


def test_a_property_that_sam_does_not_know(tmp_path: Path) -> None:
    """`make check` validates twice, as cfn-lint knows nothing of some of SAM's properties."""
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


def test_alarm_that_nobody_hears() -> None:
    template = doctored(PROPERTIES("JobsFailed", "AlarmActions"), REMOVED)
    found = list(faults(Stack(template, {"AlarmEmail": "someone@example.org"})))
    assert found == ["JobsFailed is told to None"]


def test_open_function_url() -> None:
    template = doctored(PROPERTIES("ResponseUrl", "AuthType"), "NONE")
    found = list(faults(Stack(template, {"FunctionUrls": "yes"})))
    assert found == ["ResponseUrl is open to anyone"]


def test_bucket_made_in_vain() -> None:
    template = doctored("Resources.OutputBucket.Condition", REMOVED)
    found = list(faults(Stack(template, {"OutputBucketName": "my-bucket"})))
    assert "the bucket is made although one was given, or the other way round" in found


def test_reference_to_what_is_not_there() -> None:
    template = doctored("Resources.OutputBucket.Condition", "SendAlarms")
    with pytest.raises(KeyError, match="OutputBucket is referred to, and is not there"):
        list(faults(Stack(template, {})))


def doctored(path: str, value: Any) -> dict[str, Any]:
    """The template with another value at a path, or without what is there."""
    template = copy.deepcopy(TEMPLATE)
    *way, last = (
        int(step) if step.isdecimal() and step != "120" else step for step in path.split(".")
    )
    place: Any = template
    for step in way:
        place = place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return template


def test_environment_is_what_the_functions_read() -> None:
    declared = {
        name
        for resource in TEMPLATE["Resources"].values()
        for name in resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
    }
    text = (PROJECT / "shared" / "settings.py").read_text()
    assert declared == {"S3_OUTPUT_BUCKET", "DEAD_LETTER_QUEUE_URL", "MAX_RECEIVE_COUNT"}
    assert {name for name in declared if f'os.environ.get("{name}")' in text} == declared


def test_region_is_that_of_the_data() -> None:
    assert "FarFromTheData" not in Stack(TEMPLATE, {}, settings.ARCHIVE_REGION).outputs
    assert "FarFromTheData" in Stack(TEMPLATE, {}, "eu-central-1").outputs
    config = (PROJECT / "samconfig.toml").read_text()
    assert re.search(r'^region = "(.*?)"', config, re.M)[1] == settings.ARCHIVE_REGION


def test_python_versions_are_those_with_a_lock() -> None:
    path = str(PROJECT / "image" / "install-dependencies")
    loader = importlib.machinery.SourceFileLoader("install_dependencies", path)
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    assert PARAMETERS["PythonVersion"]["AllowedValues"] == list(module.LOCKS)


def test_parameters_are_explained_and_used() -> None:
    interface = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)
    body = str([TEMPLATE[section] for section in ("Conditions", "Globals", "Resources")])
    for name, parameter in PARAMETERS.items():
        assert len(parameter["Description"]) > 15
        assert "Default" in parameter
        assert f"{{'Ref': '{name}'}}" in body


@pytest.mark.parametrize("given", ["", "my-bucket", "my.bucket-2"])
def test_bucket_names(given: str) -> None:
    assert re.fullmatch(PARAMETERS["OutputBucketName"]["AllowedPattern"], given)


@pytest.mark.parametrize("given", ["s3://my-bucket", "My-Bucket", "my-bucket/noresp", "b"])
def test_what_is_no_bucket_name(given: str) -> None:
    assert not re.fullmatch(PARAMETERS["OutputBucketName"]["AllowedPattern"], given)


def test_outputs() -> None:
    everywhere = {
        "ApiUrl",
        "WindowsUrl",
        "ResponseFunctionName",
        "TimewindowFunctionName",
        "QueueUrl",
        "QueueName",
        "DeadLetterQueueUrl",
        "OutputBucketName",
        "ResponseRoleArn",
        "TimewindowRoleArn",
    }
    outputs = Stack(TEMPLATE, {}).outputs
    assert set(outputs) == everywhere
    assert outputs["OutputBucketName"]["Value"] == "<OutputBucket>"
    assert all(output["Description"] for output in TEMPLATE["Outputs"].values())
    more = Stack(TEMPLATE, {"FunctionUrls": "yes", "OutputBucketName": "my-bucket"}).outputs
    assert set(more) == everywhere | {"ResponseFunctionUrl", "TimewindowFunctionUrl"}
    assert more["OutputBucketName"]["Value"] == "my-bucket"
