"""Container images and containers, and an S3 server that containers reach.

Needs a Docker engine and AWS's base image, in the engine or within reach. IMAGE_PYTHON_VERSION says
which Python the images have (3.10); with IMAGE_TESTS=required, what cannot run is a failure.
"""

import contextlib
import http.client
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
import pytest
from moto.server import ThreadedMotoServer

from local.cloud.emulator import INVOCATIONS, MEMORY_MB, TIMEOUT_S
from local.synthetic.archive import DEMO_ARCHIVE, write_archive
from shared.archive.scedc import SCEDC

PYTHON_VERSION = os.environ.get("IMAGE_PYTHON_VERSION", "3.10")
BASE_IMAGE = f"public.ecr.aws/lambda/python:{PYTHON_VERSION}"

# Not the first user or group of anything in the image; Lambda uses such ones.
USER = "993:990"

# The tests' own buckets: moto keeps one set for all its servers in a process.
INPUT_BUCKET, OUTPUT_BUCKET = "images-archive", "images-output"


def docker(*arguments: str, timeout_s: float = 300) -> str:
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
        deadline = time.monotonic() + 300
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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def demo_archive() -> Path:
    return write_archive(DEMO_ARCHIVE, lambda _: None)


@pytest.fixture(scope="session")
def container_s3(demo_archive: Path) -> Iterator[Any]:
    """A client of an S3 server that containers reach, with the demo's archive in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
    server = ThreadedMotoServer(bridge_address(), 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name=SCEDC.region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        for bucket in (INPUT_BUCKET, OUTPUT_BUCKET):
            where: Any = {"LocationConstraint": SCEDC.region}
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


def taken(s3: Any, key: str) -> bytes:
    """An object out of the output bucket, which then has it no more."""
    body: bytes = s3.get_object(Bucket=OUTPUT_BUCKET, Key=key)["Body"].read()
    s3.delete_object(Bucket=OUTPUT_BUCKET, Key=key)
    return body


def bridge_address() -> str:
    """This machine's address on the network that containers are in."""
    (network,) = json.loads(docker("network", "inspect", "bridge"))
    subnet = network["IPAM"]["Config"][0]
    # An engine that chose the network by itself does not always tell its own address: the first.
    return subnet.get("Gateway") or str(next(ipaddress.ip_network(subnet["Subnet"]).hosts()))
