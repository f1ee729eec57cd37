"""Expectations of the deployment page's steps by hand: those of the template, with other names."""

import json
import re
import urllib.parse
from collections.abc import Iterable

from shared.corrected_days.request import CorrectedDayRequest
from shared.windows.request import WindowsRequest, request_from_query
from tests.deployment.support import alarms
from tests.deployment.support.aws_account import ACCOUNT, REGION, AwsAccount
from tests.deployment.support.deployed_stack import template
from tests.deployment.support.page_lines import ARN, default, queue_url

WITHOUT_TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
"""A statement that refuses plain HTTP, without its action and resource."""


def stop_workers(account: AwsAccount) -> None:
    """Disable the event source mappings of an account."""
    functions = account.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def routes(account: AwsAccount, api_id: str) -> dict[str, tuple[str, str]]:
    """Return the function and the authorization of each route of an HTTP API."""
    apis = account.client("apigatewayv2")
    integrations = {
        f"integrations/{item['IntegrationId']}": item["IntegrationUri"].rpartition(":")[2]
        for item in apis.get_integrations(ApiId=api_id)["Items"]
        if (item["IntegrationType"], item["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    }
    return {
        item["RouteKey"]: (integrations[item["Target"]], item.get("AuthorizationType", "NONE"))
        for item in apis.get_routes(ApiId=api_id)["Items"]
    }


def routes_of_the_template() -> dict[str, tuple[str, str]]:
    """Return the same of the template, with its default parameters."""
    found = {}
    for item in template()["Resources"].values():
        if item["Type"] == "AWS::ApiGatewayV2::Route":
            route = item["Properties"]
            (function,) = re.findall(r"\{(\w+)Integration\}", route["Target"]["Fn::Sub"])
            allowed = route["AuthorizationType"]
            named = default(allowed["Ref"]) if isinstance(allowed, dict) else allowed
            found[route["RouteKey"]] = (f"{function.lower()}-lambda", named)
    return found


def assert_queues(account: AwsAccount, arns: str) -> None:
    """Check the attributes of the jobs and the dead letters, whose ARNs begin with `arns`."""
    sqs = account.client("sqs")
    jobs, dead_letters = (
        sqs.get_queue_attributes(QueueUrl=queue_url(account, name), AttributeNames=["All"])
        for name in ("response-jobs", "response-dead-letters")
    )
    attributes = jobs["Attributes"]
    assert int(attributes["VisibilityTimeout"]) == 6 * default("ResponseTimeout")
    redrive = json.loads(attributes["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == f"{arns}-dead-letters"
    assert int(redrive["maxReceiveCount"]) == 5
    days = int(dead_letters["Attributes"]["MessageRetentionPeriod"]) / 86_400
    assert days == 14 > int(attributes["MessageRetentionPeriod"]) / 86_400
    for queue in (jobs, dead_letters):
        (statement,) = json.loads(queue["Attributes"]["Policy"])["Statement"]
        assert statement == {**WITHOUT_TLS, "Action": "sqs:*", "Resource": "*"}


def assert_may_call(account: AwsAccount, api_id: str, name: str, path: str) -> None:
    """Check that a path of this API alone may call a function."""
    document = account.client("lambda").get_policy(FunctionName=name)["Policy"]
    (statement,) = json.loads(document)["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "lambda:InvokeFunction")
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statement["Resource"] == f"arn:aws:lambda:{ARN}:function:{name}"
    source = {"AWS:SourceArn": f"arn:aws:execute-api:{ARN}:{api_id}/*/*/{path}"}
    assert statement["Condition"] == {"ArnLike": source}


def assert_lines(commands: Iterable[str], api_id: str) -> None:
    """Check the three command lines for curl: all signed, with requests that the functions take."""
    url = f"https://{api_id}.execute-api.{REGION}.amazonaws.com"
    lines = [line for line in commands if url in line]
    signed = f"curl --aws-sigv4 aws:amz:{REGION}:execute-api --user testing:testing "
    assert all(line.startswith(signed) for line in lines)
    post, get, response = (
        line.removeprefix(f"{signed}-H Content-Type: application/json ") for line in lines
    )
    assert post == f"--compressed -d @request.json {url}/windows -o output.json"
    query = urllib.parse.urlsplit(get.split()[0]).query
    assert get == f"{url}/windows?{query} -o bom.mseed"
    request = request_from_query(dict(urllib.parse.parse_qsl(query)))
    (window,) = WindowsRequest.parse(request).windows
    assert window.channel.nscl == "CI.BOM.BHZ."
    body = response.removeprefix("-d ").removesuffix(f" {url}/response")
    assert CorrectedDayRequest.parse(json.loads(body)).channel.nscl == "CI.SOC.HHZ."


def assert_alarms_of_the_template(account: AwsAccount, api_id: str) -> None:
    """Check that an account's alarms are the template's."""
    names = {
        "ResponseFunction": "response-lambda",
        "TimewindowFunction": "timewindow-lambda",
        "Jobs": "response-jobs",
        "DeadLetters": "response-dead-letters",
        "HttpApi": api_id,
    }
    found = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert len(found) == 16
    assert alarms.conditions(found, {}) == alarms.conditions(alarms.of_the_template(), names)


def assert_topic_of_alarms(account: AwsAccount, topic: str) -> None:
    """Check that all alarms go to a topic, and that it takes them alone and mails them."""
    found = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {tuple(alarm["AlarmActions"]) for alarm in found} == {(topic,)}
    sns = account.client("sns")
    (subscribed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscribed["Protocol"], subscribed["Endpoint"]) == ("email", "you@example.org")
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    (statement,) = json.loads(attributes["Policy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }


def assert_budget_of_the_template(account: AwsAccount) -> None:
    """Check that an account has a monthly budget with the template's notifications."""
    budgets = account.client("budgets")
    (budget,) = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    assert budget["BudgetLimit"] == {"Amount": "50", "Unit": "USD"}
    notifications = budgets.describe_notifications_for_budget(
        AccountId=ACCOUNT, BudgetName=budget["BudgetName"]
    )["Notifications"]
    in_template = template()["Resources"]["Budget"]["Properties"]["NotificationsWithSubscribers"]
    wanted = [one["Notification"] for one in in_template["Fn::If"][1]]
    assert [{name: one[name] for name in wanted[0]} for one in notifications] == wanted
