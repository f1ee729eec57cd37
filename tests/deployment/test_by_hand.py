"""The steps of the deployment by hand, pasted into an account that also has the stack."""

import json
from collections.abc import Iterator
from functools import partial

import pytest

from runner.sending.target import FUNCTION_NAMES
from tests.deployment.support import by_hand
from tests.deployment.support.aws_account import ACCOUNT, REGION, REGISTRY, aws_account
from tests.deployment.support.page_lines import (
    ARN,
    BY_HAND,
    DEPLOYMENT,
    Pasted,
    assert_a_month,
    default,
    inventory,
    lines_of,
    policy,
    prepare,
    queue_url,
    requests_in,
    trusted,
)
from tests.support.commands import PROJECT
from tests.support.pages import make_folder

BLOCKS = BY_HAND.blocks
BUCKET = f"corrected-waveforms-{ACCOUNT}"
NAMES = ("response-lambda", "timewindow-lambda")
MONTH = ("8. The queue", "sh", 1)

covers = BY_HAND.covers


@pytest.fixture(scope="module")
def pasted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pasted]:
    """All lines of the steps by hand, pasted in order, except that the month's jobs come last."""
    folder = make_folder(tmp_path_factory.mktemp("project"))
    lines = lines_of(BY_HAND, "Removing everything")
    assert lines.count(BLOCKS[MONTH]) == 1
    with aws_account(tmp_path_factory.mktemp("aws")) as account:
        prepare(account)
        before = inventory(account)
        printed = account.paste(lines.replace(BLOCKS[MONTH], ""), folder)
        by_hand.stop_workers(account)  # moto's would take the jobs at once
        printed += account.paste(BLOCKS[MONTH], folder)
        yield Pasted(account, folder, printed, before)


def made(pasted: Pasted, kind: str) -> set[str]:
    """Return the resources of a kind that the lines created."""
    return inventory(pasted.account)[kind] - pasted.before[kind]


@covers(("1. The images", "sh", 0))
def test_images_are_pushed(pasted: Pasted) -> None:
    commands = pasted.account.commands()
    first = commands.index("make images")
    assert commands[first + 1] == f"docker login --username AWS --password-stdin {REGISTRY}"
    assert commands[first + 2 : first + 6] == [
        line
        for name in NAMES
        for line in (f"docker tag {name} {REGISTRY}/{name}", f"docker push {REGISTRY}/{name}")
    ]
    assert made(pasted, "images") == set(NAMES)
    found = pasted.account.client("ecr").describe_repositories(repositoryNames=[*NAMES])
    for repository in found["repositories"]:
        assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    names = DEPLOYMENT.blocks["Using the stack", "sh", 0]
    for block in (BLOCKS["1. The images", "sh", 0], names):
        assert "AWS_PAGER=\n" in block  # version 2 of the CLI would wait for keys


@covers(("1. The images", "sh", 1))
def test_findings_in_the_images(pasted: Pasted) -> None:
    options = pasted.account.not_sent("describe-image-scan-findings")
    assert options["--repository-name"] == NAMES[-1]
    assert options["--image-id"] == "imageTag=latest"


@covers(("2. The bucket for results", "sh", 0))
def test_bucket(pasted: Pasted) -> None:
    s3 = pasted.account.client("s3")
    assert made(pasted, "buckets") == {BUCKET}
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == REGION
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert (rule["Status"], rule["Expiration"]) == ("Enabled", {"Days": 1})
    assert rule["Filter"] == {"Prefix": "windows/"}
    cors = s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    assert cors == [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "HEAD"]}]
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    arn = f"arn:aws:s3:::{BUCKET}"
    assert statement == {**by_hand.WITHOUT_TLS, "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}


@covers(("3. The logs and the role", "sh", 0))
def test_logs_and_role(pasted: Pasted) -> None:
    groups = pasted.account.client("logs").describe_log_groups()["logGroups"]
    kept = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    assert made(pasted, "logs") == {f"/aws/lambda/{name}" for name in NAMES}
    assert {kept[name] for name in made(pasted, "logs")} == {default("LogRetentionDays")}

    assert made(pasted, "roles") == {"scedc-lambda"}
    assert trusted(pasted.account, "scedc-lambda") == "lambda.amazonaws.com"
    iam = pasted.account.client("iam")
    assert iam.list_attached_role_policies(RoleName="scedc-lambda")["AttachedPolicies"] == []
    names = iam.list_role_policies(RoleName="scedc-lambda")["PolicyNames"]
    assert sorted(names) == ["queue", "waveforms"]
    logs = f"arn:aws:logs:{ARN}:log-group:/aws/lambda"
    assert policy(pasted.account, "scedc-lambda", "waveforms") == [
        ("s3:PutObject", [f"arn:aws:s3:::{BUCKET}/noresp/*", f"arn:aws:s3:::{BUCKET}/noresp_*"]),
        (
            ["s3:PutObject", "s3:GetObject"],
            [f"arn:aws:s3:::{BUCKET}/windows/*", f"arn:aws:s3:::{BUCKET}/fdsnws/*"],
        ),
        ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
        (["logs:CreateLogStream", "logs:PutLogEvents"], [f"{logs}/{name}:*" for name in NAMES]),
    ]
    assert "sleep 10" in pasted.account.commands()


@covers(("4. The functions", "sh", 0), ("5. Memory and timeout", "sh", 0))
def test_functions(pasted: Pasted) -> None:
    assert made(pasted, "functions") == set(NAMES)
    assert "--logging-config LogFormat=JSON" in BLOCKS["4. The functions", "sh", 0]  # not in moto
    for name, prefix in zip(NAMES, ("Response", "Timewindow"), strict=True):
        function = pasted.account.client("lambda").get_function(FunctionName=name)
        configuration = function["Configuration"]
        assert configuration["MemorySize"] == default(f"{prefix}MemorySize")
        assert configuration["Timeout"] == default(f"{prefix}Timeout")
        assert configuration["PackageType"] == "Image"
        assert configuration["Architectures"] == ["x86_64"]
        assert configuration["Role"] == f"arn:aws:iam::{ACCOUNT}:role/scedc-lambda"
        assert configuration["State"] == "Active"
        assert function["Code"]["ImageUri"] == f"{REGISTRY}/{name}:latest"
        variables = {"S3_OUTPUT_BUCKET": BUCKET}
        if prefix == "Response":
            dead_letters = queue_url(pasted.account, "response-dead-letters")
            variables["DEAD_LETTER_QUEUE_URL"] = dead_letters
            variables["MAX_RECEIVE_COUNT"] = "5"
        assert configuration["Environment"]["Variables"] == variables


@covers(("5. Memory and timeout", "sh", 1))
def test_reservation(pasted: Pasted) -> None:
    """AWS would refuse any in a new account, which has a quota of ten."""
    functions = pasted.account.client("lambda")
    reserved = partial(functions.get_function_concurrency, FunctionName="timewindow-lambda")
    assert "ReservedConcurrentExecutions" not in reserved()
    lines = BLOCKS["5. Memory and timeout", "sh", 1]
    again = partial(pasted.account.paste, lines, pasted.folder, AWS_DEFAULT_REGION=REGION)
    again(UNRESERVED="119")
    assert "ReservedConcurrentExecutions" not in reserved()
    again(UNRESERVED="120")
    assert reserved()["ReservedConcurrentExecutions"] == 20
    assert functions.get_function_concurrency(FunctionName="response-lambda").keys() == {
        "ResponseMetadata"
    }


@covers(("6. The sample events", "sh", 0))
def test_sample_events(pasted: Pasted) -> None:
    """moto's functions return the event, so the replies show the requests."""
    request = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert json.loads((pasted.folder / "reply.json").read_text()) == request
    assert "make setup" in pasted.account.commands()
    assert json.dumps(request, indent=2) in pasted.printed
    windows = json.loads((PROJECT / "request.json").read_text())
    for name in ("windows.json", "output.json"):
        assert json.loads((pasted.folder / name).read_text()) == windows


@covers(("7. The HTTP API", "sh", 0))
def test_http_api(pasted: Pasted) -> None:
    apis = pasted.account.client("apigatewayv2")
    (api,) = apis.get_apis()["Items"]
    assert (api["Name"], api["ProtocolType"]) == ("scedc-waveforms", "HTTP")
    api_id = api["ApiId"]
    assert by_hand.routes(pasted.account, api_id) == by_hand.routes_of_the_template()
    (stage,) = apis.get_stages(ApiId=api_id)["Items"]
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    limits = {name: float(value) for name, value in stage["DefaultRouteSettings"].items()}
    assert limits == {
        "ThrottlingRateLimit": default("ApiRateLimit"),
        "ThrottlingBurstLimit": default("ApiBurstLimit"),
    }
    for name, path in (("timewindow-lambda", "*"), ("response-lambda", "response")):
        by_hand.assert_may_call(pasted.account, api_id, name, path)


@covers(("7. The HTTP API", "sh", 1))
def test_lines_for_the_http_api(pasted: Pasted) -> None:
    """moto serves no HTTP APIs, so this checks the lines; other tests send such events."""
    (api,) = pasted.account.client("apigatewayv2").get_apis()["Items"]
    by_hand.assert_lines(pasted.account.commands(), api["ApiId"])


@covers(("8. The queue", "sh", 0), MONTH)
def test_queue(pasted: Pasted) -> None:
    assert made(pasted, "queues") == {"response-jobs", "response-dead-letters"}
    arns = f"arn:aws:sqs:{ARN}:response"
    by_hand.assert_queues(pasted.account, arns)
    functions = pasted.account.client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName="response-lambda")[
        "EventSourceMappings"
    ]
    assert mapping["EventSourceArn"] == f"{arns}-jobs"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 1
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": default("MaximumConcurrency")}
    assert policy(pasted.account, "scedc-lambda", "queue") == [
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], f"{arns}-jobs"),
        ("sqs:SendMessage", f"{arns}-dead-letters"),
    ]
    assert_a_month(requests_in(pasted.account, "response-jobs"))


@covers(("9. Alarms and a budget", "sh", 0))
def test_alarms_and_budget(pasted: Pasted) -> None:
    (api,) = pasted.account.client("apigatewayv2").get_apis()["Items"]
    by_hand.assert_alarms_of_the_template(pasted.account, api["ApiId"])
    (topic,) = made(pasted, "topics")
    by_hand.assert_topic_of_alarms(pasted.account, topic)
    by_hand.assert_budget_of_the_template(pasted.account)


def test_names_are_those_of_run_lambda(pasted: Pasted) -> None:
    assert made(pasted, "functions") == set(FUNCTION_NAMES.values())


@covers(("Removing everything", "sh", 0), ("Removing everything", "sh", 1))
def test_nothing_is_left_of_what_was_made_by_hand(pasted: Pasted) -> None:
    """Pasted into a new shell. It runs last in this module."""
    assert inventory(pasted.account) != pasted.before
    everything, bucket = (BLOCKS["Removing everything", "sh", index] for index in (0, 1))
    s3 = pasted.account.client("s3")
    with pytest.raises(s3.exceptions.ClientError, match="Forbidden"):  # moto has no TLS
        s3.put_object(Bucket=BUCKET, Key="noresp/result", Body=b"a result")
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="noresp/result", Body=b"a result")
    pasted.account.paste(everything, pasted.folder)
    assert s3.get_object(Bucket=BUCKET, Key="noresp/result")["Body"].read() == b"a result"
    left = {kind: names - pasted.before[kind] for kind, names in inventory(pasted.account).items()}
    assert {kind: names for kind, names in left.items() if names} == {"buckets": {BUCKET}}
    pasted.account.paste(f"ACCOUNT={ACCOUNT}\n{bucket}", pasted.folder)
    assert inventory(pasted.account) == pasted.before
