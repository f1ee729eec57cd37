"""Both functions on a machine without a disk: they need none."""

import resource
import tempfile
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from tests.fuzz.children import Limits, call
from tests.support.machine_faults import each_event


@each_event
def test_no_disk_is_needed(
    day: S3Server, invoke: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder can be used, and a child may not write a byte to any file."""
    expected = invoke(name)
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    monkeypatch.setattr(tempfile, "mkdtemp", None)
    monkeypatch.setattr(tempfile, "mkstemp", None)
    ended = call(lambda: (resource.getrlimit(resource.RLIMIT_FSIZE), invoke(name)), Limits(file=1))
    assert ended.fault == ""
    assert ended.value
    limit, reply = ended.value
    assert limit == (1, 1)
    assert set(reply) == set(expected)
    assert "type" not in reply
