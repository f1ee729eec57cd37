"""Pauses between attempts, and the classification of boto3's errors."""

import socket
import threading

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, ReadTimeoutError

from runner.errors import CallError, StoppedError
from runner.sending import retry
from runner.sending.invoke import invoke
from runner.sending.retry import call_error, call_with_retries, pause_s


def test_pauses_double_up_to_a_limit_and_are_drawn():
    for attempt in range(1, 40):
        longest = min(retry.LONGEST_PAUSE_S, retry.FIRST_PAUSE_S * 2 ** (attempt - 1))
        drawn = [pause_s(attempt) for _ in range(50)]
        assert 0 <= min(drawn) < longest / 4
        assert longest * 3 / 4 < max(drawn) <= longest


def test_pauses_are_made_between_attempts_only():
    paused = []

    def call():
        raise CallError("ServiceException", "slow", transient=True)

    with pytest.raises(CallError) as raised:
        call_with_retries(call, 4, paused.append)
    assert len(paused) == 4
    assert raised.value.attempts == 5
    assert call_with_retries(lambda: "reply", 4, paused.append) == ("reply", 1)
    with pytest.raises(StoppedError):
        call_with_retries(call, 4, lambda _: True)


def test_throttling_does_not_count_as_a_failure():
    """A throttled call has many more retries than a failed one, and they are counted separately."""
    codes = [*["Throttling"] * retry.THROTTLED_RETRIES, "ServiceException", "ServiceException"]
    left = list(codes)
    paused = []

    def call():
        if not left:
            return "reply"
        raise retry.service_error(left.pop(0), "...")

    assert call_with_retries(call, 2, paused.append) == ("reply", len(codes) + 1)
    assert max(paused) > 5
    assert max(paused[-2:]) <= 2 * retry.FIRST_PAUSE_S
    for more in ("Throttling", "ServiceException"):
        left[:] = [*codes, more]
        with pytest.raises(CallError) as raised:
            call_with_retries(call, 2, paused.append)
        assert raised.value.attempts == len(codes) + 1
    left[:] = codes
    with pytest.raises(CallError) as raised:
        call_with_retries(call, 0, paused.append)
    assert raised.value.attempts == 1


def test_a_reply_that_takes_too_long_is_not_asked_for_again():
    """The function may still be running."""
    error = call_error(ReadTimeoutError(endpoint_url="http://lambda"))
    assert not error.transient
    assert not error.fatal
    assert call_error(NoCredentialsError()).fatal


@pytest.mark.parametrize(
    ("code", "transient", "fatal"),
    [
        ("503", True, False),
        ("502", False, False),  # from the emulator, for a function that crashed
        ("TooManyRequestsException", True, False),
        ("InvalidAddress", False, True),
    ],
)
def test_codes(code, transient, fatal):
    error = retry.service_error(code, "...")
    assert (error.transient, error.fatal) == (transient, fatal)


@pytest.fixture
def listener():
    """A server that reads a request, sends the bytes in "words", and closes the connection."""
    server = socket.create_server(("127.0.0.1", 0))
    said = {"words": b"", "calls": 0}

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                said["calls"] += 1
                connection.recv(65_536)
                connection.sendall(said["words"])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield said, f"http://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(10)


@pytest.mark.parametrize(
    ("words", "transient"),
    [
        (b"", True),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
            False,
        ),  # the function was running already
    ],
)
def test_connections_that_end(listener, words, transient):
    said, url = listener
    said["words"] = words
    client = boto3.client(
        "lambda",
        endpoint_url=url,
        region_name="us-west-2",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with pytest.raises(CallError) as raised:
        invoke(client, "function", {})
    assert raised.value.transient == transient
    assert not raised.value.fatal
    assert said["calls"] == 1
