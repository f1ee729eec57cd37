"""The events page's job of S3 Batch Operations."""

import json

from shared.corrected_days.request import CorrectedDayRequest
from shared.invocation.s3_batch import process_tasks
from shared.response.parameters import RemovalParameters
from tests.deployment.support.aws_account import ACCOUNT
from tests.deployment.support.page_lines import (
    EVENTS,
    FUNCTION,
    Pasted,
    outputs,
    policy,
    trusted,
    worker,
)

covers = EVENTS.covers


@covers(("S3 Batch Operations", "sh", 0))
def test_job_of_s3_batch_operations(stack: Pasted) -> None:
    """The CLI has validated the job against AWS's model; this checks its content."""
    bucket = outputs(stack.account)["OutputBucketName"]
    job = stack.account.not_sent("create-job")
    assert job["--account-id"] == ACCOUNT
    assert job["--role-arn"].endswith(":role/scedc-batch")
    called = json.loads(job["--operation"])["LambdaInvoke"]
    assert (called["FunctionArn"], called["InvocationSchemaVersion"]) == (FUNCTION, "2.0")
    manifest = json.loads(job["--manifest"])
    assert manifest["Location"]["ObjectArn"] == f"arn:aws:s3:::{bucket}/batch/manifest.csv"
    stored = stack.account.client("s3").get_object(Bucket=bucket, Key="batch/manifest.csv")
    assert stored["ETag"] == f'"{manifest["Location"]["ETag"]}"'
    report = json.loads(job["--report"])
    assert report["Enabled"] is True
    assert report["Bucket"] == f"arn:aws:s3:::{bucket}"
    assert policy(stack.account, "scedc-batch", "batch") == [
        ("lambda:InvokeFunction", FUNCTION),
        (["s3:GetObject", "s3:GetObjectVersion"], manifest["Location"]["ObjectArn"]),
        ("s3:PutObject", f"arn:aws:s3:::{bucket}/{report['Prefix']}/*"),
    ]
    assert trusted(stack.account, "scedc-batch") == "batchoperations.s3.amazonaws.com"

    described = stack.account.not_sent("describe-job")
    assert (described["--account-id"], described["--job-id"]) == (ACCOUNT, "JobId")
    model = stack.account.client("s3control").meta.service_model.operation_model("DescribeJob")
    assert set(model.input_shape.members) >= {"AccountId", "JobId"}
    assert described["--query"] == "Job.[Status, ProgressSummary]"
    assert {"Status", "ProgressSummary"} <= set(model.output_shape.members["Job"].members)

    # The function accepts each line's object, with the arguments as the request's members.
    assert manifest["Spec"]["Fields"] == ["Bucket", "Key"]
    lines = [line.split(",") for line in stored["Body"].read().decode().splitlines()]
    tasks = [{"taskId": key, "s3Bucket": name, "s3Key": key} for name, key in lines]
    event = {
        "invocationSchemaVersion": called["InvocationSchemaVersion"],
        "invocationId": "invocation",
        "job": {"id": "job", "userArguments": called["UserArguments"]},
        "tasks": tasks,
    }
    requests: list[CorrectedDayRequest] = []
    codes = [item["resultCode"] for item in process_tasks(event, worker(requests))["results"]]
    assert codes == ["Succeeded"] * 3
    assert [request.channel.channel for request in requests] == ["HHE", "HHN", "HHZ"]
    band = (0.005, 0.01, 35, 45)
    assert requests[0].parameters == RemovalParameters(output="DISP", pre_filt=band)
