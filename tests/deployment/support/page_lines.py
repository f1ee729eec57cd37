"""What the tests of docs/deployment.md share: the page, and what its lines have done."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.corrected_days.request import CorrectedDayRequest
from tests.deployment.support.aws_account import ACCOUNT, REGION, AwsAccount
from tests.deployment.support.deployed_stack import deploy, template
from tests.support.pages import Page

PAGE = Page("docs/deployment.md")
ARN = f"{REGION}:{ACCOUNT}"
HEADINGS = list(PAGE.sections)
MONTH = [
    (ChannelId("CI", "SOC", f"HH{component}", ""), Day.parse(f"2019,{number}"))
    for number in range(182, 213)
    for component in "ENZ"
]


def lines_of(*headings: str) -> str:
    """The lines to paste of these sections, in the page's order."""
    blocks = PAGE.blocks.items()
    return "".join(text for key, text in blocks if key[0] in headings and key[1] == "sh")


def sections(first: str, last: str) -> list[str]:
    """The headings from one to another, which is left out."""
    return HEADINGS[HEADINGS.index(first) : HEADINGS.index(last)]


def prepare(account: AwsAccount) -> None:
    """Deploy the stack, and show the account a month of the archive."""
    s3 = account.client("s3")
    location = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=SCEDC.bucket, CreateBucketConfiguration=location)
    for channel, day in MONTH:
        s3.put_object(Bucket=SCEDC.bucket, Key=SCEDC.waveform_key(channel, day), Body=b"")
    deploy(account)


@dataclass(frozen=True)
class Pasted:
    """An account after lines were pasted, the folder they ran in, and what they printed."""

    account: AwsAccount
    folder: Path
    printed: str
    before: dict[str, set[str]]


def inventory(account: AwsAccount) -> dict[str, set[str]]:
    """What there is in an account, of all that the page's lines make."""
    functions = account.client("lambda")
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    listed = {
        "apis": (account.client("apigatewayv2").get_apis()["Items"], "Name"),
        "buckets": (account.client("s3").list_buckets()["Buckets"], "Name"),
        "functions": (functions.list_functions()["Functions"], "FunctionName"),
        "images": (account.client("ecr").describe_repositories()["repositories"], "repositoryName"),
        "logs": (account.client("logs").describe_log_groups()["logGroups"], "logGroupName"),
        "machines": (
            account.client("stepfunctions").list_state_machines()["stateMachines"],
            "name",
        ),
        "roles": (account.client("iam").list_roles()["Roles"], "RoleName"),
    }
    found = {kind: {item[name] for item in items} for kind, (items, name) in listed.items()}
    found["mappings"] = {item["EventSourceArn"] for item in mappings}
    urls = account.client("sqs").list_queues().get("QueueUrls", [])
    return {**found, "queues": {url.rpartition("/")[2] for url in urls}}


def requests_in(account: AwsAccount, queue: str) -> list[Any]:
    """The bodies of all messages of a queue."""
    sqs = account.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = []
    while True:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        if "Messages" not in received:
            return found
        found += [json.loads(message["Body"]) for message in received["Messages"]]


def assert_a_month(requests: list[Any]) -> None:
    asked = [CorrectedDayRequest.parse(request) for request in requests]
    assert {(request.channel, request.day) for request in asked} == set(MONTH)
    assert len(asked) == len(MONTH) == 93


def policy(account: AwsAccount, role: str, name: str) -> list[tuple[Any, Any]]:
    """What a role's policy allows: actions and resources."""
    found = account.client("iam").get_role_policy(RoleName=role, PolicyName=name)
    statements = found["PolicyDocument"]["Statement"]
    assert all(set(item) == {"Effect", "Action", "Resource"} for item in statements)
    assert {item["Effect"] for item in statements} == {"Allow"}
    return [(item["Action"], item["Resource"]) for item in statements]


def trusted(account: AwsAccount, role: str) -> str:
    """The service that a role trusts."""
    document = account.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    (statement,) = document["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
    return str(statement["Principal"]["Service"])


def default(parameter: str) -> Any:
    return template()["Parameters"][parameter]["Default"]


def queue_url(account: AwsAccount, name: str) -> str:
    return str(account.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])
