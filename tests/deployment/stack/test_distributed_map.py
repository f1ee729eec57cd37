"""The events page's state machine: its role, its definition, and a run of it."""

import json
import subprocess
import sys
from typing import Any

from cfnlint.api import lint
from cfnlint.config import ManualArgs

from shared.corrected_days.request import CorrectedDayRequest
from shared.invocation.distributed_map import process_items
from shared.response.parameters import RemovalParameters
from tests.deployment.support.aws_account import ACCOUNT, REGION
from tests.deployment.support.deployed_stack import template
from tests.deployment.support.page_lines import (
    ARN,
    EVENTS,
    FUNCTION,
    MONTH,
    Pasted,
    assert_a_month,
    outputs,
    policy,
    trusted,
    worker,
)
from tests.support.commands import PROJECT, command_environment

MAP = "Step Functions' Distributed Map"

covers = EVENTS.covers


@covers((MAP, "sh", 0))
def test_state_machine(stack: Pasted) -> None:
    bucket = outputs(stack.account)["OutputBucketName"]
    assert trusted(stack.account, "scedc-days") == "states.amazonaws.com"
    assert policy(stack.account, "scedc-days", "days") == [
        ("lambda:InvokeFunction", FUNCTION),
        ("s3:GetObject", f"arn:aws:s3:::{bucket}/map-requests/*"),
        (
            [
                "s3:PutObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:AbortMultipartUpload",
            ],
            f"arn:aws:s3:::{bucket}/map-results/*",
        ),
        ("states:StartExecution", f"arn:aws:states:{ARN}:stateMachine:scedc-days"),
        (
            ["states:DescribeExecution", "states:StopExecution"],
            f"arn:aws:states:{ARN}:execution:scedc-days/*",
        ),
    ]
    days = definition(stack)["States"]["Days"]
    assert days["ItemReader"]["Parameters"]["Bucket"] == bucket
    assert days["ResultWriter"]["Parameters"]["Bucket"] == bucket
    # Parameters that all requests of a batch have in common.
    common = days["ItemBatcher"]["BatchInput"]
    CorrectedDayRequest.parse({"day": "2019,183", "nscl": "CI.SOC.HHZ.", **common})
    assert days["MaxConcurrency"] == template()["Parameters"]["MaximumConcurrency"]["Default"]


def definition(stack: Pasted) -> Any:
    machines = stack.account.client("stepfunctions")
    arn = f"arn:aws:states:{ARN}:stateMachine:scedc-days"
    text = machines.describe_state_machine(stateMachineArn=arn)["definition"]
    assert text == (stack.folder / "days.asl.json").read_text()
    return json.loads(text)


def mistakes(machine: Any) -> list[str]:
    """Return cfn-lint's findings for a state machine's definition."""
    properties = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "DefinitionString": json.dumps(machine),
    }
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    matches = lint(
        json.dumps({"Resources": {"Machine": resource}}), config=ManualArgs(regions=[REGION])
    )
    return [match.message for match in matches]


def test_state_machine_is_well_formed(stack: Pasted) -> None:
    machine = definition(stack)
    assert mistakes(machine) == []
    machine["States"]["Days"]["ItemProcessor"]["StartAt"] = "NoSuchState"
    assert mistakes(machine)


def test_state_machine_calls_the_function(stack: Pasted) -> None:
    """moto supports neither JSON lines nor ItemBatcher, so it gets batches as JSON."""
    machine = definition(stack)
    days = machine["States"]["Days"]
    batcher, bucket = days.pop("ItemBatcher"), days["ItemReader"]["Parameters"]["Bucket"]
    assert days["ItemReader"]["ReaderConfig"].pop("InputType") == "JSONL"
    days["ItemReader"]["ReaderConfig"]["InputType"] = "JSON"
    del days["ResultWriter"]  # so that the results are the output
    days["MaxConcurrency"] = 1  # moto's workers share state without locks
    days["ToleratedFailurePercentage"] = float(days["ToleratedFailurePercentage"])
    lines = (stack.folder / "requests.jsonl").read_text().splitlines()
    requests, size = [json.loads(line) for line in lines], batcher["MaxItemsPerBatch"]
    batches = [
        {"Items": requests[start : start + size], "BatchInput": batcher["BatchInput"]}
        for start in range(0, len(requests), size)
    ]
    job = {
        "machine": json.dumps(machine),
        "function": outputs(stack.account)["ResponseFunctionName"],
        "bucket": bucket,
        "batches": batches,
    }
    program = subprocess.run(
        [sys.executable, str(PROJECT / "tests/deployment/support/state_machine_run.py")],
        input=json.dumps(job),
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert program.returncode == 0, program.stderr
    done = json.loads(program.stdout)
    assert done["status"] == "SUCCEEDED", done
    sent = json.loads(done["output"])  # moto's functions return the event
    assert sent == batches
    parsed: list[CorrectedDayRequest] = []
    results = [result for batch in sent for result in process_items(batch, worker(parsed))]
    assert [result["result"] for result in results] == [request.output_key for request in parsed]
    assert {(request.channel, request.day) for request in parsed} == set(MONTH)
    parameters = RemovalParameters(**batcher["BatchInput"])
    assert {request.parameters for request in parsed} == {parameters}


@covers((MAP, "sh", 1))
def test_run_of_the_state_machine(stack: Pasted) -> None:
    bucket = outputs(stack.account)["OutputBucketName"]
    reader = definition(stack)["States"]["Days"]["ItemReader"]
    arn = f"arn:aws:states:{ARN}:stateMachine:scedc-days"
    machines = stack.account.client("stepfunctions")
    (run,) = machines.list_executions(stateMachineArn=arn)["executions"]
    started = machines.describe_execution(executionArn=run["executionArn"])["input"]
    key = json.loads(started)[reader["Parameters"]["Key.$"].removeprefix("$.")]
    lines = stack.account.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert_a_month([json.loads(line) for line in lines.splitlines()])
