"""Run a state machine in moto: read it and its batches from stdin, write the result to stdout.

This is a separate program because moto's mock resets all services of its process, and the S3 server
of the other tests is one of them.
"""

import json
import sys
import time
from typing import Any

import boto3
from moto import mock_aws

REGION = "us-west-2"
IMAGE = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"size": 1},
}


def client(service: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, region_name=REGION, **keys)


def make_function(name: str) -> str:
    """Create a function that returns its event, as moto's do without Docker.

    Args:
        name: the function's name with its alias.

    Returns:
        The ARN of its role.
    """
    policy = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    made = client("iam").create_role(
        RoleName="functions", AssumeRolePolicyDocument=json.dumps({"Statement": [policy]})
    )
    role: str = made["Role"]["Arn"]
    name, _, alias = name.partition(":")
    registry = client("ecr")
    repository = registry.create_repository(repositoryName=name)["repository"]
    registry.put_image(repositoryName=name, imageTag="latest", imageManifest=json.dumps(IMAGE))
    client("lambda").create_function(
        FunctionName=name,
        PackageType="Image",
        Code={"ImageUri": f"{repository['repositoryUri']}:latest"},
        Role=role,
    )
    version = client("lambda").publish_version(FunctionName=name)["Version"]
    client("lambda").create_alias(FunctionName=name, Name=alias, FunctionVersion=version)
    return role


def run(machine: str, function: str, bucket: str, batches: list[Any]) -> dict[str, Any]:
    """Run a state machine in an account with this function and bucket, and return the result."""
    role = make_function(function)  # also the machine's: moto only checks its form
    s3, machines = client("s3"), client("stepfunctions")
    location = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    s3.put_object(Bucket=bucket, Key="batches", Body=json.dumps(batches).encode())
    made = machines.create_state_machine(name="days", definition=machine, roleArn=role)
    started = machines.start_execution(
        stateMachineArn=made["stateMachineArn"], input='{"requests": "batches"}'
    )
    while True:
        time.sleep(0.2)  # moto runs it in threads of this process
        done = machines.describe_execution(executionArn=started["executionArn"])
        if done["status"] != "RUNNING":
            return {name: done.get(name) for name in ("status", "output", "error", "cause")}


def main() -> None:
    """Run the state machine given on stdin."""
    config = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):  # type: ignore[arg-type]
        json.dump(run(**json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
