"""Runs a state machine by moto: reads it and its batches from standard input, writes the run.

A program, as moto's own mock begins by emptying all services of the process that it is in, and the
S3 server of the other tests is one of them.
"""

import json
import sys
import time
from typing import Any

import boto3
from aws_account import ACCOUNT, REGION
from deployed_stack import deploy
from moto import mock_aws


class Mocked:
    """The account of moto in this process."""

    endpoint = "https://sqs.us-west-2.amazonaws.com"

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, region_name=REGION, **keys)


def run(machine: str, bucket: str, batches: list[Any]) -> dict[str, Any]:
    """What a run of a machine has come to, whose functions answer with the event."""
    deploy(mocked := Mocked())  # type: ignore[arg-type]
    s3, machines = mocked.client("s3"), mocked.client("stepfunctions")
    location = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    s3.put_object(Bucket=bucket, Key="batches", Body=json.dumps(batches).encode())
    role = f"arn:aws:iam::{ACCOUNT}:role/scedc-days"
    made = machines.create_state_machine(name="days", definition=machine, roleArn=role)
    started = machines.start_execution(
        stateMachineArn=made["stateMachineArn"], input='{"requests": "batches"}'
    )
    while True:
        time.sleep(0.2)  # it runs in threads of this process
        done = machines.describe_execution(executionArn=started["executionArn"])
        if done["status"] != "RUNNING":
            return {name: done.get(name) for name in ("status", "output", "error", "cause")}


def main() -> None:
    """Run what standard input says."""
    config = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):  # type: ignore[arg-type]
        json.dump(run(**json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
