"""`sam build`, and `sam local invoke` of both functions."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment.support.sam_local import ABSENT_DAY, IMAGES, LOCAL, once, sam
from tests.support.containers import OUTPUT_BUCKET, PYTHON_VERSION, Image, taken
from tests.support.tutorial_requests import (
    RESPONSE_KEY,
    RESPONSE_REQUEST,
    WINDOWS_REQUEST,
    assert_corrected_as_by_obspy,
    assert_windows_as_by_obspy,
)

pytestmark = pytest.mark.docker


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
    """The SAM CLI's exit status is 0 in this case."""
    raised = invoke(local, "ResponseFunction", ABSENT_DAY)
    assert raised["errorType"] == "NoWaveformError"
    assert "2019184" in raised["errorMessage"]


@once
def test_invoke_reads_windows(local: Path, demo_archive: Path) -> None:
    assert_windows_as_by_obspy(invoke(local, "TimewindowFunction", WINDOWS_REQUEST), demo_archive)
