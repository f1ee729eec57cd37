"""Container images, containers, and an S3 server that containers can reach.

Tests that use them need a Docker engine that has, or can pull, AWS's base image.
IMAGE_PYTHON_VERSION is the images' Python version (default 3.10). With IMAGE_TESTS=required, a test
that cannot run fails instead of being skipped.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import boto3
import pytest
from moto.server import ThreadedMotoServer

from local.cloud import container
from local.cloud.container import USER
from local.cloud.docker import DockerError, bridge_address, docker
from local.cloud.emulator import MEMORY_MB
from local.synthetic.archive import DEMO_ARCHIVE, write_archive
from shared.archive.scedc import SCEDC
from tests.support.commands import PROJECT

PYTHON_VERSION = os.environ.get("IMAGE_PYTHON_VERSION", "3.10")
BASE_IMAGE = f"public.ecr.aws/lambda/python:{PYTHON_VERSION}"

# Buckets of their own: all moto servers in a process share one set.
INPUT_BUCKET, OUTPUT_BUCKET = "images-archive", "images-output"


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it if IMAGE_TESTS requires it."""
    if os.environ.get("IMAGE_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def last_line(error: Exception) -> str:
    return str(error).splitlines()[-1]


@dataclass(frozen=True)
class Image:
    """A container image, as `docker image inspect` describes it."""

    id: str
    layers: tuple[str, ...]
    size: int
    config: dict[str, Any]

    @classmethod
    def inspect(cls, name: str) -> "Image":
        (image,) = json.loads(docker("image", "inspect", name))
        layers = tuple(image["RootFS"]["Layers"])
        return cls(image["Id"], layers, image["Size"], image["Config"])

    def run(self, program: str) -> Any:
        """Run a Python program in the image as Lambda would, and parse its output as JSON."""
        as_on_lambda = ("--read-only", "--tmpfs", "/tmp", "--user", USER, "--network", "none")
        command = ("--entrypoint", "python3", self.id, "-c", program)
        return json.loads(docker("run", "--rm", *as_on_lambda, *command, timeout_s=300))


def build(function: str) -> Image:
    """Build the image of a function, "response" or "timewindow"."""
    tag = f"{function}-lambda:test-{PYTHON_VERSION}"
    version = ("--build-arg", f"PYTHON_VERSION={PYTHON_VERSION}")
    dockerfile = str(PROJECT / f"Dockerfile.{function}")
    docker("build", *version, "-f", dockerfile, "-t", tag, str(PROJECT), timeout_s=900)
    return Image.inspect(tag)


class Container(container.Container):
    """A function's container whose /tmp is in memory."""

    def __init__(self, image: Image, environment: dict[str, str]) -> None:
        options = ("--tmpfs", "/tmp", "--memory", f"{MEMORY_MB}m")
        super().__init__(image.id, environment, options)

    def __enter__(self) -> "Container":
        super().__enter__()
        return self

    def leftovers(self) -> set[str]:
        """Return the files in the only writable folder, except matplotlib's font cache.

        ObsPy imports matplotlib to evaluate a response, which writes that cache once.
        """
        program = "import json, os; print(json.dumps(os.listdir('/tmp')))"
        return set(json.loads(self.execute(program))) - {"matplotlib"}


@pytest.fixture(scope="session")
def base_image() -> Image:
    """AWS's base image, pulled if necessary."""
    if not shutil.which("docker"):
        unavailable("the docker command is not installed")
    try:
        docker("info", timeout_s=20)
    except DockerError as error:
        unavailable(f"no Docker engine answers: {last_line(error)}")
    try:
        return Image.inspect(BASE_IMAGE)
    except DockerError:
        pass
    try:
        docker("pull", "--quiet", BASE_IMAGE, timeout_s=180)
    except DockerError as error:
        unavailable(f"{BASE_IMAGE} is not in the engine and cannot be pulled: {last_line(error)}")
    return Image.inspect(BASE_IMAGE)


@pytest.fixture(scope="session")
def demo_archive() -> Path:
    return write_archive(DEMO_ARCHIVE, lambda _: None)


@pytest.fixture(scope="session")
def container_s3(demo_archive: Path) -> Iterator[Any]:
    """A client of an S3 server that containers can reach, with the demo's archive."""
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
            location: Any = {"LocationConstraint": SCEDC.region}
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
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
    """Remove an object from the output bucket, and return its content."""
    body: bytes = s3.get_object(Bucket=OUTPUT_BUCKET, Key=key)["Body"].read()
    s3.delete_object(Bucket=OUTPUT_BUCKET, Key=key)
    return body
