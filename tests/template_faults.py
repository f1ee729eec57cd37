"""What may be wrong with the stack of template.yaml, beyond what AWS's own linters know."""

import re
from collections.abc import Iterator
from typing import Any

from tests.cloudformation import ACCOUNT, Stack
from tests.support.commands import PROJECT

FUNCTIONS = ("Response", "Timewindow")
DAY_S = 86_400
ARCHIVE = "arn:aws:s3:::scedc-pds"
NAMESPACES = {"FunctionName": "AWS/Lambda", "ApiId": "AWS/ApiGateway", "QueueName": "AWS/SQS"}


def faults(stack: Stack) -> Iterator[str]:
    """All that is wrong with a stack, in words."""
    for check in CHECKS:
        yield from check(stack)


def names(stack: Stack) -> Iterator[str]:
    """Names that the documentation and run_lambda.py take for granted."""
    wanted = {
        ("ResponseFunction", "FunctionName"): f"{stack.name}-response",
        ("TimewindowFunction", "FunctionName"): f"{stack.name}-timewindow",
        ("Jobs", "QueueName"): f"{stack.name}-jobs",
        ("DeadLetters", "QueueName"): f"{stack.name}-dead-letters",
    }
    for (resource, member), name in wanted.items():
        found = stack.properties(resource).get(member)
        if found != name:
            yield f"{resource} is named {found}, not {name}"


def images(stack: Stack) -> Iterator[str]:
    functions = stack.of_type("AWS::Serverless::Function")
    if set(functions) != {f"{function}Function" for function in FUNCTIONS}:
        yield f"the functions are {sorted(functions)}"
    for name, properties in functions.items():
        built = stack.resources[name].get("Metadata", {})
        context = PROJECT / built.get("DockerContext", "-")
        if not (context / built.get("Dockerfile", "-")).is_file():
            yield f"{name}: there is no {built.get('Dockerfile')} in {built.get('DockerContext')}"
        if properties.get("PackageType") != "Image":
            yield f"{name} is no image"
        if "PYTHON_VERSION" not in built.get("DockerBuildArgs", {}):
            yield f"{name} is built for whatever Python is the default"
    tags = [stack.resources[name].get("Metadata", {}).get("DockerTag") for name in functions]
    if len(set(tags)) < len(tags):
        yield f"two images have one tag: {tags}"


def environment(stack: Stack) -> Iterator[str]:
    bucket = bucket_name(stack)
    wanted = {
        "Response": {
            "S3_OUTPUT_BUCKET": bucket,
            "DEAD_LETTER_QUEUE_URL": "<DeadLetters>",
            "MAX_RECEIVE_COUNT": str(
                stack.properties("Jobs").get("RedrivePolicy", {}).get("maxReceiveCount")
            ),
        },
        "Timewindow": {"S3_OUTPUT_BUCKET": bucket},
    }
    for function, variables in wanted.items():
        properties = stack.properties(f"{function}Function")
        found = properties.get("Environment", {}).get("Variables")
        if found != variables:
            yield f"{function}Function has the environment {found}"


def bucket_name(stack: Stack) -> str:
    return str(stack.parameters.get("OutputBucketName") or "<OutputBucket>")


def queue(stack: Stack) -> Iterator[str]:
    jobs, dead = stack.properties("Jobs"), stack.properties("DeadLetters")
    timeout = stack.properties("ResponseFunction").get("Timeout", 0)
    visible_after = jobs.get("VisibilityTimeout", 30)  # SQS's default
    if visible_after < 6 * timeout:
        yield f"jobs are hidden for {visible_after} s, less than six times {timeout} s"
    redrive = jobs.get("RedrivePolicy", {})
    if redrive.get("deadLetterTargetArn") != "<DeadLetters.Arn>" or not dead:
        yield "failed jobs do not become dead letters"
    if redrive.get("maxReceiveCount", 0) < 5:
        yield "jobs become dead letters after fewer than five tries"
    allowed = dead.get("RedriveAllowPolicy", {})
    arn = f"arn:aws:sqs:{stack.region}:{ACCOUNT}:{jobs.get('QueueName')}"
    if allowed != {"redrivePermission": "byQueue", "sourceQueueArns": [arn]}:
        yield "dead letters are taken from other queues, too"
    kept = [one.get("MessageRetentionPeriod", 4 * DAY_S) for one in (dead, jobs)]
    if kept[0] - kept[1] < 4 * DAY_S:
        yield "a dead letter may be lost within four days"
    for name, properties in stack.of_type("AWS::SQS::Queue").items():
        if properties.get("SqsManagedSseEnabled") is not True:
            yield f"{name} is not encrypted"


def event_source(stack: Stack) -> Iterator[str]:
    events = stack.properties("ResponseFunction").get("Events", {})
    sources = [one["Properties"] for one in events.values() if one["Type"] == "SQS"]
    if [source.get("Queue") for source in sources] != ["<Jobs.Arn>"]:
        yield "the queue's jobs reach no function, or several"
    for source in sources:
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield "one failed job fails its whole batch"
        if source.get("ScalingConfig", {}).get("MaximumConcurrency", 10_000) > 1_000:
            yield "the queue may take all of the account's concurrency"


def logs(stack: Stack) -> Iterator[str]:
    groups = stack.of_type("AWS::Logs::LogGroup")
    for name, properties in groups.items():
        if not properties.get("RetentionInDays"):
            yield f"{name} are kept for ever"
    used = {
        name: properties.get("LoggingConfig", {}).get("LogGroup", "")
        for name, properties in stack.of_type("AWS::Serverless::Function").items()
    }
    for name, properties in stack.of_type("AWS::ApiGatewayV2::Stage").items():
        used[name] = properties.get("AccessLogSettings", {}).get("DestinationArn", "")
    for name, group in used.items():
        if group.strip("<>").removesuffix(".Arn") not in groups:
            yield f"{name} writes no log of ours"


def permissions(stack: Stack) -> Iterator[str]:
    """Each role may do what its function does, and nothing else."""
    bucket = f"arn:aws:s3:::{bucket_name(stack)}"
    archive = {("s3:GetObject", f"{ARCHIVE}/*"), ("s3:ListBucket", ARCHIVE)}
    write_log = ("logs:CreateLogStream", "logs:PutLogEvents")
    receive = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    needed = {
        "ResponseRole": {
            *archive,
            ("s3:PutObject", f"{bucket}/noresp*"),
            *((action, "<Jobs.Arn>") for action in receive),
            ("sqs:SendMessage", "<DeadLetters.Arn>"),
            *((action, "<ResponseLogs.Arn>") for action in write_log),
        },
        "TimewindowRole": {
            *archive,
            ("s3:PutObject", f"{bucket}/windows/*"),
            ("s3:GetObject", f"{bucket}/windows/*"),
            *((action, "<TimewindowLogs.Arn>") for action in write_log),
        },
    }
    roles = stack.of_type("AWS::IAM::Role")
    for name, properties in roles.items():
        if properties.get("ManagedPolicyArns"):
            yield f"{name} has policies that AWS writes: {properties['ManagedPolicyArns']}"
        granted = set(grants(properties))
        for action, resource in granted - needed.get(name, set()):
            yield f"{name} may {action} on {resource}"
        for action, resource in needed.get(name, set()) - granted:
            yield f"{name} may not {action} on {resource}"
    for name, properties in stack.of_type("AWS::Serverless::Function").items():
        if properties.get("Role", "").strip("<>").removesuffix(".Arn") not in roles:
            yield f"{name} has a role that SAM makes up"
        if "Policies" in properties:
            yield f"{name} has policies beside those of its role"


def grants(role: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a role's own policies allow: actions and resources."""
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                for action in listed(statement["Action"]):
                    yield from ((action, one) for one in listed(statement["Resource"]))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def bucket(stack: Stack) -> Iterator[str]:
    made = stack.resources.get("OutputBucket")
    if bool(made) == bool(stack.parameters.get("OutputBucketName")):
        yield "the bucket is made although one was given, or the other way round"
    if not made:
        return
    properties = made["Properties"]
    encryption = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration")
    if not encryption:
        yield "the bucket is not encrypted"
    if list(properties.get("PublicAccessBlockConfiguration", {}).values()) != [True] * 4:
        yield "the bucket can be opened to the public"
    ownership = properties.get("OwnershipControls", {}).get("Rules")
    if ownership != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
        yield "the bucket's objects may have other owners"
    rules = properties.get("LifecycleConfiguration", {}).get("Rules", [])
    expiring = {(rule.get("Prefix"), rule["ExpirationInDays"]) for rule in rules if has_end(rule)}
    if expiring != {("windows/", 1)}:
        yield f"what expires in the bucket is {expiring}"
    deleted, replaced = made.get("DeletionPolicy"), made.get("UpdateReplacePolicy")
    if (deleted, replaced) != ("RetainExceptOnCreate", "Retain"):
        yield "the bucket goes with the stack"


def has_end(rule: dict[str, Any]) -> bool:
    return "ExpirationInDays" in rule and rule.get("Status") == "Enabled"


def tls(stack: Stack) -> Iterator[str]:
    """Queues and bucket refuse what is not encrypted on its way."""
    policies = [
        *stack.of_type("AWS::SQS::QueuePolicy").values(),
        *stack.of_type("AWS::S3::BucketPolicy").values(),
    ]
    covered = {
        resource
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for resource in policy.get("Queues", [policy.get("Bucket")])
    }
    wanted = {*stack.of_type("AWS::SQS::Queue"), *stack.of_type("AWS::S3::Bucket")}
    for name in wanted - {resource.strip("<>") for resource in covered}:
        yield f"{name} answers without TLS"


def alarms(stack: Stack) -> Iterator[str]:
    wanted = {
        ("Errors", "FunctionName", "<ResponseFunction>"),
        ("Throttles", "FunctionName", "<ResponseFunction>"),
        ("Errors", "FunctionName", "<TimewindowFunction>"),
        ("Throttles", "FunctionName", "<TimewindowFunction>"),
        ("5xx", "ApiId", "<HttpApi>"),
        ("ApproximateAgeOfOldestMessage", "QueueName", "<Jobs.QueueName>"),
        ("ApproximateNumberOfMessagesVisible", "QueueName", "<DeadLetters.QueueName>"),
    }
    found = set()
    told = ["<AlarmTopic>"] if stack.parameters.get("AlarmEmail") else []
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        (dimension,) = alarm["Dimensions"]
        if alarm["Namespace"] == NAMESPACES.get(dimension["Name"]):
            found.add((alarm["MetricName"], dimension["Name"], dimension["Value"]))
        if alarm.get("TreatMissingData") != "notBreaching":
            yield f"{name} goes off while nothing happens"
        if alarm.get("AlarmActions", []) != told:
            yield f"{name} is told to {alarm.get('AlarmActions')}"
        if not alarm["ComparisonOperator"].startswith("GreaterThan") or alarm["Threshold"] < 1:
            yield f"{name} goes off at {alarm['Threshold']}"
    for metric, _, resource in wanted - found:
        yield f"no alarm watches {metric} of {resource}"


def api(stack: Stack) -> Iterator[str]:
    windows = stack.parameters.get("WindowsAuthorization", "NONE")
    wanted = {
        "GET /windows": (windows, "Timewindow"),
        "POST /windows": (windows, "Timewindow"),
        "POST /response": ("AWS_IAM", "Response"),
    }
    routes = {
        route["RouteKey"]: (route.get("AuthorizationType", "NONE"), called(stack, route))
        for route in stack.of_type("AWS::ApiGatewayV2::Route").values()
    }
    for key in wanted.keys() | routes.keys():
        if wanted.get(key) != routes.get(key):
            yield f"{key} is {routes.get(key)}, not {wanted.get(key)}"
    settings = stack.properties("HttpApiStage").get("DefaultRouteSettings", {})
    if {"ThrottlingRateLimit", "ThrottlingBurstLimit"} - settings.keys():
        yield "the HTTP API has no limits of its own"
    for name, url in stack.of_type("AWS::Lambda::Url").items():
        if url["AuthType"] != "AWS_IAM":
            yield f"{name} is open to anyone"
    urls = len(stack.of_type("AWS::Lambda::Url"))
    if urls != (2 if stack.parameters.get("FunctionUrls") == "yes" else 0):
        yield f"there are {urls} function URLs"


def called(stack: Stack, route: dict[str, Any]) -> str:
    """The function that a route leads to, and that lets the API call it there; else ""."""
    integration = stack.properties(route["Target"].removeprefix("integrations/").strip("<>"))
    found = re.fullmatch(
        rf"arn:aws:lambda:{stack.region}:{ACCOUNT}:function:<(\w+)Function>",
        integration.get("IntegrationUri", ""),
    )
    path = route["RouteKey"].split()[1]
    permission = stack.properties(f"HttpApiMayCall{found[1]}") if found else {}
    arn = f"arn:aws:execute-api:{stack.region}:{ACCOUNT}:<HttpApi>/*/*{path}"
    return found[1] if found and permission.get("SourceArn") == arn else ""


CHECKS = (
    names,
    images,
    environment,
    queue,
    event_source,
    logs,
    permissions,
    bucket,
    tls,
    alarms,
    api,
)
