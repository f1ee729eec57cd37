"""What docs/deployment.md says is true: its lines are pasted into an account that is moto."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from shared.aws.deadline import TimeLeft
from shared.corrected_days.request import CorrectedDayRequest, request_from_object
from shared.invocation.batch import BatchJobs, Worker
from shared.invocation.distributed_map import process_items
from shared.invocation.s3_batch import process_tasks
from shared.response.parameters import RemovalParameters
from tests.deployment import test_by_hand
from tests.deployment.support.aws_account import ACCOUNT, REGION, AwsAccount, aws_account
from tests.deployment.support.deployed_stack import API_ID, STACK, template
from tests.deployment.support.page_lines import (
    ARN,
    MONTH,
    PAGE,
    Pasted,
    assert_a_month,
    inventory,
    lines_of,
    policy,
    prepare,
    requests_in,
    sections,
    trusted,
)
from tests.support.commands import PROJECT, command_environment, sam_cli
from tests.support.pages import code, make_folder

BLOCKS = PAGE.blocks
SECTIONS = PAGE.sections
WITH_SAM = sections("With SAM", "Removing the stack")

covers = PAGE.covers


# The page


def test_every_block_is_covered_by_one_test() -> None:
    assert test_by_hand.PAGE is PAGE  # whose marks count, too
    PAGE.assert_every_block_is_covered_by_one_test()


def test_relative_links_exist() -> None:
    PAGE.assert_relative_links_exist()


def test_parameters_are_those_of_the_template() -> None:
    rows = {code(name)[0]: default for name, default, _ in PAGE.table("Parameters")}
    shown = {name: "".join(code(default)) for name, default in rows.items()}
    parameters = template()["Parameters"]
    assert shown == {name: str(item["Default"]) for name, item in parameters.items()}
    assert list(shown) == list(parameters)


def test_what_is_said_of_the_stack() -> None:
    resources = template()["Resources"].values()
    types = [resource["Type"] for resource in resources]
    said = SECTIONS["With SAM"]
    assert said.count("seven alarms") == 2
    assert types.count("AWS::CloudWatch::Alarm") == 7
    assert types.count("AWS::IAM::Role") == types.count("AWS::Serverless::Function") == 2
    routes = {item["Properties"]["RouteKey"] for item in resources if "RouteKey" in str(item)}
    assert routes == {name for name in code(said) if re.match("(GET|POST) /", name)}


# With SAM


@covers(
    ("With SAM", "sh", 0),
    ("Changing it", "sh", 0),
    ("Changing it", "sh", 1),
    ("Removing the stack", "sh", 1),
)
def test_lines_for_sam() -> None:
    """That SAM knows them; what it makes of the template, other tests see."""
    lines = lines_of("With SAM", "Changing it").splitlines()
    lines += BLOCKS["Removing the stack", "sh", 1].splitlines()
    assert [line.split()[1] for line in lines] == [*["build", "deploy"] * 3, "delete"]
    sam = sam_cli()
    environment = command_environment(SAM_CLI_TELEMETRY="0")
    for line in [*lines, "sam deploy --no-such-option"]:
        command = [sam, *line.split()[1:], "--help"]  # --help: nothing is done
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, timeout=600, check=False
        )
        assert (done.returncode == 0) == ("--no-such-option" not in line), done.stderr
    overrides = set(re.findall(r"(\w+)=", "".join(lines)))
    assert overrides == {"PythonVersion"}
    assert "3.13" in template()["Parameters"]["PythonVersion"]["AllowedValues"]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsAccount]:
    with aws_account(tmp_path_factory.mktemp("aws")) as account:
        prepare(account)
        yield account


DEAD_LETTER = {"day": "2019,183", "nscl": "CI.XYZ.HHZ."}


@pytest.fixture(scope="module")
def stack(account: AwsAccount, tmp_path_factory: pytest.TempPathFactory) -> Pasted:
    """All lines for the stack, but those that remove it, pasted in order."""
    before = inventory(account)
    sqs = account.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=f"{STACK}-dead-letters")["QueueUrl"],
        MessageBody=json.dumps(DEAD_LETTER),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": text}
            for name, text in (("ErrorType", "NoWaveformError"), ("ErrorMessage", "no data"))
        },
    )
    folder = make_folder(tmp_path_factory.mktemp("stack"))
    return Pasted(account, folder, account.paste(lines_of(*WITH_SAM), folder), before)


def test_enter_answers_all_that_sam_asks(tmp_path: Path) -> None:
    """Up to where SAM makes what it needs itself, which moto does not do as SAM wants it."""
    sam, project = sam_cli(), tmp_path / "project"
    project.mkdir()
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(PROJECT / name, project)
    with aws_account(tmp_path) as account:
        done = subprocess.run(
            [sam, "deploy", "--guided"],
            cwd=project,
            env={**account.environment, "SAM_CLI_TELEMETRY": "0"},
            input="\n" * 100,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    asked = re.findall(r"Parameter (\w+) \[", done.stdout)
    assert asked == [code(name)[0] for name, *_ in PAGE.table("Parameters")]
    assert "Stack Name [scedc]" in done.stdout
    assert f"AWS Region [{REGION}]" in done.stdout
    assert "Looking for resources needed for deployment" in done.stdout, done.stderr


def outputs(account: AwsAccount) -> dict[str, str]:
    (found,) = account.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


@covers(("Using the stack", "sh", 0), ("Using the stack", "sh", 1))
def test_names_and_windows(stack: Pasted) -> None:
    found = outputs(stack.account)
    asked = set(re.findall(r"\$\(output (\w+)\)", lines_of(*WITH_SAM)))
    assert asked <= set(found)
    url = f"https://{API_ID}.execute-api.{REGION}.amazonaws.com"
    assert found["ApiUrl"] == url
    commands = stack.account.commands()
    assert f"curl --compressed -d @request.json {url}/windows -o output.json" in commands
    # moto's functions answer with the event: it shows what they are asked.
    windows = json.loads((PROJECT / "request.json").read_text())
    assert json.loads((stack.folder / "output.json").read_text()) == windows
    assert set(re.findall(r"--function-name (\w\S+)", lines_of(*WITH_SAM))) == {
        found["ResponseFunctionName"],
        found["TimewindowFunctionName"],
    }


class Listener(HTTPServer):
    """An HTTP server that keeps the one request that it gets."""

    headers: dict[str, str]
    body: bytes

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Kept)


class Kept(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.path = self.path
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.mark.parametrize("token", ["", "a-session's-token"])
def test_signature_of_a_response_over_http(token: str) -> None:
    """The line for curl makes the signature that AWS's own library makes."""
    assert "curl 7.87 or newer" in SECTIONS["Using the stack"]
    version = re.match(r"curl (\d+)\.(\d+)", subprocess.check_output(["curl", "-V"], text=True))
    if version is None or tuple(map(int, version.groups())) < (7, 87):
        pytest.skip("curl is older than 7.87")
    (line,) = re.findall(r"^curl --aws.*?\$URL/response$", BLOCKS[RESPONSE], re.MULTILINE | re.S)
    keys = Credentials("AKIDEXAMPLE", "secret", token or None)
    with Listener() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.handle_request)
        thread.start()
        environment = command_environment(
            URL=url, AWS_ACCESS_KEY_ID=keys.access_key, AWS_SECRET_ACCESS_KEY=keys.secret_key
        )
        if token:
            environment["AWS_SESSION_TOKEN"] = token
        subprocess.run(["bash", "-euc", line], env=environment, check=True, timeout=300)
        thread.join(timeout=300)
    scheme, scope, signed, signature = re.split(", *| ", server.headers["authorization"])
    assert (scheme, server.path) == ("AWS4-HMAC-SHA256", "/response")
    assert scope.endswith(f"/{REGION}/execute-api/aws4_request")
    names = signed.removeprefix("SignedHeaders=").split(";")
    assert ("x-amz-security-token" in names) == bool(token)
    request = AWSRequest("POST", f"{url}/response", data=server.body)
    for name in names:
        request.headers[name] = server.headers[name]
    request.context["timestamp"] = server.headers["x-amz-date"]
    auth = SigV4Auth(keys, "execute-api", REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert signature == f"Signature={auth.signature(text, request)}"
    CorrectedDayRequest.parse(json.loads(server.body))


RESPONSE = ("Using the stack", "sh", 2)


@covers(RESPONSE)
def test_response_of_one_day(stack: Pasted) -> None:
    request = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert json.dumps(request, indent=2) in stack.printed
    assert any("--aws-sigv4" in command for command in stack.account.commands())


@covers(("Using the stack", "sh", 3), ("Using the stack", "sh", 4))
def test_a_month_through_the_queue(stack: Pasted) -> None:
    assert '"ApproximateNumberOfMessages": "93"' in stack.printed
    assert_a_month(requests_in(stack.account, "scedc-jobs"))


@covers(("What failed", "sh", 0), ("What failed", "sh", 1), ("What failed", "sh", 2))
def test_dead_letters(stack: Pasted) -> None:
    shown = json.dumps([[json.dumps(DEAD_LETTER), "NoWaveformError", "no data"]], indent=4)
    assert shown in stack.printed
    queues = f"arn:aws:sqs:{ARN}:scedc"
    assert stack.account.not_sent("start-message-move-task") == {
        "--source-arn": f"{queues}-dead-letters",
        "--destination-arn": f"{queues}-jobs",
    }
    assert stack.account.not_sent("list-message-move-tasks") == {
        "--source-arn": f"{queues}-dead-letters"
    }
    assert requests_in(stack.account, "scedc-dead-letters") == []


MAP = "Step Functions' Distributed Map"
FUNCTION = f"arn:aws:lambda:{ARN}:function:scedc-response"


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
    # Members that all requests of a batch have in common.
    common = days["ItemBatcher"]["BatchInput"]
    CorrectedDayRequest.parse({"day": "2019,183", "nscl": "CI.SOC.HHZ.", **common})
    assert days["MaxConcurrency"] == template()["Parameters"]["MaximumConcurrency"]["Default"]


def definition(stack: Pasted) -> Any:
    machines = stack.account.client("stepfunctions")
    arn = f"arn:aws:states:{ARN}:stateMachine:scedc-days"
    found = machines.describe_state_machine(stateMachineArn=arn)["definition"]
    assert found == (stack.folder / "days.asl.json").read_text()
    return json.loads(found)


def mistakes(machine: Any) -> list[str]:
    """What cfn-lint finds in a state machine's definition."""
    properties = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "DefinitionString": json.dumps(machine),
    }
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    found = lint(
        json.dumps({"Resources": {"Machine": resource}}), config=ManualArgs(regions=[REGION])
    )
    return [match.message for match in found]


def test_state_machine_is_well_formed(stack: Pasted) -> None:
    machine = definition(stack)
    assert mistakes(machine) == []
    machine["States"]["Days"]["ItemProcessor"]["StartAt"] = "NoSuchState"
    assert mistakes(machine)


def test_state_machine_calls_the_function(stack: Pasted) -> None:
    """Run by moto, which knows neither JSON lines nor ItemBatcher: it gets batches, in JSON."""
    machine = definition(stack)
    days = machine["States"]["Days"]
    batcher, bucket = days.pop("ItemBatcher"), days["ItemReader"]["Parameters"]["Bucket"]
    assert days["ItemReader"]["ReaderConfig"].pop("InputType") == "JSONL"
    days["ItemReader"]["ReaderConfig"]["InputType"] = "JSON"
    del days["ResultWriter"]  # so that the results are the output
    days["MaxConcurrency"] = 1  # its workers share what none of them locks
    days["ToleratedFailurePercentage"] = float(days["ToleratedFailurePercentage"])
    lines = (stack.folder / "requests.jsonl").read_text().splitlines()
    requests, size = [json.loads(line) for line in lines], batcher["MaxItemsPerBatch"]
    batches = [
        {"Items": requests[start : start + size], "BatchInput": batcher["BatchInput"]}
        for start in range(0, len(requests), size)
    ]
    asked_for = {
        "machine": json.dumps(machine),
        "function": outputs(stack.account)["ResponseFunctionName"],
        "bucket": bucket,
        "batches": batches,
    }
    program = subprocess.run(
        [sys.executable, str(PROJECT / "tests/deployment/support/state_machine_run.py")],
        input=json.dumps(asked_for),
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert program.returncode == 0, program.stderr
    done = json.loads(program.stdout)
    assert done["status"] == "SUCCEEDED", done
    sent = json.loads(done["output"])  # as moto's functions answer with the event
    assert sent == batches
    asked: list[CorrectedDayRequest] = []
    results = [result for batch in sent for result in process_items(batch, worker(asked))]
    assert [result["result"] for result in results] == [request.output_key for request in asked]
    assert {(request.channel, request.day) for request in asked} == set(MONTH)
    parameters = RemovalParameters(**batcher["BatchInput"])
    assert {request.parameters for request in asked} == {parameters}


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


@covers(("S3 Batch Operations", "sh", 0))
def test_job_of_s3_batch_operations(stack: Pasted) -> None:
    """The CLI has checked the job against AWS's model of it; here is what it says."""
    bucket = outputs(stack.account)["OutputBucketName"]
    job = stack.account.not_sent("create-job")
    assert job["--account-id"] == ACCOUNT
    assert job["--role-arn"].endswith(":role/scedc-batch")
    called = json.loads(job["--operation"])["LambdaInvoke"]
    assert (called["FunctionArn"], called["InvocationSchemaVersion"]) == (FUNCTION, "2.0")
    manifest = json.loads(job["--manifest"])
    assert manifest["Location"]["ObjectArn"] == f"arn:aws:s3:::{bucket}/batch/manifest.csv"
    found = stack.account.client("s3").get_object(Bucket=bucket, Key="batch/manifest.csv")
    assert found["ETag"] == f'"{manifest["Location"]["ETag"]}"'
    report = json.loads(job["--report"])
    assert report["Enabled"] is True
    assert report["Bucket"] == f"arn:aws:s3:::{bucket}"
    assert policy(stack.account, "scedc-batch", "batch") == [
        ("lambda:InvokeFunction", FUNCTION),
        (["s3:GetObject", "s3:GetObjectVersion"], manifest["Location"]["ObjectArn"]),
        ("s3:PutObject", f"arn:aws:s3:::{bucket}/{report['Prefix']}/*"),
    ]
    assert trusted(stack.account, "scedc-batch") == "batchoperations.s3.amazonaws.com"

    asked = stack.account.not_sent("describe-job")
    assert (asked["--account-id"], asked["--job-id"]) == (ACCOUNT, "JobId")
    model = stack.account.client("s3control").meta.service_model.operation_model("DescribeJob")
    assert set(model.input_shape.members) >= {"AccountId", "JobId"}
    assert asked["--query"] == "Job.[Status, ProgressSummary]"
    assert {"Status", "ProgressSummary"} <= set(model.output_shape.members["Job"].members)

    # Each line is an object that the function takes, with the arguments as the request's members.
    assert manifest["Spec"]["Fields"] == ["Bucket", "Key"]
    lines = [line.split(",") for line in found["Body"].read().decode().splitlines()]
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


def worker(requests: list[CorrectedDayRequest]) -> Worker:
    """The response function's, but that it only keeps what it is asked for."""

    def process(request: Any) -> str:
        requests.append(CorrectedDayRequest.parse(request))
        return requests[-1].output_key

    jobs = BatchJobs(summarize=str, request_from_object=request_from_object)
    return Worker(process, jobs, TimeLeft(None))


@covers(("Removing the stack", "sh", 0), ("Removing the stack", "sh", 2))
def test_nothing_is_left_beside_the_stack(stack: Pasted) -> None:
    bucket = outputs(stack.account)["OutputBucketName"]
    assert bucket.startswith("scedc-outputbucket-")  # as the page says
    names = BLOCKS["Using the stack", "sh", 0]
    stack.account.paste(f"{names}\n{lines_of('Removing the stack')}", stack.folder)
    assert stack.account.commands()[-1] == "sam delete"
    left = inventory(stack.account)
    assert left.pop("buckets") == stack.before["buckets"] - {bucket}
    assert left == {kind: names for kind, names in stack.before.items() if kind != "buckets"}
