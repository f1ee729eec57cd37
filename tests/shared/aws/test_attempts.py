"""Which failures a request is repeated after, and how often. Row 7 of docs/reliability.md."""

import errno
from collections.abc import Callable

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
    SSLError,
)

from shared.aws import deadline
from shared.aws._attempts import Attempts
from tests.support.fake_time import use_fake_time

URL = {"endpoint_url": "https://s3.us-west-2.amazonaws.com"}
UNCONNECTED = [
    ConnectTimeoutError(**URL),
    EndpointConnectionError(**URL),
    SSLError(**URL, error="unexpected end"),
    ProxyConnectionError(proxy_url="http://proxy"),
    ConnectionClosedError(**URL),
]


def failing(error: Exception, times: float) -> Callable[[], str]:
    """Return a function that raises an error some times, and then returns "answer"."""
    calls = iter(range(10**6))

    def send() -> str:
        if next(calls) < times:
            raise error
        return "answer"

    return send


@pytest.mark.parametrize("error", UNCONNECTED, ids=lambda error: type(error).__name__)
def test_a_connection_that_fails_is_made_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    clock = use_fake_time(monkeypatch)
    assert Attempts().repeat(failing(error, 4)) == "answer"
    attempts = Attempts()
    with pytest.raises(type(error)):
        attempts.repeat(failing(error, 5))
    assert attempts.count == 5
    with deadline.invocation(clock.context(60)):
        assert Attempts().repeat(failing(error, 12)) == "answer"


def test_a_failure_that_stays_is_raised_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fake_time(monkeypatch)
    unconnected = EndpointConnectionError(**URL)
    unconnected.__cause__ = OSError(errno.EMFILE, "Too many open files")
    for error in (NoCredentialsError(), KeyError("a bug"), unconnected):
        attempts = Attempts()
        with pytest.raises(type(error)):
            attempts.repeat(failing(error, 2))
        assert attempts.count == 1
