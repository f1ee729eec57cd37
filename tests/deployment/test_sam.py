"""The SAM CLI with template.yaml on real containers: build, invoke, HTTP API, Lambda's own API.

What they need: see `containers`. With another Python than the default, what is left to test is that
the parameter PythonVersion builds for it.
"""

import contextlib
import gzip
import http.client
import io
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import obspy
import pytest
import yaml
from botocore.config import Config

from shared.archive.scedc import SCEDC
from tests.support.commands import PROJECT, command_environment, free_port
from tests.support.containers import (
    INPUT_BUCKET,
    OUTPUT_BUCKET,
    PYTHON_VERSION,
    Image,
    docker,
    taken,
)
from tests.support.tutorial_requests import (
    RESPONSE_KEY,
    RESPONSE_REQUEST,
    WINDOWS_REQUEST,
    assert_corrected_as_by_obspy,
    assert_windows_as_by_obspy,
)

pytestmark = pytest.mark.docker

once = pytest.mark.skipif(PYTHON_VERSION != "3.10", reason="run with the default Python alone")

SAM = PROJECT / ".venv-sam" / "bin" / "sam"
IMAGES = {"ResponseFunction": "responsefunction", "TimewindowFunction": "timewindowfunction"}
ABSENT_DAY = {**RESPONSE_REQUEST, "day": "2019,184"}
ENVIRONMENT = command_environment(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION=SCEDC.region,
    SAM_CLI_TELEMETRY="0",
)


def sam(*arguments: str, cwd: Path = PROJECT) -> "subprocess.CompletedProcess[str]":
    """Run the SAM CLI to its end, which must be a good one."""
    done = subprocess.run(
        [str(SAM), *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@pytest.fixture(scope="module")
def built(base_image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template that `sam build` leaves, with the images that it makes."""
    subprocess.run(["make", "-s", "sam", f"PYTHON={sys.executable}"], cwd=PROJECT, check=True)
    folder = tmp_path_factory.mktemp("sam")
    other = () if PYTHON_VERSION == "3.10" else (f"PythonVersion={PYTHON_VERSION}",)
    overrides = ("--parameter-overrides", *other) if other else ()
    sam("build", "--build-dir", str(folder), *overrides)
    return folder / "template.yaml"


@pytest.fixture(scope="module")
def dead_letters(container_s3: Any) -> Iterator[tuple[Any, str]]:
    """A client of SQS on the server that also is S3, and the URL of a queue there."""
    client = aws_client("sqs", container_s3.meta.endpoint_url)
    yield client, client.create_queue(QueueName="sam-dead-letters")["QueueUrl"]
    client.close()


def aws_client(service: Any, endpoint: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=SCEDC.region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture(scope="module")
def local(built: Path, container_s3: Any, dead_letters: tuple[Any, str]) -> Path:
    """A folder with that template, its functions' environment that of local S3 and SQS.

    SAM only sets variables that a template declares, so that these must be added to it.
    """
    _, queue_url = dead_letters
    template = yaml.safe_load(built.read_text())
    for function in IMAGES:
        variables = template["Resources"][function]["Properties"]["Environment"]["Variables"]
        variables["AWS_ENDPOINT_URL"] = container_s3.meta.endpoint_url
        if "DEAD_LETTER_QUEUE_URL" in variables:
            variables["DEAD_LETTER_QUEUE_URL"] = queue_url
        variables["S3_INPUT_BUCKET"] = INPUT_BUCKET
    (built.parent / "local.yaml").write_text(yaml.safe_dump(template))
    return built.parent


LOCAL = ("--template", "local.yaml", "--parameter-overrides", f"OutputBucketName={OUTPUT_BUCKET}")


def test_build_makes_both_images_of_that_python(built: Path) -> None:
    program = "import json, sys; print(json.dumps(sys.version_info[:2]))"
    for function, repository in IMAGES.items():
        tag = f"{repository}:{function.removesuffix('Function').lower()}"
        resource = yaml.safe_load(built.read_text())["Resources"][function]
        assert resource["Properties"]["ImageUri"] == tag
        image = Image.inspect(tag)
        assert image.config["Cmd"] == ["app.handler"]
        assert image.run(program) == [int(part) for part in PYTHON_VERSION.split(".")]


def invoke(local: Path, function: str, event: Any) -> Any:
    (local / "event.json").write_text(json.dumps(event))
    return json.loads(
        sam("local", "invoke", function, *LOCAL, "-e", "event.json", cwd=local).stdout
    )


@once
def test_invoke_removes_the_response(local: Path, container_s3: Any, demo_archive: Path) -> None:
    reply = invoke(local, "ResponseFunction", RESPONSE_REQUEST)
    assert reply["output_key"] == f"s3://{OUTPUT_BUCKET}/{RESPONSE_KEY}"
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)


@once
def test_invoke_tells_an_exception(local: Path) -> None:
    """With an exit status of 0, which is the SAM CLI's way."""
    raised = invoke(local, "ResponseFunction", ABSENT_DAY)
    assert raised["errorType"] == "NoWaveformError"
    assert "2019184" in raised["errorMessage"]


@once
def test_invoke_reads_windows(local: Path, demo_archive: Path) -> None:
    assert_windows_as_by_obspy(invoke(local, "TimewindowFunction", WINDOWS_REQUEST), demo_archive)


@contextlib.contextmanager
def serving(local: Path, command: str) -> Iterator[int]:
    """`sam local COMMAND` on a port; its containers end with it."""
    before = containers()
    port = free_port()
    arguments = ["local", command, *LOCAL, "--port", str(port), "--warm-containers", "LAZY"]
    with (local / f"{command}.log").open("w") as log:
        server = subprocess.Popen(
            [str(SAM), *arguments], cwd=local, env=ENVIRONMENT, stdout=log, stderr=log
        )
        try:
            await_port(server, port, Path(log.name))
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=300)
    assert containers() <= before


def containers() -> set[str]:
    """All containers of our functions in the engine, running or not."""
    lines = docker("ps", "--all", "--format", "{{.ID}} {{.Image}}").splitlines()
    return {line for line in lines if line.split()[1].startswith(tuple(IMAGES.values()))}


def await_port(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 600
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def api(local: Path) -> Iterator[int]:
    with serving(local, "start-api") as port:
        yield port


def request(
    port: int, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@once
def test_windows_by_post(api: int, demo_archive: Path) -> None:
    status, headers, body = request(api, "POST", "/windows", WINDOWS_REQUEST)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert_windows_as_by_obspy(json.loads(body), demo_archive)


@once
def test_windows_in_gzip(api: int, demo_archive: Path) -> None:
    gzipped = {"Accept-Encoding": "gzip"}
    status, headers, body = request(api, "POST", "/windows", WINDOWS_REQUEST, **gzipped)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert_windows_as_by_obspy(json.loads(gzip.decompress(body)), demo_archive)


@once
def test_window_by_get(api: int) -> None:
    window = WINDOWS_REQUEST["Windows"][0]
    status, _, body = request(api, "GET", f"/windows?{urlencode({**window, 'Format': 'mseed'})}")
    assert status == 200
    by_get = obspy.read(io.BytesIO(body), format="MSEED")
    _, _, body = request(api, "POST", "/windows", {"Windows": [window], "Format": "mseed"})
    assert by_get == obspy.read(io.BytesIO(body), format="MSEED")
    assert by_get[0].stats.npts > 1_000


@once
def test_response_by_post(api: int, container_s3: Any, demo_archive: Path) -> None:
    status, _, body = request(api, "POST", "/response", RESPONSE_REQUEST)
    assert (status, json.loads(body)["units"]) == (200, "m/s")
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)


@once
def test_errors_over_http(api: int) -> None:
    status, _, body = request(api, "POST", "/response", ABSENT_DAY)
    assert (status, json.loads(body)["error"]["type"]) == (404, "NoWaveformError")
    status, _, body = request(api, "GET", "/windows?Network=CI")
    assert (status, json.loads(body)["error"]["type"]) == (400, "BadRequestError")


@once
def test_what_is_no_route(api: int) -> None:
    assert request(api, "GET", "/response")[0] in (403, 404, 405)
    assert request(api, "GET", "/")[0] in (403, 404)


@pytest.fixture(scope="module")
def lambda_api(local: Path) -> Iterator[str]:
    with serving(local, "start-lambda") as port:
        yield f"http://127.0.0.1:{port}"


@once
def test_boto3_on_start_lambda(lambda_api: str, container_s3: Any, demo_archive: Path) -> None:
    client = aws_client("lambda", lambda_api)
    payload = json.dumps(RESPONSE_REQUEST)
    reply = client.invoke(FunctionName="ResponseFunction", Payload=payload)
    assert json.loads(reply["Payload"].read())["samples"] == 8_640_000
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)
    payload = json.dumps(WINDOWS_REQUEST)
    reply = client.invoke(FunctionName="TimewindowFunction", Payload=payload)
    assert_windows_as_by_obspy(json.loads(reply["Payload"].read()), demo_archive)
    client.close()


@once
def test_batch_of_the_queue(lambda_api: str, dead_letters: tuple[Any, str]) -> None:
    """What can never succeed is buried with its reason, and not reported: it shall not return."""
    bodies = [json.dumps(ABSENT_DAY), "no JSON"]
    records = [
        {"eventSource": "aws:sqs", "messageId": f"message-{number}", "body": body}
        for number, body in enumerate(bodies)
    ]
    client = aws_client("lambda", lambda_api)
    payload = json.dumps({"Records": records})
    reply = client.invoke(FunctionName="ResponseFunction", Payload=payload)
    assert json.loads(reply["Payload"].read()) == {"batchItemFailures": []}
    client.close()
    sqs, queue_url = dead_letters
    received = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )["Messages"]
    reasons = {
        message["Body"]: message["MessageAttributes"]["ErrorType"]["StringValue"]
        for message in received
    }
    assert reasons == {bodies[0]: "NoWaveformError", bodies[1]: "BadRequestError"}


def run_lambda(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(PROJECT / "run_lambda.py"), *arguments],
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@once
def test_run_lambda_on_start_lambda(lambda_api: str, container_s3: Any, demo_archive: Path) -> None:
    where = ("--endpoint-url", lambda_api, "--function-name", "ResponseFunction")
    done = run_lambda(*where)
    assert done.returncode == 0, done.stderr
    assert RESPONSE_KEY in done.stdout
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)


@once
def test_run_lambda_sees_what_start_lambda_does_not_tell(lambda_api: str) -> None:
    """A handler's exception, which SAM hands back as a reply like any other."""
    where = ("--endpoint-url", lambda_api, "--function-name", "ResponseFunction")
    done = run_lambda("response", "--day", "2019,184", "--nscl", "CI.SOC.HHZ.", *where)
    assert done.returncode == 1
    assert "NoWaveformError" in done.stdout + done.stderr


@once
def test_run_lambda_reads_windows(lambda_api: str, tmp_path: Path, demo_archive: Path) -> None:
    where = ("--endpoint-url", lambda_api, "--function-name", "TimewindowFunction")
    output = tmp_path / "output.json"
    request = ("--request", str(PROJECT / "request.json"), "-o", str(output))
    done = run_lambda("windows", *request, *where)
    assert done.returncode == 0, done.stderr
    assert_windows_as_by_obspy(json.loads(output.read_text()), demo_archive)
