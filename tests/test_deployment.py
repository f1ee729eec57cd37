"""What docs/deployment.md says is true: its lines are pasted into an account that is moto."""

import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aws_account import ACCOUNT, REGISTRY, AwsAccount, aws_account
from conftest import PROJECT
from pages import Page, make_folder

import run_lambda
from local.emulator import MEMORY_MB, TIMEOUT_S
from shared.window_request import WindowsRequest, window_of_query

PAGE = Page("docs/deployment.md")
BLOCKS = PAGE.blocks
BY_HAND = "On AWS by hand"
BUCKET = f"corrected-waveforms-{ACCOUNT}"

covers = PAGE.covers


def test_every_block_is_covered_by_one_test() -> None:
    PAGE.assert_every_block_is_covered_by_one_test()


def test_relative_links_exist() -> None:
    PAGE.assert_relative_links_exist()


@dataclass(frozen=True)
class Pasted:
    """An account on AWS after all lines of the page, the folder they ran in, what they printed."""

    account: AwsAccount
    folder: Path
    printed: str


@pytest.fixture(scope="module")
def pasted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pasted]:
    folder = make_folder(tmp_path_factory.mktemp("project"))
    lines = "\n".join(text for key, text in BLOCKS.items() if key[:2] == (BY_HAND, "sh"))
    with aws_account(tmp_path_factory.mktemp("aws")) as account:
        yield Pasted(account, folder, account.paste(lines, folder))


@covers((BY_HAND, "sh", 0))
def test_images_are_pushed(pasted: Pasted) -> None:
    commands = pasted.account.commands()
    names = ("response-lambda", "timewindow-lambda")
    assert commands[:2] == [
        "make images",
        f"docker login --username AWS --password-stdin {REGISTRY}",
    ]
    assert commands[2:6] == [
        line
        for name in names
        for line in (f"docker tag {name} {REGISTRY}/{name}", f"docker push {REGISTRY}/{name}")
    ]
    repositories = pasted.account.client("ecr").describe_repositories()["repositories"]
    uris = {item["repositoryName"]: item["repositoryUri"] for item in repositories}
    assert uris == {name: f"{REGISTRY}/{name}" for name in names}
    assert "AWS_PAGER=\n" in BLOCKS[BY_HAND, "sh", 0]  # or version 2 of the CLI waits for keys


@covers((BY_HAND, "sh", 1))
def test_bucket_and_role(pasted: Pasted) -> None:
    s3, iam = pasted.account.client("s3"), pasted.account.client("iam")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == "us-west-2"
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert (rule["Status"], rule["Expiration"]) == ("Enabled", {"Days": 1})
    assert rule["Filter"] == {"Prefix": "windows/"}

    (role,) = iam.list_roles()["Roles"]
    assert role["RoleName"] == "scedc-lambda"
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Effect"] == "Allow"
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert trust["Action"] == "sts:AssumeRole"

    attached = iam.list_attached_role_policies(RoleName="scedc-lambda")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AWSLambdaBasicExecutionRole"]
    assert iam.list_role_policies(RoleName="scedc-lambda")["PolicyNames"] == ["waveforms"]
    policy = iam.get_role_policy(RoleName="scedc-lambda", PolicyName="waveforms")
    statements = policy["PolicyDocument"]["Statement"]
    assert all(set(item) == {"Effect", "Action", "Resource"} for item in statements)
    assert {item["Effect"] for item in statements} == {"Allow"}
    assert [(item["Action"], item["Resource"]) for item in statements] == [
        ("s3:GetObject", "arn:aws:s3:::scedc-pds/*"),
        ("s3:ListBucket", "arn:aws:s3:::scedc-pds"),
        ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/*"),
        ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/windows/*"),
    ]
    assert "sleep 10" in pasted.account.commands()


@covers((BY_HAND, "sh", 2))
def test_functions(pasted: Pasted) -> None:
    functions = pasted.account.client("lambda")
    listed = functions.list_functions()["Functions"]
    assert {item["FunctionName"] for item in listed} == set(run_lambda.FUNCTION_NAMES.values())
    for item in listed:
        name = item["FunctionName"]
        function = functions.get_function(FunctionName=name)
        found = function["Configuration"]
        assert (found["MemorySize"], found["Timeout"]) == (MEMORY_MB, TIMEOUT_S) == (2048, 60)
        assert found["PackageType"] == "Image"
        assert found["Architectures"] == ["x86_64"]
        assert found["Role"] == f"arn:aws:iam::{ACCOUNT}:role/scedc-lambda"
        assert found["State"] == "Active"
        assert function["Code"]["ImageUri"] == f"{REGISTRY}/{name}:latest"
        variables = found.get("Environment", {}).get("Variables", {})
        assert variables == {"S3_OUTPUT_BUCKET": BUCKET}


@covers((BY_HAND, "sh", 3))
def test_sample_event(pasted: Pasted) -> None:
    """moto's functions answer with the event: it shows what they are asked."""
    request = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert json.loads((pasted.folder / "reply.json").read_text()) == request
    assert "make setup" in pasted.account.commands()
    printed = pasted.printed
    assert json.dumps(request, indent=2) in printed
    windows = json.loads((PROJECT / "request.json").read_text())
    assert json.loads((pasted.folder / "output.json").read_text()) == windows
    assert "wrote output.json\n" in printed


@covers((BY_HAND, "sh", 4))
def test_http_api(pasted: Pasted) -> None:
    apis = pasted.account.client("apigatewayv2")
    (api,) = apis.get_apis()["Items"]
    assert (api["Name"], api["ProtocolType"]) == ("scedc-windows", "HTTP")
    # Of this line, which makes a route and an integration on AWS, moto makes the API alone. What
    # the CLI has sent is what AWS's model of CreateApi has for "quick create".
    function = f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:timewindow-lambda"
    assert pasted.account.posted("/v2/apis") == [
        {
            "name": "scedc-windows",
            "protocolType": "HTTP",
            "target": function,  # without a route key, of all methods and paths
        }
    ]

    policy = json.loads(
        pasted.account.client("lambda").get_policy(FunctionName="timewindow-lambda")["Policy"]
    )
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statement["Resource"] == function
    assert statement["Condition"] == {
        "ArnLike": {
            "AWS:SourceArn": f"arn:aws:execute-api:us-west-2:{ACCOUNT}:{api['ApiId']}/*",
        }
    }

    # moto serves no such APIs: the line is looked at, and its event is sent by other tests.
    *_, post, get = pasted.account.commands()
    url = f"https://{api['ApiId']}.execute-api.us-west-2.amazonaws.com/windows"
    assert post == f"curl -X POST --compressed -d @request.json {url} -o output.json"
    query = urllib.parse.urlsplit(get.split()[2]).query
    assert get == f"curl -L {url}?{query} -o bom.mseed"
    (window,) = WindowsRequest.parse(window_of_query(dict(urllib.parse.parse_qsl(query)))).windows
    assert window.channel.nscl == "CI.BOM.BHZ."
