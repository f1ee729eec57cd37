"""The images and template of `sam build`, and a copy of the template for local S3 and SQS.

See `tests.support.containers` for the requirements. With another Python than the default, only the
build is tested.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment.support.sam_local import DEFAULT_PYTHON, IMAGES, aws_client, sam
from tests.support.commands import PROJECT
from tests.support.containers import INPUT_BUCKET, PYTHON_VERSION, Image


@pytest.fixture(scope="session")
def built(base_image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template that `sam build` writes; its images are in the engine."""
    subprocess.run(["make", "-s", "sam", f"PYTHON={sys.executable}"], cwd=PROJECT, check=True)
    folder = tmp_path_factory.mktemp("sam")
    other = ("--parameter-overrides", f"PythonVersion={PYTHON_VERSION}")
    sam("build", "--build-dir", str(folder), *(other if PYTHON_VERSION != DEFAULT_PYTHON else ()))
    return folder / "template.yaml"


@pytest.fixture(scope="session")
def dead_letters(container_s3: Any) -> Iterator[tuple[Any, str]]:
    """An SQS client for the server that is also S3, and the URL of a queue there."""
    client = aws_client("sqs", container_s3.meta.endpoint_url)
    yield client, client.create_queue(QueueName="sam-dead-letters")["QueueUrl"]
    client.close()


@pytest.fixture(scope="session")
def local(built: Path, container_s3: Any, dead_letters: tuple[Any, str]) -> Path:
    """A folder with the built template, whose functions use local S3 and SQS.

    SAM only sets variables that a template declares, so the template needs these variables.
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
