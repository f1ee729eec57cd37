"""The pages about AWS, and the effects of their lines on an account."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws.deadline import TimeLeft
from shared.corrected_days.request import CorrectedDayRequest, request_from_object
from shared.invocation.batch import BatchJobs, Worker
from tests.deployment.support.aws_account import ACCOUNT, REGION, AwsAccount
from tests.deployment.support.deployed_stack import STACK, deploy, template
from tests.support.pages import Page, page

DEPLOYMENT = page("docs/deployment.md")
OPERATING = page("docs/operating.md")
EVENTS = page("docs/events.md")
BY_HAND = page("docs/deployment-by-hand.md")
ARN = f"{REGION}:{ACCOUNT}"
MONTH = [
    (ChannelId("CI", "SOC", f"HH{component}", ""), Day.parse(f"2019,{number}"))
    for number in range(182, 213)
    for component in "ENZ"
]
FUNCTION = f"arn:aws:lambda:{ARN}:function:scedc-response:live"
DEAD_LETTER = {"day": "2019,183", "nscl": "CI.XYZ.HHZ."}


def lines_of(of: Page, last: str | None = None) -> str:
    """Return the lines of a page to paste, up to the heading `last`, or all of them."""
    headings = list(of.sections)
    wanted = headings[: headings.index(last) if last else None]
    return "".join(text for key, text in of.blocks.items() if key[0] in wanted and key[1] == "sh")


WITH_SAM = "".join(
    [
        lines_of(DEPLOYMENT, "Removing the stack"),
        lines_of(OPERATING),
        lines_of(EVENTS, "Removing the roles"),
    ]
)
"""All lines for the stack, except those that remove it, in the order of the pages."""


def prepare(account: AwsAccount) -> None:
    """Deploy the stack, and create an archive bucket with a month of data."""
    s3 = account.client("s3")
    location = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=SCEDC.bucket, CreateBucketConfiguration=location)
    for channel, day in MONTH:
        s3.put_object(Bucket=SCEDC.bucket, Key=SCEDC.waveform_key(channel, day), Body=b"")
    deploy(account)


@dataclass(frozen=True)
class Pasted:
    """An account after lines were pasted, with their folder, output and initial inventory."""

    account: AwsAccount
    folder: Path
    printed: str
    before: dict[str, set[str]]


def inventory(account: AwsAccount) -> dict[str, set[str]]:
    """Return the names of an account's resources, of every kind that the page's lines create."""
    functions = account.client("lambda")
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    listed = {
        "alarms": (account.client("cloudwatch").describe_alarms()["MetricAlarms"], "AlarmName"),
        "apis": (account.client("apigatewayv2").get_apis()["Items"], "Name"),
        "budgets": (
            account.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"],
            "BudgetName",
        ),
        "buckets": (account.client("s3").list_buckets()["Buckets"], "Name"),
        "functions": (functions.list_functions()["Functions"], "FunctionName"),
        "images": (account.client("ecr").describe_repositories()["repositories"], "repositoryName"),
        "logs": (account.client("logs").describe_log_groups()["logGroups"], "logGroupName"),
        "machines": (
            account.client("stepfunctions").list_state_machines()["stateMachines"],
            "name",
        ),
        "roles": (account.client("iam").list_roles()["Roles"], "RoleName"),
        "topics": (account.client("sns").list_topics()["Topics"], "TopicArn"),
    }
    names = {kind: {item[name] for item in items} for kind, (items, name) in listed.items()}
    names["mappings"] = {item["EventSourceArn"] for item in mappings}
    urls = account.client("sqs").list_queues().get("QueueUrls", [])
    return {**names, "queues": {url.rpartition("/")[2] for url in urls}}


def outputs(account: AwsAccount) -> dict[str, str]:
    """Return the stack's outputs."""
    (stack,) = account.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def requests_in(account: AwsAccount, queue: str) -> list[Any]:
    """Receive all messages of a queue, and return their bodies."""
    sqs = account.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    bodies: list[Any] = []
    while True:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        if "Messages" not in received:
            return bodies
        bodies += [json.loads(message["Body"]) for message in received["Messages"]]


def assert_a_month(requests: list[Any]) -> None:
    parsed = [CorrectedDayRequest.parse(request) for request in requests]
    assert {(request.channel, request.day) for request in parsed} == set(MONTH)
    assert len(parsed) == len(MONTH) == 93


def worker(requests: list[CorrectedDayRequest]) -> Worker:
    """Return a worker for batches that only parses each request and appends it to `requests`."""

    def process(request: Any) -> str:
        requests.append(CorrectedDayRequest.parse(request))
        return requests[-1].output_key

    jobs = BatchJobs(summarize=str, request_from_object=request_from_object)
    return Worker(process, jobs, TimeLeft(None))


def policy(account: AwsAccount, role: str, name: str) -> list[tuple[Any, Any]]:
    """Return the actions and resources that a role's policy allows.

    Statements about S3 are for buckets of this account alone, and listing for some prefixes of
    them; others have no condition.
    """
    response = account.client("iam").get_role_policy(RoleName=role, PolicyName=name)
    statements = response["PolicyDocument"]["Statement"]
    for item in statements:
        about_s3 = "s3:" in str(item["Action"])
        condition: dict[str, Any] = {"StringEquals": {"s3:ResourceAccount": ACCOUNT}}
        if item["Action"] == "s3:ListBucket":
            condition["StringLike"] = {"s3:prefix": ["windows/*", "fdsnws/*"]}
        expected = {"Condition": condition}
        assert set(item) == {"Effect", "Action", "Resource", *(expected if about_s3 else ())}
        assert {"Condition": item.get("Condition")} == (
            expected if about_s3 else {"Condition": None}
        )
    assert {item["Effect"] for item in statements} == {"Allow"}
    return [(item["Action"], item["Resource"]) for item in statements]


def trusted(account: AwsAccount, role: str) -> str:
    """Return the service that a role trusts, for this account alone where AWS documents that."""
    document = account.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    (statement,) = document["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
    service = str(statement["Principal"]["Service"])
    expected = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    documented = service != "batchoperations.s3.amazonaws.com"
    assert statement.get("Condition") == (expected if documented else None)
    return service


def default(parameter: str) -> Any:
    return template()["Parameters"][parameter]["Default"]


def queue_url(account: AwsAccount, name: str) -> str:
    return str(account.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])
