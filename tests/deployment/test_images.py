"""Both container images, built and run as by Lambda: read-only, as an arbitrary user.

See `containers` for the requirements, and for the Python version of the images.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud.emulator import MEMORY_MB, TIMEOUT_S
from tests.support.builders import http_event
from tests.support.commands import PROJECT
from tests.support.containers import (
    INPUT_BUCKET,
    OUTPUT_BUCKET,
    PYTHON_VERSION,
    Container,
    Image,
    build,
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

FUNCTIONS = ("response", "timewindow")

# The images' addition to AWS's base image: 320 MB on Python 3.10 and 335 MB on 3.13 at the time of
# writing. More may come from a new package, or from pruning that no longer works.
SIZE_LIMIT_BYTES = 350_000_000

# Run in an image: print all faults of the bytecode in the function's folder.
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

# Run in an image: print the paths that another user cannot read.
CHECK_ACCESS = """
import json, os
paths = [os.path.join(top, name) for top, folders, files in os.walk("/var/task")
         for name in (".", *folders, *files)]
print(json.dumps([path for path in paths
                  if not os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0))]))
"""


@pytest.fixture(scope="module")
def images(base_image: Image) -> dict[str, Image]:
    """The images of both functions."""
    return {function: build(function) for function in FUNCTIONS}


def environment(container_s3: Any) -> dict[str, str]:
    """Return a function's environment: Lambda's variables and the S3 server's."""
    return {
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
        "AWS_ENDPOINT_URL_S3": container_s3.meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "S3_INPUT_BUCKET": INPUT_BUCKET,
        "S3_OUTPUT_BUCKET": OUTPUT_BUCKET,
    }


@pytest.fixture(scope="module")
def response_container(images: dict[str, Image], container_s3: Any) -> Iterator[Container]:
    with Container(images["response"], environment(container_s3)) as container:
        yield container


@pytest.fixture(scope="module")
def timewindow_container(images: dict[str, Image], container_s3: Any) -> Iterator[Container]:
    with Container(images["timewindow"], environment(container_s3)) as container:
        yield container


def test_images_share_all_layers_but_the_code(base_image: Image, images: dict[str, Image]) -> None:
    response, timewindow = (images[function].layers for function in FUNCTIONS)
    shared = len(base_image.layers) + 1  # the dependencies are one more layer
    assert response[:shared] == timewindow[:shared]
    assert response[: shared - 1] == base_image.layers
    code_bytes = [sum(sizes_after_dependencies(images[function])) for function in FUNCTIONS]
    assert max(code_bytes) < 3_000_000  # 0.8 MB of modules, and their bytecode


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_the_handler_at_build_leaves_nothing(
    images: dict[str, Image], function: str
) -> None:
    command, imported, *_ = sizes_after_dependencies(images[function])
    assert (command, imported) == (0, 0)


def sizes_after_dependencies(image: Image) -> list[int]:
    """Return the bytes added by each step after the dependencies, the last step first."""
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
def corrected(response_container: Container, container_s3: Any) -> tuple[dict[str, Any], bytes]:
    """The reply to the tutorial's event, and the object written."""
    reply = response_container.invoke(RESPONSE_REQUEST)
    assert response_container.leftovers() == set()
    return reply, taken(container_s3, RESPONSE_KEY)


def test_tutorial_request_removes_the_response_as_obspy_does(
    corrected: tuple[dict[str, Any], bytes], demo_archive: Path
) -> None:
    reply, content = corrected
    assert reply["output_key"] == f"s3://{OUTPUT_BUCKET}/{RESPONSE_KEY}"
    assert reply["units"] == "m/s"
    assert_corrected_as_by_obspy(content, demo_archive)


def test_response_over_http_writes_the_same_object(
    corrected: tuple[dict[str, Any], bytes], response_container: Container, container_s3: Any
) -> None:
    direct, content = corrected
    reply = response_container.invoke(http_event(json.dumps(RESPONSE_REQUEST)))
    assert reply["statusCode"] == 200
    assert {**json.loads(reply["body"]), "seconds": None} == {**direct, "seconds": None}
    assert taken(container_s3, RESPONSE_KEY) == content
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
    assert_windows_as_by_obspy(answers, demo_archive)


def test_windows_over_http_are_the_same(timewindow_container: Container) -> None:
    direct = timewindow_container.invoke(WINDOWS_REQUEST)
    reply = timewindow_container.invoke(http_event(json.dumps(WINDOWS_REQUEST)))
    assert reply["statusCode"] == 200
    assert reply["headers"]["Content-Type"] == "application/json"
    assert json.loads(reply["body"]) == direct
    assert timewindow_container.leftovers() == set()
