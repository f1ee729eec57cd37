"""The answers of the time-window function's services to the page of questions."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.aws import s3_client
from tests.conformance.archive import SMALL_REPLY, fill
from tests.support.browser import ask, is_set_up
from tests.support.builders import emptied, forget_objects
from tests.support.commands import NO_ACCOUNT
from tests.support.http_api import http_api

Answers = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def services(s3_server: S3Server, timewindow_handler: Callable[[Any], Any]) -> Iterator[str]:
    """The root of the host of the services, with the archive and the station index."""
    with emptied(s3_server), pytest.MonkeyPatch.context() as patch:
        for name, value in {**NO_ACCOUNT, **s3_server.function_environment}.items():
            patch.setenv(name, value)
        s3_server.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")
        fill(s3_server)
        timewindow_handler({"update": "station-index"})
        patch.setattr("shared.invocation.reply_size.MAX_REPLY_BYTES", SMALL_REPLY)
        with http_api(timewindow_handler) as api:
            yield api.url
        s3_server.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")
    s3_client.forget_clients()
    forget_objects()


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """The answers to all questions, asked once."""
    if not is_set_up():
        missing = "Chromium or the packages of its page are missing; type: make browser"
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    return ask(request.getfixturevalue("services"), tmp_path_factory.mktemp("browser"))
