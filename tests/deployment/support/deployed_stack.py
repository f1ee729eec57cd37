"""What `sam deploy` makes of template.yaml, as far as moto has it."""

import json
from typing import Any

from cfnlint.decode import cfn_yaml

from tests.deployment.support.aws_account import ACCOUNT, MANIFEST, REGISTRY, AwsAccount
from tests.support.commands import PROJECT

STACK = "scedc"
API_ID = "abcde12345"
RESOURCES = ("AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::Logs::LogGroup")


def template() -> Any:
    return json.loads(json.dumps(cfn_yaml.load(str(PROJECT / "template.yaml"))))


def deploy(account: AwsAccount) -> None:
    """Make the stack: its functions with an image, its queues, bucket, roles and logs, its outputs.

    moto knows neither SAM nor HTTP APIs in a template.
    """
    ecr = account.client("ecr")
    ecr.create_repository(repositoryName=STACK)
    ecr.put_image(repositoryName=STACK, imageTag="latest", imageManifest=json.dumps(MANIFEST))
    found = template()
    resources = {name: _resource(item) for name, item in found["Resources"].items()}
    found["Resources"] = {name: item for name, item in resources.items() if item}
    del found["Transform"], found["Globals"]
    for parameter in found["Parameters"].values():
        parameter["Default"] = str(parameter["Default"])
    url = f"{account.endpoint}/{ACCOUNT}"
    for output in found["Outputs"].values():
        for queue in ("Jobs", "DeadLetters"):
            if output["Value"] == {"Ref": queue}:  # its URL, as moto's own SQS gives it
                output["Value"] = {"Fn::Sub": f"{url}/${{{queue}.QueueName}}"}
    body = json.dumps(found).replace("${HttpApi}", API_ID)
    account.client("cloudformation").create_stack(
        StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"]
    )


def _resource(resource: dict[str, Any]) -> dict[str, Any] | None:
    """A resource as moto takes it, or nothing."""
    if resource["Type"] in RESOURCES:
        return resource
    if resource["Type"] != "AWS::Serverless::Function":
        return None
    kept = ("FunctionName", "PackageType", "MemorySize", "Timeout", "Role", "Environment")
    properties = {name: resource["Properties"][name] for name in kept}
    properties["Code"] = {"ImageUri": f"{REGISTRY}/{STACK}:latest"}
    return {"Type": "AWS::Lambda::Function", "Properties": properties}
