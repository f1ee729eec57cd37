"""The stack that `sam deploy` makes of template.yaml, as far as moto supports it."""

import json
import re
from typing import Any

from cfnlint.decode import cfn_yaml

from tests.deployment.support.aws_account import ACCOUNT, MANIFEST, REGISTRY, AwsAccount
from tests.support.commands import PROJECT

STACK = "scedc"
FUNCTIONS = (f"{STACK}-response", f"{STACK}-timewindow")
API_ID = "abcde12345"
RESOURCES = ("AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::Logs::LogGroup")


def template() -> Any:
    return json.loads(json.dumps(cfn_yaml.load(str(PROJECT / "template.yaml"))))


def deploy(account: AwsAccount) -> None:
    """Create the stack: its functions with an image, queues, bucket, roles, logs and outputs.

    moto supports neither SAM nor HTTP APIs in a template, nor an alias.
    """
    ecr = account.client("ecr")
    ecr.create_repository(repositoryName=STACK)
    ecr.put_image(repositoryName=STACK, imageTag="latest", imageManifest=json.dumps(MANIFEST))
    body = template()
    resources = {name: _resource(item) for name, item in body["Resources"].items()}
    body["Resources"] = {name: item for name, item in resources.items() if item}
    del body["Transform"], body["Globals"]
    for parameter in body["Parameters"].values():
        parameter["Default"] = str(parameter["Default"])
    url = f"{account.endpoint}/{ACCOUNT}"
    for output in body["Outputs"].values():
        for queue in ("Jobs", "DeadLetters"):
            if output["Value"] == {"Ref": queue}:  # the URL under which moto serves SQS
                output["Value"] = {"Fn::Sub": f"{url}/${{{queue}.QueueName}}"}
    text = json.dumps(body).replace("${HttpApi}", API_ID)
    text = re.sub(r'{"Ref": "(\w+)\.Alias"}', r'{"Fn::Sub": "${\1.Arn}:live"}', text)
    account.client("cloudformation").create_stack(
        StackName=STACK, TemplateBody=text, Capabilities=["CAPABILITY_IAM"]
    )
    functions = account.client("lambda")
    for name in FUNCTIONS:
        version = functions.publish_version(FunctionName=name)["Version"]
        functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)


def _resource(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Return a resource in a form that moto accepts, or None."""
    if resource["Type"] in RESOURCES:
        return resource
    if resource["Type"] != "AWS::Serverless::Function":
        return None
    kept = ("FunctionName", "PackageType", "MemorySize", "Timeout", "Role", "Environment")
    properties = {name: resource["Properties"][name] for name in kept}
    properties["Code"] = {"ImageUri": f"{REGISTRY}/{STACK}:latest"}
    return {"Type": "AWS::Lambda::Function", "Properties": properties}
