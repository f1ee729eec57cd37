"""Snapshots of the images by SnapStart, with the hooks of the images' own runtime."""

import pytest

from tests.support.containers import PYTHON_VERSION, Image, build

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(PYTHON_VERSION == "3.10", reason="3.10 has no SnapStart"),
]

# Run in an image: print the libraries in a snapshot, and whether a copy uses its client.
SNAPSHOT = """
import json, os, sys
os.environ.update(AWS_LAMBDA_INITIALIZATION_TYPE="snap-start", AWS_ACCESS_KEY_ID="a",
                  AWS_SECRET_ACCESS_KEY="b", AWS_DEFAULT_REGION="us-west-2")
sys.path += ["/var/task", "/var/runtime"]
import app
from awslambdaric.lambda_runtime_hooks_runner import run_after_restore, run_before_snapshot
from shared.aws import s3_client
before = s3_client.client(signed=False)
libraries = sorted({"botocore", "numpy", "obspy"} & {*sys.modules})
run_before_snapshot()
run_after_restore()
print(json.dumps([libraries, s3_client.client(signed=False) is before]))
"""


@pytest.mark.parametrize("function", ["response", "timewindow"])
def test_snapshot_has_all_libraries_and_a_copy_its_own_client(
    base_image: Image, function: str
) -> None:
    assert build(function).run(SNAPSHOT) == [["botocore", "numpy", "obspy"], False]
