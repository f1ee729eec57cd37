"""Both container images, built, and run as Lambda does: read-only, as a user of its choice.

Needs a Docker engine and AWS's base image, in the engine or within reach. IMAGE_PYTHON_VERSION says
which Python the images have (3.10); with IMAGE_TESTS=required, what cannot run is a failure.
"""

import contextlib
import http.client
import io
import ipaddress
import json
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import boto3
import numpy as np
import obspy
import pytest
from conftest import http_event
from moto.server import ThreadedMotoServer
from obspy import UTCDateTime

from local.demo_archive import DEMO_ARCHIVE, write_archive
from local.emulator import INVOCATIONS, MEMORY_MB, TIMEOUT_S
from shared.settings import ARCHIVE_REGION

pytestmark = pytest.mark.docker

PROJECT = Path(__file__).parent.parent
PYTHON_VERSION = os.environ.get("IMAGE_PYTHON_VERSION", "3.10")
BASE_IMAGE = f"public.ecr.aws/lambda/python:{PYTHON_VERSION}"
FUNCTIONS = ("response", "timewindow")

# Not the first user or group of anything in the image; Lambda uses such ones.
USER = "993:990"

# What the images add to AWS's base image. 320 MB on Python 3.10 and 335 MB on 3.13 when this was
# written: a package that brings more than a little wants a thought, as does pruning that stopped.
SIZE_LIMIT_BYTES = 350_000_000

# The tests' own buckets: moto keeps one set for all its servers in a process.
INPUT_BUCKET, OUTPUT_BUCKET = "images-archive", "images-output"

RESPONSE_REQUEST = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
RESPONSE_KEY = "noresp/2019/2019_183/CISOC__HHZ___2019183.ms"
WINDOWS_REQUEST = json.loads((PROJECT / "request.json").read_text())

# Run in an image: what is wrong with the bytecode of the modules in the function's folder.
CHECK_BYTECODE = """
import importlib.util, json, marshal, pathlib
faults = []
for source in pathlib.Path("/var/task").rglob("*.py"):
    cached = pathlib.Path(importlib.util.cache_from_source(str(source)))
    if not cached.exists():
        faults.append(f"{source} is not compiled")
        continue
    content = cached.read_bytes()
    if content[:4] != importlib.util.MAGIC_NUMBER:
        faults.append(f"{cached} is of another Python")
    elif content[4:8] != bytes([1, 0, 0, 0]):
        faults.append(f"{cached} is not an unchecked hash")
    elif content[8:16] != importlib.util.source_hash(source.read_bytes()):
        faults.append(f"{cached} is of another source")
    elif marshal.loads(content[16:]).co_filename != str(source):
        faults.append(f"{cached} names another path")
print(json.dumps(faults))
"""

# Run in an image: what another user cannot read there.
CHECK_ACCESS = """
import json, os
paths = [os.path.join(top, name) for top, folders, files in os.walk("/var/task")
         for name in (".", *folders, *files)]
print(json.dumps([path for path in paths
                  if not os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0))]))
"""


def docker(*arguments: str, timeout_s: float = 60) -> str:
    """The output of a docker command; its errors are part of the exception, if it fails."""
    command = ["docker", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it where it is required."""
    if os.environ.get("IMAGE_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def last_line(error: Exception) -> str:
    return str(error).splitlines()[-1]


@dataclass(frozen=True)
class Image:
    """A container image, by what `docker image inspect` tells of it."""

    id: str
    layers: tuple[str, ...]
    size: int
    config: dict[str, Any]

    @classmethod
    def inspect(cls, name: str) -> "Image":
        (found,) = json.loads(docker("image", "inspect", name))
        layers = tuple(found["RootFS"]["Layers"])
        return cls(found["Id"], layers, found["Size"], found["Config"])

    def run(self, program: str) -> Any:
        """What a Python program prints as JSON, run in the image as Lambda would."""
        as_on_lambda = ("--read-only", "--tmpfs", "/tmp", "--user", USER, "--network", "none")
        command = ("--entrypoint", "python3", self.id, "-c", program)
        return json.loads(docker("run", "--rm", *as_on_lambda, *command, timeout_s=300))


class Container:
    """A function's container, with AWS's emulator in front: one call at a time, it dies of two."""

    def __init__(self, image: Image, environment: dict[str, str]) -> None:
        options = ["--read-only", "--tmpfs", "/tmp", "--user", USER, "--memory", f"{MEMORY_MB}m"]
        for name, value in environment.items():
            options += ["--env", f"{name}={value}"]
        ports = ("--publish", "127.0.0.1::8080")  # a free one, chosen by the engine
        self.id = docker("run", "--rm", "--detach", *ports, *options, image.id).strip()
        try:
            self.port = int(docker("port", self.id, "8080").split(":")[-1])
            self._await_emulator()
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        with contextlib.suppress(RuntimeError):  # it ended, and so removed itself
            docker("rm", "--force", self.id)

    def invoke(self, event: Any) -> Any:
        status, body = self._request("POST", INVOCATIONS, json.dumps(event))
        assert status == 200, (body, docker("logs", self.id))
        return json.loads(body)

    def leftovers(self) -> set[str]:
        """What is in the one folder that can be written, but for matplotlib's list of fonts.

        ObsPy imports matplotlib to evaluate a response, and that writes its list once.
        """
        program = "import json, os; print(json.dumps(os.listdir('/tmp')))"
        return set(json.loads(docker("exec", self.id, "python3", "-c", program))) - {"matplotlib"}

    def _await_emulator(self) -> None:
        """Wait for any answer: the engine accepts connections before the emulator does."""
        deadline = time.monotonic() + 20
        while True:
            try:
                self._request("GET", "/", "")
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _request(self, method: str, path: str, body: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S + 10)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def base_image() -> Image:
    """AWS's base image, pulled if it must be and can be."""
    if not shutil.which("docker"):
        unavailable("there is no docker command")
    try:
        docker("info", timeout_s=20)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        unavailable(f"no Docker engine answers: {last_line(error)}")
    try:
        return Image.inspect(BASE_IMAGE)
    except RuntimeError:
        pass
    try:
        docker("pull", "--quiet", BASE_IMAGE, timeout_s=180)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        unavailable(f"{BASE_IMAGE} is not here and cannot be pulled: {last_line(error)}")
    return Image.inspect(BASE_IMAGE)


@pytest.fixture(scope="module")
def images(base_image: Image) -> dict[str, Image]:
    """Both functions' images."""
    return {function: build(function) for function in FUNCTIONS}


def build(function: str) -> Image:
    tag = f"{function}-lambda:test-{PYTHON_VERSION}"
    version = ("--build-arg", f"PYTHON_VERSION={PYTHON_VERSION}")
    dockerfile = str(PROJECT / f"Dockerfile.{function}")
    docker("build", *version, "-f", dockerfile, "-t", tag, str(PROJECT), timeout_s=900)
    return Image.inspect(tag)


@pytest.fixture(scope="module")
def demo_archive() -> Path:
    return write_archive(DEMO_ARCHIVE, lambda _: None)


@pytest.fixture(scope="module")
def s3(demo_archive: Path) -> Iterator[Any]:
    """A client of an S3 server that containers reach, with the demo's archive in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
    server = ThreadedMotoServer(bridge_address(), 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name=ARCHIVE_REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        for bucket in (INPUT_BUCKET, OUTPUT_BUCKET):
            where: Any = {"LocationConstraint": ARCHIVE_REGION}
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        for path in demo_archive.rglob("*.*"):
            if path.suffix in (".ms", ".xml"):
                key = path.relative_to(demo_archive).as_posix()
                body = path.read_bytes()
                client.put_object(Bucket=INPUT_BUCKET, Key=key, Body=body, ACL="public-read")
        yield client
        client.close()
    finally:
        server.stop()


def bridge_address() -> str:
    """This machine's address on the network that containers are in."""
    (network,) = json.loads(docker("network", "inspect", "bridge"))
    subnet = network["IPAM"]["Config"][0]
    # An engine that chose the network by itself does not always tell its own address: the first.
    return subnet.get("Gateway") or str(next(ipaddress.ip_network(subnet["Subnet"]).hosts()))


def environment(s3: Any) -> dict[str, str]:
    """A function's environment: Lambda's, and that of the S3 server."""
    return {
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
        "AWS_ENDPOINT_URL_S3": s3.meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "S3_INPUT_BUCKET": INPUT_BUCKET,
        "S3_OUTPUT_BUCKET": OUTPUT_BUCKET,
    }


@pytest.fixture(scope="module")
def response_container(images: dict[str, Image], s3: Any) -> Iterator[Container]:
    container = Container(images["response"], environment(s3))
    yield container
    container.remove()


@pytest.fixture(scope="module")
def timewindow_container(images: dict[str, Image], s3: Any) -> Iterator[Container]:
    container = Container(images["timewindow"], environment(s3))
    yield container
    container.remove()


def test_images_share_all_layers_but_the_code(base_image: Image, images: dict[str, Image]) -> None:
    response, timewindow = (images[function].layers for function in FUNCTIONS)
    shared = len(base_image.layers) + 1  # and that of the dependencies
    assert response[:shared] == timewindow[:shared]
    assert response[: shared - 1] == base_image.layers
    code_bytes = [sum(sizes_after_dependencies(images[function])) for function in FUNCTIONS]
    assert max(code_bytes) < 1_000_000


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_the_handler_at_build_leaves_nothing(
    images: dict[str, Image], function: str
) -> None:
    command, imported, *_ = sizes_after_dependencies(images[function])
    assert (command, imported) == (0, 0)


def sizes_after_dependencies(image: Image) -> list[int]:
    """Bytes that each step after the dependencies added, the last step first."""
    lines = docker("history", "--human=false", "--no-trunc", "--format", "{{.Size}}", image.id)
    sizes = [int(line) for line in lines.split()]
    return sizes[: next(index for index, size in enumerate(sizes) if size > 50_000_000)]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_size(base_image: Image, images: dict[str, Image], function: str) -> None:
    assert images[function].size - base_image.size < SIZE_LIMIT_BYTES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_configuration(base_image: Image, images: dict[str, Image], function: str) -> None:
    config = images[function].config
    assert config["Cmd"] == ["app.handler"]
    assert config["Entrypoint"] == base_image.config["Entrypoint"]
    assert config["WorkingDir"] == base_image.config["WorkingDir"]
    assert not config.get("User")  # Lambda chooses
    assert not config.get("Healthcheck")  # Lambda would never run it
    assert {"HOME=/tmp", "MPLCONFIGDIR=/tmp/matplotlib"} <= set(config["Env"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_python_version(images: dict[str, Image], function: str) -> None:
    program = "import json, sys; print(json.dumps(sys.version_info[:2]))"
    assert images[function].run(program) == [int(part) for part in PYTHON_VERSION.split(".")]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_module_is_compiled_for_good(images: dict[str, Image], function: str) -> None:
    assert images[function].run(CHECK_BYTECODE) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_any_user_can_read_all_files(images: dict[str, Image], function: str) -> None:
    assert images[function].run(CHECK_ACCESS) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_image_has_the_code_and_nothing_else_of_the_project(
    images: dict[str, Image], function: str
) -> None:
    program = (
        "import json, os;"
        "print(json.dumps([os.listdir('/var/task'), sorted(os.listdir('/var/task/shared'))]))"
    )
    task, shared = images[function].run(program)
    assert {"app.py", "shared"} <= set(task)
    assert not {"tests", "local", "image", "bin", "requirements.txt", ".git", ".venv"} & set(task)
    modules = {path.name for path in (PROJECT / "shared").iterdir()} | {"__pycache__"}
    assert set(shared) == modules


@pytest.fixture(scope="module")
def corrected(response_container: Container, s3: Any) -> tuple[dict[str, Any], bytes]:
    """The reply to the tutorial's event, and the object written."""
    reply = response_container.invoke(RESPONSE_REQUEST)
    assert response_container.leftovers() == set()
    return reply, read_output(s3)


def read_output(s3: Any) -> bytes:
    body: bytes = s3.get_object(Bucket=OUTPUT_BUCKET, Key=RESPONSE_KEY)["Body"].read()
    s3.delete_object(Bucket=OUTPUT_BUCKET, Key=RESPONSE_KEY)
    return body


def test_tutorial_request_removes_the_response_as_obspy_does(
    corrected: tuple[dict[str, Any], bytes], demo_archive: Path
) -> None:
    reply, content = corrected
    assert reply["output_key"] == f"s3://{OUTPUT_BUCKET}/{RESPONSE_KEY}"
    assert reply["units"] == "m/s"
    (trace,) = obspy.read(io.BytesIO(content), format="MSEED")
    expected = corrected_by_obspy(demo_archive)
    assert (trace.id, trace.stats.npts) == (expected.id, expected.stats.npts)
    assert trace.stats.starttime == expected.stats.starttime
    peak = np.abs(expected.data).max()
    assert 1e-7 < peak < 1e-1  # ground velocity in m/s, and none of it rounded to whole numbers
    np.testing.assert_allclose(trace.data, expected.data, rtol=1e-6, atol=1e-7 * peak)


def corrected_by_obspy(archive: Path) -> obspy.Trace:
    path = archive / "continuous_waveforms/2019/2019_183/CISOC__HHZ___2019183.ms"
    stream = obspy.read(str(path), format="MSEED")
    stream.remove_response(obspy.read_inventory(str(archive / "FDSNstationXML/CI/CI_SOC.xml")))
    (trace,) = stream
    return trace


def test_response_over_http_writes_the_same_object(
    corrected: tuple[dict[str, Any], bytes], response_container: Container, s3: Any
) -> None:
    direct, content = corrected
    reply = response_container.invoke(http_event(json.dumps(RESPONSE_REQUEST)))
    assert reply["statusCode"] == 200
    assert {**json.loads(reply["body"]), "seconds": None} == {**direct, "seconds": None}
    assert read_output(s3) == content
    assert response_container.leftovers() == set()


def test_absent_day(response_container: Container) -> None:
    request = {**RESPONSE_REQUEST, "day": "2019,184"}
    raised = response_container.invoke(request)
    assert raised["errorType"] == "NoWaveformError"
    assert "2019184" in raised["errorMessage"]
    reply = response_container.invoke(http_event(json.dumps(request)))
    assert reply["statusCode"] == 404
    assert json.loads(reply["body"])["error"]["type"] == "NoWaveformError"
    assert response_container.leftovers() == set()


def test_tutorial_request_reads_windows_as_obspy_does(
    timewindow_container: Container, demo_archive: Path
) -> None:
    answers = timewindow_container.invoke(WINDOWS_REQUEST)
    assert timewindow_container.leftovers() == set()
    assert len(answers) == len(WINDOWS_REQUEST["Windows"])
    for window, answer in zip(WINDOWS_REQUEST["Windows"], answers, strict=True):
        expected = window_by_obspy(demo_archive, window)
        assert answer["data"] == expected.data.tolist()  # a masked sample is None in both
        assert answer["sampling_rate"] == expected.stats.sampling_rate
        assert UTCDateTime(answer["starttime"]) == expected.stats.starttime
        assert UTCDateTime(answer["endtime"]) == expected.stats.endtime


def window_by_obspy(archive: Path, window: dict[str, str]) -> obspy.Trace:
    name = f"CI{window['Station']:_<5}{window['Channel']}___2024001.ms"
    path = archive / "continuous_waveforms/2024/2024_001" / name
    stream = obspy.read(str(path), format="MSEED").merge()
    stream.trim(UTCDateTime(window["Starttime"]), UTCDateTime(window["Endtime"]))
    (trace,) = stream
    return trace


def test_windows_over_http_are_the_same(timewindow_container: Container) -> None:
    direct = timewindow_container.invoke(WINDOWS_REQUEST)
    reply = timewindow_container.invoke(http_event(json.dumps(WINDOWS_REQUEST)))
    assert reply["statusCode"] == 200
    assert reply["headers"]["Content-Type"] == "application/json"
    assert json.loads(reply["body"]) == direct
    assert timewindow_container.leftovers() == set()
