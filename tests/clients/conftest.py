"""The services of the time-window function on a port of this machine, for the clients' tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.station_index.update import update_index
from tests.clients.archive import fill
from tests.support.builders import emptied, forget_objects
from tests.support.commands import NO_ACCOUNT
from tests.support.http_api import ServedHandler, http_api


@pytest.fixture(scope="module")
def services(
    s3_server: S3Server, timewindow_handler: Callable[[Any], Any]
) -> Iterator[ServedHandler]:
    """The function behind HTTP, with the archive, which may be listed, and a station index."""
    with emptied(s3_server), pytest.MonkeyPatch.context() as patch:
        for name, value in {**NO_ACCOUNT, **s3_server.function_environment}.items():
            patch.setenv(name, value)
        s3_server.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")
        fill(s3_server)
        update_index(SCEDC)
        with http_api(timewindow_handler) as server:
            yield server
        s3_server.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")
    forget_objects()


@pytest.fixture
def served(
    services: ServedHandler, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> ServedHandler:
    """The services in the environment of the function, with no event so far."""
    for name, value in s3_server.function_environment.items():
        monkeypatch.setenv(name, value)
    services.events.clear()
    services.replies.clear()
    return services
